"""What each kind of device can do for a node; knows no protocol. Drivers provide these, nodes use nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

from drivers.document import Document

PrintOutcome = Literal["printed", "not_printed", "unconfirmed"]
Health = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class DeviceState:
    """How a device is: `code` is stable ("ok", "paper_out", "paper_near_end" by its sensor, "paper_low" by estimate,
    "cover_open", "mute", "unplugged" …), `detail` one English sentence."""

    health: Health
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a device told about itself, for the maintainer; what it did not tell is "" or None.

    firmware: model and version · serial: its own number, for a card reader that of its security module ·
    paper_left_percent: 0–100 by estimate.
    """

    firmware: str = ""
    serial: str = ""
    paper_left_percent: int | None = None


@dataclass(frozen=True, slots=True)
class PrintResult:
    """What is known of one slip after the printer was asked; never guessed. `code` as in DeviceState.

    piece: the slip had begun, so that an incomplete piece of it may be out; `print_again` then gives it whole.
    """

    outcome: PrintOutcome
    code: str
    detail: str
    piece: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What a node may take from an identity card; the photo and the address are never read out of the driver.

    `repr` shows the kind only, so that no log line or traceback can carry a person. `birth` is YYYYMMDD.
    """

    kind: Literal["citizen", "hmt", "foreigner", "foreigner2023"]
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    birth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GradePressed:
    """A press on a rating pad: `address` of the pad on its line, `grade` 1–5 after the site's own mapping."""

    address: int
    grade: int


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key of a call pad: `address` of the pad on its line, `event` "next", "recall", "evaluate", "pause", "transfer",
    "no_show", "park", "call_back" or a name of a dialect's own, `digits` typed before it."""

    address: int
    event: str
    digits: str = ""


class Device(Protocol):
    """Every device. `close` may be called twice. No method blocks for longer than `timeout_s` of its driver."""

    def state(self) -> DeviceState: ...
    def close(self) -> None: ...


@runtime_checkable
class TellsFacts(Protocol):
    """A device that can say more of itself than its state. `facts` asks nothing and never blocks."""

    def facts(self) -> DeviceFacts: ...


class Printer(Device, Protocol):
    width_dots: int

    def print(self, document: Document) -> PrintResult: ...
    def print_again(self) -> PrintResult:
        """Print the slip that was interrupted last (a result with `piece`), whole; a later `print` forgets it.

        The device never does this by itself: whether the citizen still wants the paper is the node's to know.
        `not_printed`, code "nothing_interrupted", when there is none.
        """


class IdCardReader(Device, Protocol):
    def listen(self, on_card: Callable[[Card], None], on_state: Callable[[DeviceState], None]) -> None:
        """Start a thread that reads each card laid on once, and reconnects by itself after the reader was unplugged."""


class RatingPad(Device, Protocol):
    def listen(self, on_grade: Callable[[GradePressed], None], on_state: Callable[[DeviceState], None]) -> None: ...
    def open_rating(self, address: int) -> None: ...


class Speaker(Device, Protocol):
    def say(self, tokens: Sequence[str], language: str) -> None:
        """Play one announcement to its end. Tokens as display/voice.py builds them: "chime", "please", "A", "0",
        "number",
        "to", "3", "window" … A token without a clip is spoken by espeak-ng; raises SpeakerError when nothing can be
        heard."""

    def speak(self, text: str, language: str) -> None:
        """Play the chime and `text`, any words of people, to their end; `language` is for words of no script of their
        own, such as numbers. Only the chime when there is no voice; raises SpeakerError when nothing can be heard."""

    def read(self, text: str, language: str, wanted: Callable[[], bool] = ...) -> None:
        """Play `text` for one person, without the chime, to its end or until `hush`. wanted: asked when it begins, so
        that a `hush` a moment earlier is not lost. Raises SpeakerError."""

    def hush(self) -> None:
        """Cut short what `read` plays now; nothing else. From any thread, at any time."""


class CallPad(Device, Protocol):
    """Call pads at windows, several on one line. What a pad cannot show raises Unsupported.

    Rating pads may hang on the same line: `on_grade` is told the value as it is on the wire.
    """

    def listen(
        self,
        on_key: Callable[[KeyPressed], None],
        on_state: Callable[[DeviceState], None],
        on_grade: Callable[[GradePressed], None] = ...,
    ) -> None: ...
    def show(self, address: int, number: str, waiting: int) -> None: ...
    def open_rating(self, address: int) -> None: ...
    def show_ticket(self, address: int, number: str) -> None: ...
    def show_waiting(self, address: int, count: int) -> None: ...
    def beep(self, address: int) -> None: ...


class Sign(Device, Protocol):
    """Signs at windows, several on one line; `address` None is the one of the settings.

    What was shown last is shown again after the sign was unplugged. A character that it lacks, and what it cannot do,
    raises Unsupported.
    """

    def show(self, label: str, address: int | None = None) -> None: ...
    def pause(self, text: str, address: int | None = None) -> None: ...
    def clear(self, address: int | None = None) -> None: ...
    def set_brightness(self, percent: int, address: int | None = None) -> None: ...


class KeyPad(Device, Protocol):
    """A USB key pad: one call for what was typed up to ENTER, which may be nothing; and `on_key` for each key at once,
    named as a browser names it ("7", "Enter", "ArrowUp" …)."""

    def listen(
        self,
        on_line: Callable[[str], None],
        on_state: Callable[[DeviceState], None],
        on_key: Callable[[str], None] = ...,
    ) -> None: ...


class Scanner(Device, Protocol):
    """A QR or bar-code scanner: one call for each code, never its text in a log."""

    def listen(self, on_code: Callable[[str], None], on_state: Callable[[DeviceState], None]) -> None: ...


Lamp = Literal["off", "free", "serving", "paused", "alarm"]


class Lamps(Device, Protocol):
    """The lamp of a window: one colour at a time."""

    def light(self, lamp: Lamp) -> None: ...


class Buttons(Device, Protocol):
    """Buttons wired to pins: one call with the button's name for each press."""

    def listen(self, on_press: Callable[[str], None], on_state: Callable[[DeviceState], None]) -> None: ...
