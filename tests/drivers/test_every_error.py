"""Every error there is happens here once, through a driver and a twin or the system; a new one without a case fails.

A case either raises the error or brings back the code that the driver made of it; codes are unique (test_registry).
"""

from __future__ import annotations

import errno
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drivers import errors, fonts, keys
from drivers.address import open_transport, parse_address
from drivers.clips import Clips
from drivers.dialect_file import load_dialect
from drivers.document import Document, QrCode, TextLine
from drivers.errors import DriverError
from drivers.evdev_port import open_keys
from drivers.idcard import SdtReader
from drivers.keys import TypedLines
from drivers.pins import load_board
from drivers.players import TwinPlayer
from drivers.ports import DeviceState
from drivers.printer import EscposPrinter
from drivers.printer_talk import Patience
from drivers.registry import open_device
from drivers.sdt import SdtTalk
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import MemoryTransport, PtyLine, UnixLine
from drivers.simulated.people import SAMPLES
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.speaker import SpeakerTwin
from drivers.simulated.twin import ByteTwin
from drivers.speaker import TokenSpeaker

SLIP = Document((TextLine("A001"),))
CASES: dict[type[DriverError], Callable[..., str]] = {}


def case(error: type[DriverError]) -> Callable[[Callable[..., str]], Callable[..., str]]:
    def keep(happen: Callable[..., str]) -> Callable[..., str]:
        CASES[error] = happen
        return happen

    return keep


def printed(twin: ByteTwin, document: Document = SLIP) -> str:
    printer = EscposPrinter(lambda: MemoryTransport(twin), patience=Patience(confirm_s=0.3), speed_mm_s=1000.0)
    try:
        return printer.print(document).code
    finally:
        printer.close()


def first_ill(device: Any) -> str:
    """The first code but "ok" that a device tells which is listened to."""
    states: list[DeviceState] = []
    ill = threading.Event()

    def on_state(state: DeviceState) -> None:
        states.append(state)
        if state.health != "ok":
            ill.set()

    device.listen(lambda _what: None, on_state)
    assert ill.wait(10)
    device.close()
    return next(state.code for state in states if state.health != "ok")


@case(errors.BadAddress)
def no_url(**_: Any) -> str:
    parse_address("/dev/ttyUSB0")
    return ""


@case(errors.BadDocument)
def an_empty_symbol(**_: Any) -> str:
    return printed(PrinterTwin(), Document((QrCode(""),)))


@case(errors.Unsupported)
def an_unknown_driver(**_: Any) -> str:
    open_device("printer", "zpl", "simulated://p")
    return ""


@case(errors.Unplugged)
def a_port_that_is_not_there(folder: Path, **_: Any) -> str:
    open_transport(parse_address(f"serial://{folder}/away"))
    return ""


@case(errors.PortBusy)
def a_port_of_another_program(folder: Path, **_: Any) -> str:
    line = PtyLine(PrinterTwin(), folder / "busy")
    line.lock_port()
    try:
        open_transport(parse_address(f"serial://{folder}/busy"))
    finally:
        line.close()
    return ""


@case(errors.NoAccess)
def a_key_pad_without_the_right(nodes: Any, **_: Any) -> str:
    open_keys(parse_address("evdev://1a2c:0b23"), nodes((0x1A2C, 0x0B23, "", True, errno.EACCES, 0)))
    return ""


@case(errors.Mute)
def a_silent_reader(**_: Any) -> str:
    twin = IdCardTwin()
    twin.mute = True
    SdtTalk(MemoryTransport(twin), 0.05).check()
    return ""


@case(errors.BadFrame)
def a_wrong_rate(**_: Any) -> str:
    twin = PrinterTwin()
    twin.spoil = lambda data: b"\xff" * len(data)
    return printed(twin)


@case(errors.Refused)
def a_reader_that_fails_its_self_test(**_: Any) -> str:
    class Broken(IdCardTwin):
        def _do(self, command: bytes) -> None:
            self._answer(0x60)

    SdtTalk(MemoryTransport(Broken())).check()
    return ""


@case(errors.PaperOut)
def no_paper(**_: Any) -> str:
    twin = PrinterTwin()
    twin.paper_ends_after(20)
    return printed(twin)


@case(errors.CoverOpen)
def an_open_cover(**_: Any) -> str:
    twin = PrinterTwin()
    twin.set_cover(True)
    return printed(twin)


class Ill(PrinterTwin):
    """Answers one status question with `bits` more."""

    question, bits = 0, 0

    def _status(self, n: int) -> bytes:
        answer = super()._status(n)
        return bytes((answer[0] | self.bits,)) if n == self.question else answer


@case(errors.PrinterFault)
def a_stuck_cutter(**_: Any) -> str:
    twin = Ill()
    twin.question, twin.bits = 3, 0x08
    return printed(twin)


@case(errors.PrinterOffline)
def a_printer_switched_offline(**_: Any) -> str:
    twin = Ill()
    twin.question, twin.bits = 1, 0x08
    return printed(twin)


@case(errors.FontMissing)
def a_rare_name_and_no_font(monkeypatch: pytest.MonkeyPatch, **_: Any) -> str:
    monkeypatch.delenv("HALL_CJK_FONT", raising=False)
    monkeypatch.setattr(fonts, "FONT_PATHS", ("/no/such/font.ttc",))
    return printed(PrinterTwin(), Document((TextLine("𠮷"),)))


@case(errors.CardUnreadable)
def a_card_pulled_too_early(**_: Any) -> str:
    twin = IdCardTwin()
    twin.pull_at_read = True
    twin.hold("citizen")
    return first_ill(SdtReader(lambda: MemoryTransport(twin), poll_s=0.01))


@case(errors.CardInvalid)
def a_card_that_contradicts_itself(monkeypatch: pytest.MonkeyPatch, **_: Any) -> str:
    wrong = SAMPLES["citizen"].text.replace("张".encode("utf-16-le"), b"\x20\x00", 1)
    digits = wrong[122:158]
    wrong = wrong[:122] + digits[2:] + digits[:2] + wrong[158:]
    monkeypatch.setitem(SAMPLES, "citizen", replace(SAMPLES["citizen"], text=wrong))
    twin = IdCardTwin()
    twin.hold("citizen")
    return first_ill(SdtReader(lambda: MemoryTransport(twin), poll_s=0.01))


@case(errors.SpeakerError)
def a_sound_card_that_refuses(folder: Path, **_: Any) -> str:
    twin = SpeakerTwin()
    twin.broken = True
    line = UnixLine(twin, folder / "s")
    try:
        TwinPlayer(folder / "s").play(b"RIFF", 0.1)
    finally:
        line.close()
    return ""


@case(errors.SpeechMissing)
def a_word_without_voice_and_clip(folder: Path, **_: Any) -> str:
    line = UnixLine(SpeakerTwin(), folder / "s")
    speaker = TokenSpeaker(TwinPlayer(folder / "s"), Clips(espeak="no-such-program"))
    speaker.say(["chime", "please"], "zh-CN")
    line.close()
    return speaker.state().code


@case(errors.BadDialect)
def a_dialect_of_nothing(folder: Path, **_: Any) -> str:
    (folder / "d.toml").write_text('name = "x"\n')
    load_dialect(folder / "d.toml")
    return ""


@case(errors.StuckKey)
def a_key_that_stays_down(monkeypatch: pytest.MonkeyPatch, **_: Any) -> str:
    monkeypatch.setattr(keys, "STUCK_S", 0.05)
    twin = KeysTwin()
    twin.hold(5)
    return first_ill(TypedLines("key pad", lambda: MemoryTransport(twin), empty=True, patience_s=30.0))


@case(errors.LibraryMissing)
def pins_of_a_machine_that_has_none(monkeypatch: pytest.MonkeyPatch, **_: Any) -> str:
    monkeypatch.setitem(__import__("sys").modules, "RPi", None)
    load_board()
    return ""


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("e")  # short, for the paths of sockets
    yield place
    shutil.rmtree(place)


EVERY = sorted(
    (
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, DriverError) and one is not DriverError
    ),
    key=lambda one: one.__name__,
)


def test_there_is_a_case_for_every_error():
    assert set(CASES) == set(EVERY)


@pytest.mark.parametrize("error", EVERY, ids=lambda one: one.__name__)
def test_it_happens_and_is_named(error, folder, monkeypatch, nodes):
    try:
        code = CASES[error](folder=folder, monkeypatch=monkeypatch, nodes=nodes)
    except DriverError as err:
        code = err.code
    assert code == error.code
