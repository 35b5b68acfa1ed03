"""One card read: every field of every kind, and readers with manners of their own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from card_readers import Mannered, laid

from drivers.card_once import read_once
from drivers.card_sheet import ETHNIC_GROUPS, CardSheet, decode_sheet
from drivers.errors import BadFrame, CardUnreadable, DriverError, Refused
from drivers.sdt import FIND, PREAMBLE, SdtTalk
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import MemoryTransport
from drivers.simulated.people import SAMPLES, citizen, with_check_digit

LATER = "示例省样本市虚构路九号".ljust(35).encode("utf-16-le")


@pytest.fixture
def reader(plug_in) -> Callable[[IdCardTwin], SdtTalk]:
    return lambda twin: SdtTalk(plug_in(twin).open(), answer_timeout_s=0.4, read_timeout_s=0.8)


EXPECTED = {
    "citizen": ("citizen", "张示例", "男", "汉", "1990-01-01", "样本市公安局", "示例省样本市虚构路0号"),
    "hmt": ("hmt", "陈样例", "男", "", "1992-02-02", "样本市公安局", "示例省样本市虚构路0号"),
    "foreigner": ("foreigner", "SPECIMEN, ANNA", "女", "", "1980-03-03", "9999", ""),
    "foreigner2023": ("foreigner2023", "范例森", "男", "", "1975-04-04", "样本移民管理局", ""),
}


@pytest.mark.parametrize("sample", EXPECTED)
def test_every_field_of_every_kind(plug_in, sample):
    sheet = read_once(plug_in(laid(sample)).open(), 5.0)
    assert sheet is not None
    assert (sheet.type, sheet.name, sheet.sex, sheet.ethnic, sheet.birth, sheet.issuer, sheet.address) == EXPECTED[
        sample
    ]
    assert (sheet.valid_from[4], sheet.valid_to[:2]) == ("-", "20")
    assert ",".join(sheet.as_dict()) == "type,name,sex,ethnic,birth,id_number,issuer,valid_from,valid_to,address"


def test_a_sheet_shows_nothing_of_the_person():
    sheet = decode_sheet(SAMPLES["citizen"].text)
    assert repr(sheet) == "CardSheet(type='citizen')"


def test_a_validity_without_end_and_codes_that_mean_nothing():
    text = bytearray(citizen("张示例", "19900101", with_check_digit("99999919900101000")))
    text[204:220] = "长期".ljust(8).encode("utf-16-le")
    text[30:32] = "9".encode("utf-16-le")
    for code, name in (("56", "基诺"), ("97", "其他"), ("98", "外国血统中国籍"), ("77", ""), ("x1", ""), ("  ", "")):
        text[32:36] = code.encode("utf-16-le")
        sheet = decode_sheet(bytes(text))
        assert (sheet.valid_to, sheet.sex, sheet.ethnic) == ("长期", "", name)
    assert len(ETHNIC_GROUPS) == 58


@pytest.mark.parametrize(
    "traits",
    [
        {"lead": b"\x00\xff\xaa\xaa"},
        {"lead": PREAMBLE + b"\x00\x04\x00\x00\x90\x00"},
        {"repeats_find": True},
        {"late": (0x90, 8)},
        {"failing_selects": 1},
        {"repeats_find": True, "failing_selects": 1, "lead": b"\xaa"},
        {"status_of_later": 0x21},
        {"later": b"\0\0"},
    ],
    ids=[
        "noise first",
        "false frame first",
        "find twice",
        "late selection",
        "second select",
        "all",
        "unknown question",
        "odd address",
    ],
)
def test_readers_with_manners_of_their_own(plug_in, traits):
    sheet = read_once(plug_in(laid("citizen", **traits)).open(), 5.0)
    assert isinstance(sheet, CardSheet)
    assert sheet.address == "示例省样本市虚构路0号"


def test_a_find_said_again_when_selection_was_asked_for(plug_in):
    class Again(Mannered):
        def _do(self, command: bytes) -> None:
            if command != FIND:
                self._answer(0x9F, bytes(4))
            super()._do(command)

    twin = Again()
    twin.hold("citizen")
    assert read_once(plug_in(twin).open(), 5.0) is not None


@pytest.mark.parametrize(("sample", "address"), [("citizen", "示例省样本市虚构路九号"), ("foreigner", "")])
def test_a_later_address_takes_the_place_of_a_citizens_only(plug_in, sample, address):
    sheet = read_once(plug_in(laid(sample, later=LATER)).open(), 5.0)
    assert sheet is not None
    assert sheet.address == address


def test_the_later_address_is_no_part_of_what_a_node_gets():
    asked: list[bytes] = []

    class Records(Mannered):
        def _do(self, command: bytes) -> None:
            asked.append(command)
            super()._do(command)

    twin = Records()
    twin.hold("citizen")
    SdtTalk(MemoryTransport(twin)).find()
    assert len(SdtTalk(MemoryTransport(twin)).read_text()) == 256, "the photo is dropped with its frame"
    assert b"\x30\x03" not in asked


def test_a_card_that_cannot_be_selected_and_an_answer_that_is_a_fault(reader):
    twin = laid("citizen", failing_selects=9)
    talk = reader(twin)
    assert talk.find()
    with pytest.raises(CardUnreadable):
        talk.read_text()
    twin._do = lambda command: twin._answer(0x66)
    with pytest.raises(Refused, match="missing licence"):
        talk.find()
    with pytest.raises(Refused):
        talk.check()


def test_data_of_another_layout_is_named(reader):
    twin = laid("citizen")
    twin._give_card = lambda with_fingerprint: twin._answer(0x90, b"\x02" + bytes(1287))
    talk = reader(twin)
    assert talk.find()
    with pytest.raises(BadFrame, match="layout"):
        talk.read_text()


def test_a_reader_that_never_stops_talking_is_given_up():
    class Floods(MemoryTransport):
        def discard_input(self) -> None:
            return

        def read(self, timeout_s: float) -> bytes:
            return bytes(1000)

    with pytest.raises(BadFrame):
        SdtTalk(Floods(IdCardTwin()), answer_timeout_s=30.0).find()


def test_a_lost_answer_is_asked_for_again(plug_in):
    twin = laid("citizen")
    answers = iter([b"", b"\xff"])

    def spoil(answer: bytes) -> bytes:
        return next(answers, answer)

    twin.spoil = spoil
    assert read_once(plug_in(twin).open(), 5.0) is not None


def test_a_card_laid_on_again_is_read(plug_in):
    twin = laid("citizen")
    twin.pull_at_read = True
    transport = plug_in(twin).open()
    with pytest.raises(DriverError):
        read_once(transport, 0.2)
    twin.pull_at_read = False
    twin.hold("elder")
    sheet = read_once(transport, 5.0)
    assert sheet is not None
    assert sheet.name == "李样本"
