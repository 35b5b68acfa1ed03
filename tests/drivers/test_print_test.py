"""`hall-devices print-test`: its exit code and its one sentence are the truth about the slip."""

from __future__ import annotations

import socket
import threading

import pytest
from click.testing import CliRunner

from drivers.cli import main
from drivers.simulated.faults import begin_fault
from drivers.simulated.printer import PrinterTwin


def run(*arguments: str):
    return CliRunner().invoke(main, ["print-test", *arguments])


def test_a_slip_that_was_printed(on_pty, tmp_path):
    on_pty(twin := PrinterTwin(), paced=True)
    result = run(f"serial://{tmp_path}/device?baud=9600")
    assert (result.exit_code, result.stdout) == (0, "printed: The printer confirmed the slip.\n")
    assert twin.slips()[0].complete
    assert "中文、标点：，。！？（）《》——……" in twin.slips()[0].text


def test_the_lines_of_a_file(on_pty, tmp_path):
    on_pty(twin := PrinterTwin(384))
    (tmp_path / "text").write_text("第一行：甲\nsecond line\n", "utf-8")
    result = run(f"serial://{tmp_path}/device", "--text", str(tmp_path / "text"), "--width-mm", "58")
    assert result.exit_code == 0
    assert twin.slips()[0].text == "第一行：甲\nsecond line"


@pytest.mark.parametrize(
    ("fault", "code", "says"),
    [
        ("silence", 3, "unconfirmed (mute):"),
        ("garbage", 1, "not printed (bad_frame):"),
        ("port-busy", 1, "not printed (port_busy):"),
        ("paper-end", 1, "not printed (paper_out):"),
        ("cover-open", 1, "not printed (cover_open):"),
        ("split", 0, "printed:"),
        ("slow", 0, "printed:"),
    ],
)
def test_each_outcome_has_its_exit_code_and_its_reason(on_pty, tmp_path, fault, code, says):
    twin = PrinterTwin()
    begin_fault(fault, "printer", twin, on_pty(twin))
    result = run(f"serial://{tmp_path}/device")
    assert (result.exit_code, result.output.startswith(says)) == (code, True), result.output
    assert len(result.output.strip().splitlines()) == 1


def test_a_clone_without_any_answer_but_its_status(on_pty, tmp_path):
    on_pty(twin := PrinterTwin(knows_process_id=False, knows_paper_query=False))
    result = run(f"serial://{tmp_path}/device", "--no-process-id", "--no-cutter")
    assert (result.exit_code, "its time has passed" in result.output) == (0, True)
    assert not twin.slips()[0].cut


def test_a_printer_on_the_network():
    twin = PrinterTwin()
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def serve() -> None:
            client, _ = server.accept()
            with client:
                while data := client.recv(4096):
                    client.sendall(twin.feed(data))

        threading.Thread(target=serve, daemon=True).start()
        assert run(f"socket://127.0.0.1:{server.getsockname()[1]}").exit_code == 0
    assert twin.slips()[0].complete


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["nonsense"], 2, "no address"),
        (["serial:///dev/no-such-port"], 1, "not printed (unplugged)"),
        (["serial:///dev/x?baud=auto"], 2, "self-test"),
        (["serial:///dev/x", "--text", "/no/such/file"], 2, "does not exist"),
    ],
)
def test_mistakes_are_one_sentence(arguments, code, says):
    result = run(*arguments)
    assert (result.exit_code, says in result.output) == (code, True), result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("content", "says"), [(b"\xff\xfe\x00", "UTF-8"), (b"x" * 30_000, "at most")])
def test_a_file_that_cannot_be_printed(tmp_path, content, says):
    (tmp_path / "text").write_bytes(content)
    result = run("serial:///dev/x", "--text", str(tmp_path / "text"))
    assert (result.exit_code, says in result.output) == (2, True)
