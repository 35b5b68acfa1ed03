"""Paper left by estimate: known from the first roll that was seen changed, warned of in time, kept over restarts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import wait_for

from drivers.document import Document, TextLine
from drivers.errors import Unsupported
from drivers.paper_roll import PaperRoll
from drivers.ports import DeviceFacts, TellsFacts
from drivers.printer import EscposPrinter
from drivers.registry import open_device
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.printer import PrinterTwin

SLIP = Document((TextLine("A001"),))


def new_roll(roll: PaperRoll) -> PaperRoll:
    roll.seen(paper=False, near_end=True, cover_open=True)
    roll.seen(paper=True, near_end=False, cover_open=False)
    return roll


def test_nothing_is_known_before_a_roll_was_seen_changed():
    roll = PaperRoll(80)
    roll.printed(1000)
    roll.seen(paper=True, near_end=False, cover_open=True)
    roll.seen(paper=True, near_end=False, cover_open=False)
    assert (roll.left_percent, roll.low) == (None, False)
    assert new_roll(roll).left_percent == 100


@pytest.mark.parametrize(("printed_m", "left", "low"), [(0, 100, False), (40, 50, False), (72, 10, False),
                                                        (73, 9, True), (80, 0, True), (83, 0, True)])  # fmt: skip
def test_what_was_printed_is_missing_from_the_roll(printed_m, left, low):
    roll = new_roll(PaperRoll(80))
    for _ in range(printed_m * 10):
        roll.printed(100)
    assert (roll.left_percent, roll.low) == (left, low)


def test_a_roll_that_outlasts_itself_was_changed_unseen():
    roll = new_roll(PaperRoll(10))
    roll.printed(11_000)
    assert (roll.left_percent, roll.low) == (None, False)
    assert new_roll(roll).left_percent == 100


def test_the_sensor_bounds_the_estimate_and_tells_of_a_roll_changed_early():
    roll = new_roll(PaperRoll(80))
    roll.seen(paper=True, near_end=True, cover_open=False)
    assert roll.left_percent == 10
    roll.seen(paper=True, near_end=False, cover_open=False)
    roll.printed(1600)
    assert roll.left_percent == 98, "a sensor that wavers is no new roll"
    roll.seen(paper=True, near_end=True, cover_open=False)
    roll.seen(paper=True, near_end=True, cover_open=True)
    roll.seen(paper=True, near_end=True, cover_open=False)
    assert roll.left_percent == 10, "looked at, and the same roll as before"
    roll.seen(paper=True, near_end=False, cover_open=True)
    roll.seen(paper=True, near_end=False, cover_open=False)
    assert roll.left_percent == 100


def test_the_estimate_is_kept_over_a_restart(tmp_path):
    roll = new_roll(PaperRoll(80, tmp_path / "paper.json"))
    roll.printed(8000)
    assert PaperRoll(80, tmp_path / "paper.json").left_percent == 90


@pytest.mark.parametrize("text", ["", "{", "[]", '{"used_mm": "1"}', '{"used_mm": -1}', '{"used_mm": NaN}', "{}"])
def test_a_file_that_is_none_costs_the_estimate_only(tmp_path, text):
    (tmp_path / "paper.json").write_text(text)
    assert PaperRoll(80, tmp_path / "paper.json").left_percent is None


def test_a_folder_that_takes_nothing_costs_no_slip(tmp_path, caplog):
    roll = new_roll(PaperRoll(80, tmp_path / "no" / "paper.json"))
    roll.printed(800)
    assert roll.left_percent == 99
    assert "could not be kept" in caplog.text


# -- the printer -------------------------------------------------------------------------------------------------------


@pytest.fixture
def printer(plug_in, tmp_path: Path) -> Iterator[tuple[EscposPrinter, PrinterTwin]]:
    twin = PrinterTwin()
    one = EscposPrinter(plug_in(twin).open, speed_mm_s=1000.0, roll=PaperRoll(0.2, tmp_path / "paper.json"))
    yield one, twin
    one.close()


def test_a_printer_warns_before_its_paper_is_out(printer):
    one, twin = printer
    assert one.state().code == "ok"
    assert one.facts() == DeviceFacts("Simulated printer 1.00 TWIN")
    twin.set_paper(False)
    assert one.state().code == "paper_out"
    twin.set_paper(True)
    assert one.state().code == "ok"
    left = [one.facts().paper_left_percent]
    while left[-1] is not None and left[-1] >= 10:
        assert one.print(SLIP).outcome == "printed"
        left.append(one.facts().paper_left_percent)
    assert left[0] == 100
    assert left == sorted(left, reverse=True)
    assert (one.state().health, one.state().code) == ("warning", "paper_low")
    twin.set_near_end(True)
    assert one.state().code == "paper_near_end", "what its own sensor sees goes before an estimate"


def test_a_printer_that_does_not_tell_its_firmware_prints_all_the_same(plug_in):
    twin = PrinterTwin(firmware="")
    one = EscposPrinter(plug_in(twin).open, speed_mm_s=1000.0)
    assert one.state().code == "ok"
    assert one.facts() == DeviceFacts()
    assert one.print(SLIP).outcome == "printed"
    assert twin.slips()[0].text == "A001"
    one.close()


def test_a_clone_that_prints_what_it_does_not_know_is_not_asked(plug_in):
    one = EscposPrinter(plug_in(PrinterTwin()).open, process_id=False)
    assert one.state().code == "ok"
    assert one.facts().firmware == ""
    one.close()


@pytest.mark.parametrize("roll_m", [0, 501, -1])
def test_a_roll_out_of_bounds(roll_m):
    with pytest.raises(Unsupported, match="1 to 500"):
        open_device("printer", "escpos", "socket://127.0.0.1:1", roll_m=roll_m)


# -- the card reader ---------------------------------------------------------------------------------------------------


def test_a_card_reader_tells_the_number_of_its_module(plug_in):
    from drivers.idcard import SdtReader

    reader = SdtReader(plug_in(IdCardTwin()).open, poll_s=0.01)
    assert isinstance(reader, TellsFacts)
    assert reader.facts() == DeviceFacts()
    reader.listen(lambda _card: None, lambda _state: None)
    wait_for(lambda: reader.state().code == "ok")
    assert reader.facts().serial == "05.01-20260101-0000000042-1234567890"
    reader.close()
