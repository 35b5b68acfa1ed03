"""The contract of a printer behind CUPS, against a scheduler of our own that speaks IPP, and against a real cupsd."""

from __future__ import annotations

import itertools
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from drivers.document import Document, QrCode, TextLine
from drivers.errors import BadFrame, NoAccess
from drivers.ipp import CANCEL_JOB, GET_JOB, GET_PRINTER, PRINT_JOB, ask_cups, decode, encode
from drivers.printer_cups import CupsPrinter
from drivers.registry import open_device
from drivers.simulated.printer import PrinterTwin

TICKET = Document((TextLine("A042", scale=4), TextLine("社保")))


class Scheduler:
    """CUPS as a printer's node meets it: one queue, its state and reasons, and jobs that end as `job_states` says."""

    def __init__(self) -> None:
        self.printer = PrinterTwin()
        self.state, self.reasons = 3, ["none"]
        self.device_uri = ""
        self.job_states: list[int] = [9]
        self.status = {PRINT_JOB: 0, GET_PRINTER: 0, GET_JOB: 0, CANCEL_JOB: 0}
        self.http_status = 200
        self.cancelled: list[int] = []
        self.body: bytes | None = None
        self._jobs = itertools.count(1)
        self._states: Iterator[int] = iter(())
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                answer = outer.answer(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(outer.http_status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server.server_port}"

    def answer(self, request: bytes) -> bytes:
        if self.body is not None:
            return self.body
        operation = int.from_bytes(request[2:4], "big")
        _, asked = decode(request)
        attributes: list[tuple[int, str, bytes]] = []
        if self.status[operation]:
            return self._reply(self.status[operation], [])
        if operation == GET_PRINTER:
            attributes = [(0x23, "printer-state", self.state.to_bytes(4, "big"))]
            attributes += [
                (0x44, "printer-state-reasons" if n == 0 else "", reason.encode())
                for n, reason in enumerate(self.reasons)
            ]
            attributes += [(0x45, "device-uri", self.device_uri.encode())] if self.device_uri else []
        elif operation == PRINT_JOB:
            assert asked["document-format"] == ["application/vnd.cups-raw"]
            assert asked["job-name"] == ["slip"], "no name of a job tells of a citizen"
            self.printer.feed(request[request.index(b"\x03\x1b@") + 1 :])
            states = self.job_states
            self._states = itertools.chain(states[:-1], itertools.repeat(states[-1]))
            attributes = [(0x21, "job-id", next(self._jobs).to_bytes(4, "big"))]
        elif operation == GET_JOB:
            attributes = [(0x23, "job-state", next(self._states).to_bytes(4, "big"))]
        else:
            self.cancelled += [job for job in asked["job-id"] if isinstance(job, int)]
        return self._reply(0, attributes)

    def _reply(self, status: int, attributes: list[tuple[int, str, bytes]]) -> bytes:
        out = b"\x02\x00" + status.to_bytes(2, "big") + bytes((0, 0, 0, 1, 0x04))
        for tag, name, value in attributes:
            out += bytes((tag,)) + len(name).to_bytes(2, "big") + name.encode()
            out += len(value).to_bytes(2, "big") + value
        return out + b"\x03"


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scheduler]:
    one = Scheduler()
    monkeypatch.setenv("CUPS_SERVER", one.address)
    yield one
    one.server.shutdown()
    one.thread.join()
    one.server.server_close()


@pytest.fixture
def printer() -> CupsPrinter:
    return CupsPrinter("hall", wait_s=0.5)


@pytest.mark.parametrize(
    ("device_uri", "told"),
    [
        ("", ("unconfirmed", "handed_over")),
        ("usb://EPSON/TM-T88V", ("unconfirmed", "handed_over")),
        ("socket://192.168.1.20:9100", ("unconfirmed", "handed_over")),
        ("ipp://other-server/printers/slips", ("unconfirmed", "handed_over")),
        ("ipp://printer.local/ipp/print", ("printed", "ok")),
        ("ipps://printer.local:443/ipp/print", ("printed", "ok")),
    ],
)
def test_a_completed_job_was_handed_over_and_only_some_are_known_to_be_printed(scheduler, printer, device_uri, told):
    scheduler.job_states, scheduler.device_uri = [3, 5, 5, 9], device_uri
    assert printer.state().code == "ok"
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == told
    assert scheduler.printer.slips()[0].text == "A042\n社保"
    assert scheduler.cancelled == []
    assert printer._last.code == "ok", "a printer that does not tell is not broken"


def test_a_fault_that_is_told_after_the_hand_over_is_named(scheduler, printer):
    scheduler.device_uri = "ipp://printer.local/ipp/print"
    original = scheduler.answer

    def answer(request: bytes) -> bytes:
        reply = original(request)
        if request[2:4] == GET_JOB.to_bytes(2, "big"):
            scheduler.reasons = ["media-empty-error"]
        return reply

    scheduler.answer = answer
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("unconfirmed", "paper_out")


@pytest.mark.parametrize(
    ("states", "outcome", "code", "cancelled"),
    [
        ([5], "unconfirmed", "no_confirmation", [1]),
        ([3], "not_printed", "offline", [1]),
        ([5, 8], "not_printed", "refused", []),
        ([5, 7], "not_printed", "refused", []),
    ],
    ids=["stuck", "never begun", "aborted", "cancelled"],
)
def test_what_is_not_completed_is_not_called_printed(scheduler, printer, states, outcome, code, cancelled):
    scheduler.job_states = states
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == (outcome, code)
    assert scheduler.cancelled == cancelled
    assert printer._last.health == "failed"


@pytest.mark.parametrize(
    ("state", "reasons", "code"),
    [
        (3, ["media-empty-error"], "paper_out"),
        (3, ["media-needed"], "paper_out"),
        (5, ["cover-open-warning"], "cover_open"),
        (3, ["door-open"], "cover_open"),
        (5, ["media-jam-error"], "printer_fault"),
        (3, ["none", "offline-error"], "offline"),
        (5, ["paused"], "offline"),
        (5, ["none"], "offline"),
    ],
)
def test_a_queue_that_cannot_print_gets_nothing(scheduler, printer, state, reasons, code):
    scheduler.state, scheduler.reasons = state, reasons
    result = printer.print(TICKET)
    assert (result.outcome, result.code, result.piece) == ("not_printed", code, False)
    assert printer.state().code == code
    assert scheduler.printer.slips() == []


def test_warnings_and_reports_do_not_keep_it_from_printing(scheduler, printer):
    scheduler.reasons = ["media-low-warning", "offline-report"]
    assert (printer.state().health, printer.state().code) == ("warning", "paper_near_end")
    assert printer.print(TICKET).code == "handed_over"


def test_paper_that_ends_in_the_middle_and_the_slip_again(scheduler, printer):
    scheduler.job_states = [5]
    original = scheduler.answer

    def answer(request: bytes) -> bytes:
        reply = original(request)
        if request[2:4] == PRINT_JOB.to_bytes(2, "big"):
            scheduler.reasons = ["media-empty-error"]
        return reply

    scheduler.answer = answer
    result = printer.print(TICKET)
    assert (result.outcome, result.code, result.piece) == ("not_printed", "paper_out", True)
    assert scheduler.cancelled == [1], "or it comes out by itself when the paper is changed"
    assert printer.print_again().code == "paper_out"
    scheduler.answer, scheduler.reasons, scheduler.job_states = original, ["none"], [9]
    assert printer.print_again().code == "handed_over"
    assert printer.print_again().code == "nothing_interrupted", "one tap gives one paper"


@pytest.mark.parametrize(
    ("status", "code"), [(0x0406, "unplugged"), (0x0506, "offline"), (0x0400, "refused"), (0x0501, "refused")]
)
def test_refusals_are_named(scheduler, printer, status, code):
    scheduler.status[PRINT_JOB] = status
    assert printer.print(TICKET).code == code
    scheduler.status[GET_PRINTER] = status
    assert printer.state().code == code


def test_a_scheduler_that_fails_after_it_took_the_slip(scheduler, printer):
    scheduler.status[GET_JOB] = 0x0500
    assert (printer.print(TICKET).outcome, printer._last.code) == ("unconfirmed", "refused")


def test_answers_that_make_no_sense(scheduler, printer):
    scheduler.body = b"\x02\x00\x00\x00\x00\x00\x00\x01\x04\x21\x00\x06job-id\x00\xff\x00"
    assert printer.state().code == "bad_frame"
    scheduler.body, scheduler.http_status = b"", 500
    with pytest.raises(BadFrame, match="HTTP 500"):
        ask_cups("hall", GET_PRINTER)
    scheduler.http_status = 403
    with pytest.raises(NoAccess):
        ask_cups("hall", GET_PRINTER)


def test_a_job_without_a_number_is_refused(scheduler, printer):
    scheduler.body = scheduler._reply(0, [(0x23, "printer-state", b"\0\0\0\x03")])
    assert printer.print(TICKET).code == "refused"


def test_no_scheduler_and_a_mute_one(monkeypatch, tmp_path):
    printer = CupsPrinter("hall")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("CUPS_SERVER", f"127.0.0.1:{free.getsockname()[1]}")
        assert printer.print(TICKET).code == "unplugged"
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(tmp_path / "cups.sock"))
        mute.listen()
        monkeypatch.setenv("CUPS_SERVER", str(tmp_path / "cups.sock"))
        monkeypatch.setattr("drivers.ipp._TIMEOUT_S", 0.2)
        assert printer.state().code == "mute"


def test_a_document_out_of_bounds_and_a_closed_printer(scheduler, printer):
    assert printer.print(Document((QrCode(""),))).code == "bad_document"
    printer.close()
    assert printer.print(TICKET).code == "closed"
    assert printer.state().code == "closed"


def test_a_request_is_what_the_standard_says():
    request = encode(GET_JOB, [("printer-uri", ("ipp://localhost/printers/q",)), ("job-id", (7,))])
    assert request[:9].hex() == "0200" + "0009" + "00000001" + "01"
    assert request.endswith(b"\x21\x00\x06job-id\x00\x04\x00\x00\x00\x07\x03")
    assert decode(request)[1]["attributes-charset"] == ["utf-8"]


def test_the_registry_knows_queues(scheduler):
    printer = open_device("printer", "escpos", "cups://hall", width_mm=58)
    assert isinstance(printer, CupsPrinter)
    assert printer.width_dots == 384
    assert printer.print(TICKET).code == "handed_over"
    printer.close()


# -- a real scheduler --------------------------------------------------------------------------------------------------


@pytest.fixture
def cupsd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """`cupsd(queue, device)` adds a queue to a scheduler of our own, which has nothing to do with the machine's."""
    daemon, admin = shutil.which("cupsd", path="/usr/sbin:/usr/bin"), shutil.which("lpadmin", path="/usr/sbin:/usr/bin")
    if daemon is None or admin is None:
        pytest.skip("no CUPS here: apt-get install cups cups-client")
    # Not below pytest's own folder: the scheduler's back ends run as another user, who must be able to read the slip.
    with tempfile.TemporaryDirectory(prefix="hall-cups-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield from _scheduler(folder, daemon, admin, monkeypatch)


def _scheduler(
    folder: Path, daemon: str, admin: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], None]]:
    for name in ("root", "spool", "cache", "state", "tmp"):
        (folder / name).mkdir()
    sock = folder / "s"
    (folder / "cupsd.conf").write_text(
        f"Listen {sock}\nDefaultAuthType None\n<Location />\nAllow all\n</Location>\n"
        "<Policy default>\n<Limit All>\nAllow all\n</Limit>\n</Policy>\n"
    )
    (folder / "files.conf").write_text(
        f"ServerRoot {folder}/root\nRequestRoot {folder}/spool\nCacheDir {folder}/cache\n"
        f"StateDir {folder}/state\nTempDir {folder}/tmp\nErrorLog {folder}/error\nAccessLog {folder}/access\n"
        f"PageLog {folder}/page\nFatalErrors none\n"
    )
    process = subprocess.Popen(
        [daemon, "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "files.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    monkeypatch.setenv("CUPS_SERVER", str(sock))

    def add(queue: str, device: str) -> None:
        deadline = time.monotonic() + 20
        while not sock.exists():
            if process.poll() is not None:
                pytest.skip("cupsd does not start for this user")
            assert time.monotonic() < deadline
            time.sleep(0.05)
        subprocess.run([admin, "-p", queue, "-E", "-v", device, "-m", "raw"], check=True, capture_output=True)

    yield add
    process.terminate()
    process.wait(20)


def test_a_real_scheduler(cupsd):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        twin = PrinterTwin()

        def serve() -> None:
            client, _ = server.accept()
            with client:
                while data := client.recv(4096):
                    twin.feed(data)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        cupsd("hall", f"socket://127.0.0.1:{server.getsockname()[1]}")
        printer = CupsPrinter("hall", wait_s=20.0)
        assert printer.state().code == "ok"
        _, told = ask_cups("hall", GET_PRINTER, attributes=[("requested-attributes", ("device-uri",))])
        assert str(told["device-uri"][0]).startswith("socket://"), "or no slip could ever be known to be printed"
        result = printer.print(TICKET)
        assert (result.outcome, result.code) == ("unconfirmed", "handed_over")
        thread.join(10)
    assert twin.slips()[0].text == "A042\n社保"
    assert CupsPrinter("nobody").print(TICKET).code == "unplugged"
