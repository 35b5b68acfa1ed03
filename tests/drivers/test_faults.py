"""Every fault that a printer and a card reader can show, over a pty: named by the driver, in time, and survived."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from fault_table import fault_table
from waiting import wait_for

from drivers.address import open_transport, parse_address
from drivers.cli import main
from drivers.document import Document, TextLine
from drivers.errors import Unsupported
from drivers.idcard import ReaderLine, SdtReader
from drivers.ports import Card
from drivers.printer import EscposPrinter
from drivers.printer_talk import Patience
from drivers.simulated.faults import FAULTS, begin_fault
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.speaker import SpeakerTwin

SLIP = Document(tuple(TextLine(f"第 {n} 行") for n in range(12)))
TABLE = fault_table()
NAMED_WITHIN_S = 10.0
"""A driver names a fault after a few time-outs of its own; this is generous, for a busy machine."""


@pytest.mark.parametrize(
    ("fault", "outcomes", "codes"),
    [
        ("silence", {"unconfirmed"}, {"mute"}),
        ("garbage", {"not_printed"}, {"bad_frame"}),
        ("half-frame", {"unconfirmed"}, {"mute"}),
        ("split", {"printed"}, {"ok"}),
        ("slow", {"printed"}, {"ok"}),
        ("port-busy", {"not_printed"}, {"port_busy"}),
        # How much the system took before the cable went is not for the driver to know.
        ("cable-pull", {"not_printed", "unconfirmed"}, {"unplugged"}),
        ("paper-end", {"not_printed"}, {"paper_out"}),
        ("cover-open", {"not_printed"}, {"cover_open"}),
    ],
)
def test_a_printers_faults(on_pty, tmp_path, fault, outcomes, codes):
    assert codes == {TABLE["printer"][fault].replace("works", "ok")}
    twin = PrinterTwin()
    line = on_pty(twin)
    address = parse_address(f"serial://{tmp_path}/device")
    printer = EscposPrinter(lambda: open_transport(address), patience=Patience(confirm_s=1.0))
    begin_fault(fault, "printer", twin, line)
    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(printer.print, SLIP).result(timeout=NAMED_WITHIN_S)
    assert result.outcome in outcomes
    assert result.code in codes
    assert result.detail.endswith(".")
    twin.mute, twin.spoil, line.wire.split_s, line.wire.baud = False, bytes, 0.0, 0
    twin.set_paper(True)
    twin.set_cover(False)
    if fault == "port-busy":
        line.unplug()
        line.plug()
    wait_for(lambda: printer.state().code == "ok")
    assert printer.print(SLIP).outcome == "printed"
    printer.close()


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("silence", "mute"),
        ("garbage", "bad_frame"),
        ("half-frame", "bad_frame"),
        ("checksum", "bad_frame"),
        ("port-busy", "port_busy"),
        ("cable-pull", "unplugged"),
        ("card-pull", "card_unreadable"),
        ("split", None),
        ("slow", None),
    ],
)
def test_a_card_readers_faults(on_pty, tmp_path, fault, code):
    assert (code or "works") == TABLE["idcard"][fault]
    twin = IdCardTwin()
    line = on_pty(twin)
    cards: queue.Queue[Card] = queue.Queue()
    codes: list[str] = []
    begin_fault(fault, "idcard", twin, line)
    twin.hold("citizen")
    reader = SdtReader(ReaderLine(parse_address(f"serial://{tmp_path}/device")).open, poll_s=0.02)
    reader.listen(cards.put, lambda state: codes.append(state.code))
    if code is not None:
        wait_for(lambda: code in codes)
    twin.mute, twin.spoil, twin.pull_at_read = False, bytes, False
    if fault == "port-busy":
        line.unplug()
        line.plug()
    if fault == "card-pull":
        twin.hold("citizen")
    assert cards.get(timeout=NAMED_WITHIN_S).name == "张示例"
    wait_for(lambda: reader.state().code == "ok")
    reader.close()


def test_two_readers_on_one_port(on_pty, tmp_path):
    on_pty(IdCardTwin())
    address = parse_address(f"serial://{tmp_path}/device")
    states: list[queue.Queue[str]] = [queue.Queue(), queue.Queue()]
    first = SdtReader(ReaderLine(address).open)
    first.listen(lambda _card: None, lambda state: states[0].put(state.code))
    assert states[0].get(timeout=NAMED_WITHIN_S) == "ok"
    second = SdtReader(ReaderLine(address).open)
    second.listen(lambda _card: None, lambda state: states[1].put(state.code))
    assert states[1].get(timeout=NAMED_WITHIN_S) == "port_busy"
    first.close()
    assert states[1].get(timeout=NAMED_WITHIN_S) == "ok"
    second.close()


def test_what_a_kind_cannot_show_is_said(on_pty):
    line = on_pty(PrinterTwin())
    with pytest.raises(Unsupported, match="paper-end"):
        begin_fault("card-pull", "printer", PrinterTwin(), line)
    with pytest.raises(Unsupported, match="no fault"):
        begin_fault("silence", "speaker", SpeakerTwin(), line)
    assert all(fault.what for fault in FAULTS.values())


def simulate(*arguments: str):
    return CliRunner().invoke(main, ["simulate", *arguments])


def test_simulate_refuses_what_does_not_fit(tmp_path):
    place = str(tmp_path / "device")
    wrong = simulate("printer", "--pty", place, "--fault", "card-pull")
    assert (wrong.exit_code, "cover-open" in wrong.output) == (2, True)
    wrong = simulate("printer", "--pty", place, "--card", "citizen")
    assert (wrong.exit_code, "for an idcard" in wrong.output) == (2, True)
    assert not (tmp_path / "device").is_symlink()
