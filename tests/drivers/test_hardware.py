"""The contract of printers and card readers that no twin has to help with: in memory, over a pty, and on real hardware.

`HALL_HW_PRINTER=serial:///dev/ttyUSB0?baud=9600` (or usb://, socket://, cups://) prints three short slips there;
`HALL_HW_IDCARD=serial:///dev/ttyUSB1?baud=115200` waits a minute for a card to be laid on it.
"""

from __future__ import annotations

import os
import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.address import open_transport, parse_address
from drivers.document import Columns, Document, QrCode, TextLine
from drivers.idcard import SdtReader, create
from drivers.ports import Card, IdCardReader, Printer
from drivers.printer import EscposPrinter
from drivers.printer import create as create_printer
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import MemoryTransport, PtyLine
from drivers.simulated.printer import PrinterTwin

TICKET = Document(
    (
        TextLine("打印测试 Contract"),
        TextLine("A042", scale=4, bold=True),
        Columns("左 left", "右 right"),
        QrCode("contract", module_dots=4),
    )
)
PLACES = ("memory", "pty", "hardware")


def hardware(kind: str) -> str:
    """The address of the hardware, or the test is skipped."""
    name = f"HALL_HW_{kind}"
    if not os.environ.get(name):
        pytest.skip(f"{name} names no port of real hardware")
    return os.environ[name]


@pytest.fixture(params=PLACES)
def printer(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Printer]:
    line = None
    if request.param == "hardware":
        one: Printer = create_printer(parse_address(hardware("PRINTER")))
    elif request.param == "memory":
        twin = PrinterTwin()
        one = EscposPrinter(lambda: MemoryTransport(twin), speed_mm_s=1000.0)
    else:
        line = PtyLine(PrinterTwin(), tmp_path / "printer")
        address = parse_address(f"serial://{tmp_path}/printer")
        one = EscposPrinter(lambda: open_transport(address), speed_mm_s=1000.0)
    yield one
    one.close()
    if line is not None:
        line.close()


@pytest.fixture(params=PLACES)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[IdCardReader, Callable[[], None]]]:
    """A reader, and what lays a card on it; a person does that on real hardware."""
    line = None
    twin = IdCardTwin()

    def lay() -> None:
        twin.hold("citizen")

    if request.param == "hardware":
        one: IdCardReader = create(parse_address(hardware("IDCARD")))
    elif request.param == "memory":
        one = SdtReader(lambda: MemoryTransport(twin))
    else:
        line = PtyLine(twin, tmp_path / "reader")
        one = create(parse_address(f"serial://{tmp_path}/reader?baud=auto"))
    yield one, lay
    one.close()
    if line is not None:
        line.close()


def test_a_printer_is_ready_prints_and_says_so(printer):
    assert printer.state().health in ("ok", "warning"), printer.state().detail
    for _ in range(3):
        result = printer.print(TICKET)
        assert result.outcome == "printed", result.detail
    assert printer.print_again().code == "nothing_interrupted"
    assert printer.state().health in ("ok", "warning")


def test_a_printer_refuses_what_is_out_of_bounds_and_what_comes_after_its_close(printer):
    assert printer.print(Document((QrCode("x" * 3000),))).code == "bad_document"
    printer.close()
    printer.close()
    assert printer.print(TICKET).code == "closed"
    assert printer.state().code == "closed"


@pytest.mark.timeout(90)
def test_a_card_is_told_once(reader):
    one, lay = reader
    cards: queue.Queue[Card] = queue.Queue()
    states: queue.Queue[str] = queue.Queue()
    one.listen(cards.put, lambda state: states.put(state.code))
    assert states.get(timeout=10) == "ok"
    lay()
    card = cards.get(timeout=60)
    assert repr(card) == f"Card(kind='{card.kind}')"
    with pytest.raises(queue.Empty):
        cards.get(timeout=0.5)
    one.close()
    assert one.state().code == "closed"
