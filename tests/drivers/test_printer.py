"""The contract of every printer driver, against the twin in memory and over a pty, with the faults of HARDWARE.md 2."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from waiting import wait_for

import drivers.fonts
from drivers.document import Columns, Document, Feed, QrCode, TextLine
from drivers.errors import Mute, Unplugged
from drivers.printer import EscposPrinter
from drivers.printer_talk import Patience, PrinterTalk
from drivers.simulated.line import MemoryTransport
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.twin import ByteTwin
from drivers.transport import OpenTransport

TICKET = Document(
    (
        TextLine("瓯北街道便民服务中心", scale=2),
        TextLine("社保 Social insurance"),
        TextLine("A042", scale=4, bold=True),
        Columns("前面等候 5 人", "约 8–15 分钟"),
        TextLine("请在休息区等候，注意叫号及大屏信息——（重要）：过号作废。"),
        Feed(1),
        QrCode("https://hall.example/t/k3J9"),
        Columns("优先 · 补打", "No. 20261120-000137"),
    )
)
TICKET_TEXT = """瓯北街道便民服务中心
社保 Social insurance
A042
前面等候 5 人                      约 8–15 分钟
请在休息区等候，注意叫号及大屏信息——（重要）：
过号作废。
[QR https://hall.example/t/k3J9]
优先 · 补打                 No. 20261120-000137"""
QUICK = Patience(reply_s=0.2, confirm_s=0.5)


@pytest.fixture
def make() -> Iterator[Callable[..., EscposPrinter]]:
    """`make(open_transport, …)` -> a printer that is closed after the test."""
    printers: list[EscposPrinter] = []

    def build(open_transport: OpenTransport, **options) -> EscposPrinter:
        printers.append(EscposPrinter(open_transport, **{"patience": QUICK, "speed_mm_s": 1000.0, **options}))
        return printers[-1]

    yield build
    for printer in printers:
        printer.close()


def test_a_ticket_comes_out_whole_and_is_confirmed(plug_in, make):
    twin = PrinterTwin()
    printer = make(plug_in(twin).open)
    assert printer.print(TICKET).outcome == "printed"
    (slip,) = twin.slips()
    assert slip.complete
    assert slip.text == TICKET_TEXT
    assert slip.qr_codes == ["https://hall.example/t/k3J9"]
    assert not twin.ignored
    assert printer.state().code == "ok"


@pytest.mark.parametrize(("process_id", "paper_query"), [(True, True), (True, False), (False, True), (False, False)])
def test_each_rung_of_the_ladder_confirms(plug_in, make, process_id, paper_query):
    twin = PrinterTwin(knows_process_id=process_id, knows_paper_query=paper_query)
    printer = make(plug_in(twin).open)
    assert [printer.print(TICKET).outcome for _ in range(3)] == ["printed"] * 3
    assert [slip.complete for slip in twin.slips()] == [True] * 3


def test_a_clone_without_process_ids_is_asked_for_one_only_once(make, plug_in):
    class Recorder(PrinterTwin):
        heard = b""

        def _receive(self, data: bytes) -> None:
            self.heard += data
            super()._receive(data)

    twin = Recorder(knows_process_id=False)
    printer = make(plug_in(twin).open)
    for _ in range(3):
        assert printer.print(TICKET).outcome == "printed"
    assert twin.heard.count(b"\x1d(H") == 1


@pytest.mark.parametrize(
    ("break_it", "mend_it", "code"),
    [
        (lambda twin: twin.set_paper(False), lambda twin: twin.set_paper(True), "paper_out"),
        (lambda twin: twin.set_cover(True), lambda twin: twin.set_cover(False), "cover_open"),
    ],
)
def test_a_printer_that_cannot_print_gets_nothing(plug_in, make, break_it, mend_it, code):
    twin = PrinterTwin()
    printer = make(plug_in(twin).open)
    break_it(twin)
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("not_printed", code)
    assert printer.state().health == "failed"
    mend_it(twin)
    assert twin.slips() == []
    assert printer.state().code == "ok"
    assert printer.print(TICKET).outcome == "printed"


def test_near_end_is_a_warning_and_prints(plug_in, make):
    twin = PrinterTwin()
    printer = make(plug_in(twin).open)
    twin.set_near_end(True)
    assert (printer.state().health, printer.state().code) == ("warning", "paper_near_end")
    assert printer.print(TICKET).outcome == "printed"


@pytest.mark.parametrize("process_id", [True, False])
@pytest.mark.parametrize("clear", [True, False], ids=["clears", "goes on"])
def test_paper_that_ends_in_the_middle_is_no_slip(plug_in, make, process_id, clear):
    twin = PrinterTwin(knows_process_id=process_id, knows_clear=clear)
    printer = make(plug_in(twin).open, patience=Patience(reply_s=0.2, confirm_s=5.0))
    assert printer.print(TICKET).outcome == "printed"
    twin.paper_ends_after(200)
    result = printer.print(TICKET)
    assert (result.outcome, result.code, result.piece) == ("not_printed", "paper_out", True)
    assert not twin.slips()[0].complete
    assert printer.print_again().code == "paper_out"
    # New paper: a printer that could not be told to forget brings out the rest by itself, and answers for the old slip.
    # That must not confirm the next.
    twin.set_paper(True)
    pieces = [False] if clear else [False, False]
    assert [slip.complete for slip in twin.slips()] == [*pieces, True]
    twin.paper_ends_after(200)
    assert printer.print(TICKET).outcome == "not_printed"
    assert printer.state().code == "paper_out"
    twin.set_paper(True)
    assert printer.print_again().outcome == "printed"
    assert twin.slips()[0].complete
    assert twin.slips()[0].text == TICKET_TEXT
    assert sum(slip.complete for slip in twin.slips()) == 2, "one paper for each slip"
    assert printer.print_again().code == "nothing_interrupted"


def test_a_slip_interrupted_on_the_same_paper_is_cut_off_before_it_is_printed_again(plug_in, make):
    class OpensInTheMiddle(PrinterTwin):
        def _put(self) -> None:
            super()._put()
            if self._slip is not None and len(self._slip.strips) == 3 and len(self._slips) == 1:
                self._cover_open = True

    twin = OpensInTheMiddle()
    printer = make(plug_in(twin).open)
    result = printer.print(TICKET)
    assert (result.outcome, result.code, result.piece) == ("not_printed", "cover_open", True)
    assert printer.state().code == "cover_open"
    twin.set_cover(False)
    assert printer.print_again().outcome == "printed"
    whole, piece = twin.slips()
    assert (piece.complete, whole.complete) == (False, True)
    assert whole.text == TICKET_TEXT
    assert "No." not in piece.text


def test_a_newer_slip_makes_the_interrupted_one_forgotten(plug_in, make):
    twin = PrinterTwin()
    printer = make(plug_in(twin).open)
    assert printer.print_again().code == "nothing_interrupted"
    twin.paper_ends_after(200)
    assert printer.print(TICKET).piece
    assert printer.state().code == "paper_out"
    twin.set_paper(True)
    assert printer.print(TICKET).outcome == "printed"
    assert printer.print_again().code == "nothing_interrupted"
    printer.close()
    assert printer.print_again().code == "closed"


def test_a_printer_that_stops_taking_data_says_why(make):
    """The line stalls in the middle of a long slip, as a printer without paper stalls its host."""

    class Stalls(MemoryTransport):
        def write(self, data: bytes, timeout_s: float = 5.0) -> None:
            if len(data) > 50:
                twin.paper_ends_after(100)
                super().write(data[: len(data) // 2])
                raise Mute("The simulated printer takes no more data.")
            super().write(data, timeout_s)

    twin = PrinterTwin()
    result = make(lambda: Stalls(twin)).print(TICKET)
    assert (result.outcome, result.code, result.piece) == ("not_printed", "paper_out", True)


@pytest.mark.parametrize("answers", [(1, 2, 3, 4), (2, 4)], ids=["all", "clone"])
def test_status_takes_its_time_once_and_no_longer(answers, make):
    """A clone that leaves the lesser questions unanswered is not waited for again and again."""

    class Clone(PrinterTwin):
        def _status(self, n: int) -> bytes:
            asked.append(n)
            return super()._status(n) if n in answers else b""

    asked: list[int] = []
    twin = Clone()
    printer = make(lambda: MemoryTransport(twin))
    for _ in range(4):
        assert printer.state().code == "ok"
    asked.clear()
    assert printer.state().code == "ok"
    assert sorted(asked) == sorted(answers)


def test_a_line_that_never_stops_talking_is_no_printer(make):
    class Floods(MemoryTransport):
        def read(self, timeout_s: float) -> bytes:
            return b"\xff" * 100

    result = make(lambda: Floods(PrinterTwin())).print(TICKET)
    assert (result.outcome, result.code, result.piece) == ("not_printed", "bad_frame", False)


def test_a_late_answer_for_an_older_slip_does_not_confirm_a_newer_one():
    class Late(ByteTwin):
        """Answers its first GS r only when it gets the second, and is out of paper each time."""

        def __init__(self) -> None:
            super().__init__()
            self.paper = True
            self.asked = 0

        def _receive(self, data: bytes) -> None:
            if data == b"\x1dr\x01":
                self.asked += 1
                self.paper = False
                if self.asked > 1:
                    self._say(b"\x00")
            elif data[:2] == b"\x10\x04":
                self._say(b"\x72" if data[2] == 4 and not self.paper else b"\x12")

    twin = Late()
    talk = PrinterTalk(MemoryTransport(twin), Patience(reply_s=0.2, confirm_s=5.0), process_id=False)
    for slip in (b"0001", b"0002"):
        twin.paper = True
        before = talk.status()
        assert before.problem is None
        result = talk.confirm(slip, 0.0, before)
        assert (result.outcome, result.code) == ("not_printed", "paper_out")


def test_silence_is_not_paper(plug_in, make):
    twin = PrinterTwin()
    twin.mute = True
    printer = make(plug_in(twin).open)
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("unconfirmed", "mute")
    assert (printer.state().health, printer.state().code) == ("failed", "mute")
    twin.mute = False
    assert printer.state().code == "ok"


def test_a_printer_that_dies_after_the_slip_leaves_it_unconfirmed(plug_in, make):
    class DiesAtTheCut(PrinterTwin):
        def _cut(self) -> None:
            super()._cut()
            self.mute = True

    printer = make(plug_in(DiesAtTheCut()).open)
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("unconfirmed", "mute")


def test_a_printer_that_confirmed_before_and_now_does_not_is_not_believed(plug_in, make):
    twin = PrinterTwin(knows_process_id=False)
    printer = make(plug_in(twin).open)
    assert printer.print(TICKET).outcome == "printed"
    twin._knows_paper_query = False
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("unconfirmed", "no_confirmation")


def test_noise_is_named_and_nothing_is_sent(plug_in, make):
    twin = PrinterTwin()
    twin.spoil = lambda answer: b"\xf5\x80\xa5" + answer
    printer = make(plug_in(twin).open)
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("not_printed", "bad_frame")
    assert twin.slips() == []
    twin.spoil = bytes
    assert printer.print(TICKET).outcome == "printed"


def test_unplugged_before_and_put_back(plug_in, make):
    twin = PrinterTwin()
    plug = plug_in(twin)
    printer = make(plug.open)
    assert printer.print(TICKET).outcome == "printed"
    plug.unplug()
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("not_printed", "unplugged")
    assert printer.state().code == "unplugged"
    plug.plug()
    assert printer.state().code == "ok"
    assert printer.print(TICKET).outcome == "printed"


def test_put_back_between_two_slips_goes_unnoticed(plug_in, make):
    twin = PrinterTwin()
    plug = plug_in(twin)
    printer = make(plug.open)
    assert printer.print(TICKET).outcome == "printed"
    plug.unplug()
    plug.plug()
    assert printer.print(TICKET).outcome == "printed"


def test_unplugged_after_the_slip_was_sent_leaves_it_unconfirmed(plug_in, make):
    twin = PrinterTwin(knows_process_id=False, knows_paper_query=False)
    plug = plug_in(twin)
    printer = make(plug.open, patience=Patience(reply_s=0.2, confirm_s=30.0))
    with ThreadPoolExecutor(1) as pool:
        printing = pool.submit(printer.print, TICKET)
        wait_for(lambda: twin.slips() and twin.slips()[0].complete)
        plug.unplug()
        result = printing.result(timeout=10)
    assert (result.outcome, result.code) == ("unconfirmed", "unplugged")


def test_a_write_that_fails_is_not_printed(make):
    """The line takes part of the slip and then goes: its end was never sent, so no whole slip can exist."""

    class Frays(MemoryTransport):
        def write(self, data: bytes, timeout_s: float = 5.0) -> None:
            if len(data) > 50:
                super().write(data[: len(data) // 2])
                self.unplug()
                raise Unplugged("The simulated cable was pulled.")
            super().write(data, timeout_s)

    twin = PrinterTwin()
    result = make(lambda: Frays(twin)).print(TICKET)
    assert (result.outcome, result.code) == ("not_printed", "unplugged")
    (piece,) = twin.slips()
    assert not piece.complete
    assert make(lambda: MemoryTransport(twin)).print(TICKET).outcome == "printed"
    assert [slip.complete for slip in twin.slips()] == [True, False]


def test_two_threads_print_two_whole_slips(plug_in, make):
    twin = PrinterTwin()
    printer = make(plug_in(twin).open)
    start = threading.Barrier(2)

    def go(label: str) -> str:
        start.wait()
        return printer.print(Document(tuple(TextLine(label) for _ in range(30)))).outcome

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(go, ["A001", "B001"])) == ["printed", "printed"]
    assert sorted(set(slip.text.splitlines()) == {slip.text[:4]} for slip in twin.slips()) == [True, True]


def test_a_slip_out_of_bounds_is_refused_in_words(plug_in, make):
    printer = make(plug_in(PrinterTwin()).open)
    for block in (TextLine("A001", scale=9), QrCode("x" * 3000), QrCode("x", module_dots=0), Feed(0)):
        result = printer.print(Document((block,)))
        assert (result.outcome, result.code) == ("not_printed", "bad_document")


def test_a_rare_character_without_any_font_fails_loudly(plug_in, make, monkeypatch):
    monkeypatch.delenv("HALL_CJK_FONT", raising=False)
    monkeypatch.setattr(drivers.fonts, "FONT_PATHS", ())
    twin = PrinterTwin()
    printer = make(plug_in(twin).open)
    result = printer.print(Document((TextLine("𠮷野"),)))
    assert (result.outcome, result.code) == ("not_printed", "font_missing")
    assert "fonts-noto-cjk" in result.detail
    assert printer.print(Document((TextLine("吉野"),))).outcome == "printed"


def test_a_closed_printer_says_so(plug_in, make):
    printer = make(plug_in(PrinterTwin()).open)
    printer.close()
    printer.close()
    assert printer.print(TICKET).code == "closed"
    assert printer.state().code == "closed"
