"""The faults that a twin on a line can be told to show, by name; knows no driver.

A fault is what goes wrong in a hall: in the device, on its wire or at its plug. Drivers meet it as bytes only.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from drivers.errors import Unsupported
from drivers.simulated.callpad import CallPadTwin
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import Line, PtyLine
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.sign import SignTwin
from drivers.simulated.twin import ByteTwin

SLOW_BAUD = 9600
_SPLIT_S = 0.002
# In the middle of a slip; for a card reader, when the card's data is asked for.
_PULL_AFTER_BYTES, _PULL_AFTER_READER_BYTES = 120, 25
_AWAY_S = 1.0
_PAPER_LEFT_DOTS = 120
_FRAMES = ("idcard", "ratingpad", "callpad")
_STUCK_CODE = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: what a person would see, and for which kinds of twin, () for every kind behind a pty."""

    what: str
    begin: Callable[[ByteTwin, PtyLine], None]
    kinds: tuple[str, ...] = ()


def _silence(twin: ByteTwin, _line: PtyLine) -> None:
    twin.mute = True


def _garbage(twin: ByteTwin, _line: PtyLine) -> None:
    noise = random.Random(1)  # noqa: S311  the same noise each time
    twin.spoil = lambda answer: noise.randbytes(len(answer) + 8)


def _half(twin: ByteTwin, _line: PtyLine) -> None:
    twin.spoil = lambda answer: answer[: len(answer) // 2]


def _checksum(twin: ByteTwin, _line: PtyLine) -> None:
    twin.spoil = lambda answer: answer[:-1] + bytes((answer[-1] ^ 0x55,))


def _split(_twin: ByteTwin, line: PtyLine) -> None:
    line.wire.split_s = _SPLIT_S


def _slow(_twin: ByteTwin, line: PtyLine) -> None:
    line.follow_baud = False
    line.wire.baud = SLOW_BAUD


def _busy(_twin: ByteTwin, line: PtyLine) -> None:
    line.lock_port()


def _cable(twin: ByteTwin, line: PtyLine) -> None:
    line.pull_after(_PULL_AFTER_READER_BYTES if isinstance(twin, IdCardTwin) else _PULL_AFTER_BYTES, _AWAY_S)


def _paper_end(twin: ByteTwin, _line: PtyLine) -> None:
    if isinstance(twin, PrinterTwin):
        twin.paper_ends_after(_PAPER_LEFT_DOTS)


def _cover(twin: ByteTwin, _line: PtyLine) -> None:
    if isinstance(twin, PrinterTwin):
        twin.set_cover(True)


def _card_pull(twin: ByteTwin, _line: PtyLine) -> None:
    if isinstance(twin, IdCardTwin):
        twin.pull_at_read = True


def _echo(twin: ByteTwin, _line: PtyLine) -> None:
    if isinstance(twin, RatingPadTwin | SignTwin):
        twin.echoes = True


def _stuck(twin: ByteTwin, _line: PtyLine) -> None:
    if isinstance(twin, CallPadTwin):
        twin.hold_key(twin.addresses[0], "next")
    elif isinstance(twin, KeysTwin):
        twin.hold(_STUCK_CODE)


FAULTS: dict[str, Fault] = {
    "silence": Fault("it hears and says nothing", _silence),
    "garbage": Fault("its answers are noise, as at a wrong baud rate", _garbage),
    "half-frame": Fault("each answer stops in its middle", _half),
    "checksum": Fault("the last byte of each answer is wrong", _checksum, _FRAMES),
    "split": Fault("its answers come one byte at a time", _split),
    "slow": Fault("its line takes the time of 9600 baud", _slow),
    "port-busy": Fault("another program has the port open, as with two readers on one port", _busy),
    "cable-pull": Fault("the cable is pulled in the middle and put back a second later, on another pty", _cable),
    "paper-end": Fault("the paper ends in the middle of the next slip", _paper_end, ("printer",)),
    "cover-open": Fault("the cover is open", _cover, ("printer",)),
    "card-pull": Fault("the card is pulled while it is read", _card_pull, ("idcard",)),
    "echo": Fault("a two-wire RS-485 adapter hears what it sends", _echo, ("ratingpad", "callpad", "sign")),
    "stuck-key": Fault("a key stays down", _stuck, ("callpad", "keypad", "scanner")),
}


def begin_fault(name: str, kind: str, twin: object, line: Line) -> None:
    """Let `twin`, of `kind` and on `line`, show the fault `name`. Raises Unsupported, with what this kind can show."""
    if not isinstance(twin, ByteTwin) or not isinstance(line, PtyLine):
        raise Unsupported(f"A simulated {kind} has no fault to show.")
    fitting = [one for one, fault in FAULTS.items() if not fault.kinds or kind in fault.kinds]
    if name not in fitting:
        raise Unsupported(f"A simulated {kind} cannot show {name!r}; it can show {', '.join(fitting)}.")
    FAULTS[name].begin(twin, line)
