"""The cable pulled and put back again and again under use: drivers come back, and leave no thread and no descriptor.

`HALL_REPLUGS=100` does it a hundred times; without it five.
"""

from __future__ import annotations

import queue
import threading
import time

import pytest
from replugs import BACK_WITHIN_S, TIMES, no_more, open_things
from waiting import wait_for

from drivers.address import open_transport, parse_address
from drivers.document import Document, TextLine
from drivers.idcard import ReaderLine, SdtReader
from drivers.printer import EscposPrinter
from drivers.printer_talk import Patience
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import PtyLine
from drivers.simulated.printer import PrinterTwin


@pytest.mark.timeout(1200)
def test_a_card_reader(no_leak, tmp_path, capsys):
    twin = IdCardTwin()
    line = PtyLine(twin, tmp_path / "reader")
    states: queue.Queue[str] = queue.Queue()
    cards: queue.Queue[str] = queue.Queue()
    reader = SdtReader(ReaderLine(parse_address(f"serial://{tmp_path}/reader")).open, poll_s=0.01)
    reader.listen(lambda card: cards.put(card.kind), lambda state: states.put(state.code))

    def heard(code: str) -> None:
        while states.get(timeout=BACK_WITHIN_S) != code:
            continue

    heard("ok")
    held = open_things()
    longest_s = 0.0
    for _ in range(TIMES):
        line.unplug()
        heard("unplugged")
        started = time.monotonic()
        line.plug()
        heard("ok")
        longest_s = max(longest_s, time.monotonic() - started)
        twin.hold("citizen")
        assert cards.get(timeout=BACK_WITHIN_S) == "citizen"
        twin.take()
    assert no_more(held)
    reader.close()
    line.close()
    print(f"card reader: back after at most {longest_s:.2f} s in {TIMES} times")


@pytest.mark.timeout(1200)
def test_a_printer_that_prints_all_the_time(no_leak, tmp_path):
    twin = PrinterTwin()
    line = PtyLine(twin, tmp_path / "printer")
    address = parse_address(f"serial://{tmp_path}/printer")
    printer = EscposPrinter(lambda: open_transport(address), speed_mm_s=1000.0, patience=Patience(confirm_s=0.3))
    outcomes: list[tuple[str, str]] = []
    stop = threading.Event()

    def use() -> None:
        while not stop.is_set():
            result = printer.print(Document((TextLine("A001"),)))
            outcomes.append((result.outcome, result.code))
            stop.wait(0.01)

    user = threading.Thread(target=use)
    user.start()
    wait_for(lambda: ("printed", "ok") in outcomes)
    for _ in range(TIMES):
        line.unplug()
        at = len(outcomes)
        wait_for(lambda at=at: ("not_printed", "unplugged") in outcomes[at:])
        line.plug()
        at = len(outcomes)
        wait_for(lambda at=at: ("printed", "ok") in outcomes[at:])
    stop.set()
    user.join()
    printer.close()
    line.close()
    assert {outcome for outcome, _ in outcomes} <= {"printed", "not_printed", "unconfirmed"}
    assert sum(slip.complete for slip in twin.slips()) > 0
