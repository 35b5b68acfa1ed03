"""One card read in a shell: every field of every kind, readers with manners of their own, rates, faults, pace."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from drivers.address import Address, parse_address
from drivers.card_once import read_once
from drivers.card_sheet import ETHNIC_GROUPS, CardSheet, decode_sheet
from drivers.cli import main
from drivers.errors import BadAddress, BadFrame, CardInvalid, CardUnreadable, DriverError, Mute, Refused, Unplugged
from drivers.idcard import ReaderLine
from drivers.registry import open_device
from drivers.sdt import FIND, PREAMBLE, STATUS, SdtTalk
from drivers.simulated.faults import begin_fault
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import MemoryTransport, PtyLine
from drivers.simulated.people import SAMPLES, citizen, with_check_digit
from drivers.simulated.wire import Wire

LATER = "示例省样本市虚构路九号".ljust(35).encode("utf-16-le")


class Mannered(IdCardTwin):
    """A reader as the field knows them: says more than it must, needs to be asked twice, knows a later address."""

    lead = b""
    repeats_find = False
    late: tuple[int, int] | None = None  # status and bytes of an older answer that comes when the next was asked for
    failing_selects = 0
    later = b""
    status_of_later = 0x91

    def _do(self, command: bytes) -> None:
        if self.late is not None:
            super()._answer(self.late[0], bytes(self.late[1]))
        if command == b"\x20\x02" and self.failing_selects:
            self.failing_selects -= 1
            self._answer(0x81)
        elif command == b"\x30\x03":
            self._answer(0x90, self.later) if self.later else self._answer(self.status_of_later)
        else:
            super()._do(command)

    def _answer(self, status: int, data: bytes = b"") -> None:
        self._say(self.lead)
        super()._answer(status, data)
        if status == 0x9F and self.repeats_find:
            super()._answer(status, data)


@pytest.fixture
def reader(plug_in) -> Callable[[IdCardTwin], SdtTalk]:
    return lambda twin: SdtTalk(plug_in(twin).open(), answer_timeout_s=0.4, read_timeout_s=0.8)


@pytest.fixture
def on_pty(tmp_path: Path) -> Iterator[Callable[..., PtyLine]]:
    """`on_pty(twin, …)` -> its line at `tmp_path / "reader"`."""
    lines: list[PtyLine] = []

    def put(twin: IdCardTwin, **options) -> PtyLine:
        lines.append(PtyLine(twin, tmp_path / "reader", **options))
        return lines[-1]

    yield put
    for line in lines:
        line.close()


def run(*arguments: str):
    return CliRunner().invoke(main, ["read-card", *arguments])


def laid(sample: str, **traits) -> Mannered:
    twin = Mannered()
    for name, value in traits.items():
        setattr(twin, name, value)
    twin.hold(sample)
    return twin


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


# -- how long it takes -------------------------------------------------------------------------------------------------


class Ruled:
    """A Transport over a paced wire with a clock of its own: reading lets the time pass at once."""

    def __init__(self, wire: Wire) -> None:
        self.byte_time_s = 10 / wire.baud
        self.now_s = 0.0
        self._wire = wire

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        self._wire.send(data, self.now_s)

    def read(self, timeout_s: float) -> bytes:
        until_s = self.now_s + timeout_s
        while not (data := self._wire.take(self.now_s)):
            next_s = self._wire.next_s
            if next_s is None or next_s > until_s:
                self.now_s = until_s
                return b""
            self.now_s = max(self.now_s, next_s)
        return data

    def discard_input(self) -> None:
        return

    def close(self) -> None:
        return


@pytest.mark.parametrize(("baud", "limit_s"), [(115_200, 0.13), (9600, 1.5)])
def test_from_card_to_data_in_the_time_of_its_bytes(baud, limit_s):
    """Find, select, read: 1,359 bytes and no pause between them. The pause before is the poll of 0.1 s: below 0.4 s."""
    line = Ruled(Wire(laid("citizen"), baud))
    talk = SdtTalk(line)
    assert talk.find()
    assert len(talk.read_text()) == 256
    assert line.now_s < limit_s


def test_a_card_at_9600_baud_over_a_paced_pty(on_pty, tmp_path):
    on_pty(laid("rare"), paced=True)
    started = time.monotonic()
    assert run(f"serial://{tmp_path}/reader?baud=9600", "--json").exit_code == 0
    assert time.monotonic() - started > 1.3, "the line was not paced"


# -- rates -------------------------------------------------------------------------------------------------------------


class AtOneRate(IdCardTwin):
    """Understands one baud rate; at others it hears noise and, when `noisy`, noise is heard of it."""

    def __init__(self, baud: int, noisy: bool) -> None:
        super().__init__()
        self._baud, self._noisy = baud, noisy
        self.line: PtyLine | None = None
        self.tried: list[int] = []

    def _receive(self, data: bytes) -> None:
        assert self.line is not None
        if self.line.wire.baud not in self.tried:
            self.tried.append(self.line.wire.baud)
        if self.line.wire.baud == self._baud:
            super()._receive(data)
        elif self._noisy:
            self._say(b"\xf8\x00\xf8")


@pytest.mark.parametrize("noisy", [True, False], ids=["noise", "silence"])
@pytest.mark.parametrize("baud", [115_200, 19_200])
def test_the_rate_is_found_out(on_pty, tmp_path, baud, noisy):
    twin = AtOneRate(baud, noisy)
    twin.line = on_pty(twin, paced=True)
    twin.hold("citizen")
    line = ReaderLine(parse_address(f"serial://{tmp_path}/reader?baud=auto"))
    transport = line.open()
    assert read_once(transport, 5.0) is not None
    transport.close()
    twin.tried.clear()
    line.open().close()
    assert twin.tried == [baud], "the rate that was found is tried first the next time"


def test_a_reader_that_answers_only_to_what_concerns_a_card(on_pty, tmp_path):
    class Terse(IdCardTwin):
        def _do(self, command: bytes) -> None:
            if command != STATUS:
                super()._do(command)

    on_pty(Terse())
    transport = ReaderLine(parse_address(f"serial://{tmp_path}/reader?baud=auto")).open()
    assert read_once(transport, 0.0) is None
    transport.close()


@pytest.mark.parametrize(("noisy", "error"), [(True, BadFrame), (False, Mute)])
def test_no_rate_fits(on_pty, tmp_path, noisy, error):
    twin = AtOneRate(1, noisy)
    twin.line = on_pty(twin, paced=True)
    with pytest.raises(error, match="19200"):
        ReaderLine(parse_address(f"serial://{tmp_path}/reader?baud=auto")).open()
    assert twin.tried == [115_200, 9600, 57_600, 38_400, 19_200]


def test_the_cable_is_pulled_while_rates_are_tried(on_pty, tmp_path):
    begin_fault("silence", "idcard", twin := IdCardTwin(), line := on_pty(twin))
    line.pull_after(15, 60.0)
    with pytest.raises(Unplugged):
        ReaderLine(parse_address(f"serial://{tmp_path}/reader?baud=auto")).open()


def test_other_devices_take_no_auto():
    assert parse_address("serial:///dev/x?baud=auto") == Address("serial", "/dev/x", baud_auto=True)
    with pytest.raises(BadAddress, match="self-test"):
        open_device("printer", "escpos", "serial:///dev/x?baud=auto")
    with pytest.raises(BadAddress, match="manual"):
        run_open("serial:///dev/x?baud=auto")


def run_open(url: str) -> None:
    from drivers.address import open_transport

    open_transport(parse_address(url))


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_prints_one_object(on_pty, tmp_path):
    on_pty(laid("citizen"))
    result = run(f"serial://{tmp_path}/reader?baud=115200", "--json")
    assert result.exit_code == 0
    assert result.stderr == "", "a program that reads both gets one object"
    assert json.loads(result.stdout) == {
        "type": "citizen",
        "name": "张示例",
        "sex": "男",
        "ethnic": "汉",
        "birth": "1990-01-01",
        "id_number": with_check_digit("99999919900101000"),
        "issuer": "样本市公安局",
        "valid_from": "2020-01-01",
        "valid_to": "2040-01-01",
        "address": "示例省样本市虚构路0号",
    }


def test_the_command_also_prints_lines(on_pty, tmp_path):
    on_pty(laid("hmt"))
    result = run(f"serial://{tmp_path}/reader?baud=auto")
    assert result.exit_code == 0
    assert "name: 陈样例\n" in result.stdout
    assert "Take the card away." in result.stderr


def test_no_card_is_exit_3(on_pty, tmp_path):
    on_pty(IdCardTwin())
    result = run(f"serial://{tmp_path}/reader", "--json", "--timeout", "0.3")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "within 0.3 s" in result.stderr


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("silence", "does not answer"),
        ("garbage", "make no sense"),
        ("half-frame", "make no sense"),
        ("checksum", "make no sense"),
        ("port-busy", "in use by another program"),
        ("cable-pull", "unplugged"),
        ("card-pull", "could not be read"),
    ],
)
def test_each_fault_is_one_sentence_and_exit_1(on_pty, tmp_path, fault, says):
    twin = laid("citizen")
    begin_fault(fault, "idcard", twin, on_pty(twin))
    result = run(f"serial://{tmp_path}/reader", "--json", "--timeout", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("fault", ["split", "slow"])
def test_a_slow_or_split_line_is_only_slow(on_pty, tmp_path, fault):
    twin = laid("citizen")
    begin_fault(fault, "idcard", twin, on_pty(twin))
    assert run(f"serial://{tmp_path}/reader", "--json").exit_code == 0


def test_a_damaged_card_is_a_fault_without_its_data(on_pty, tmp_path):
    on_pty(laid("damaged"))
    result = run(f"serial://{tmp_path}/reader", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert not any(ch.isdigit() for ch in result.stderr)
    with pytest.raises(CardInvalid):
        decode_sheet(SAMPLES["damaged"].text)


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
