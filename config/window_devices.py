"""What stands at windows besides pages: pads, signs, lamps, buttons and key pads; knows no driver and no node."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.read import Kind, Table
from config.values import DEVICE_ADDRESS, FLAG, IDENTITY, choice, integer, matching, number_map, table_of, text

ACTIONS = ("next", "recall", "start", "finish", "serve", "no_show", "park", "pause", "transfer")
"""What a key may do at its window. `serve` starts, and pressed again finishes; `pause` pauses, resumes and opens."""
LAMPS = ("free", "serving", "paused", "alarm")

# Bounds; docs/settings.md says them too and a test compares.
ON_THE_LINE = (0, 255)
WINDOW_ID = (1, 999)
GRADE = (1, 5)
PIN = (0, 27)
PERCENT = (0, 100)
PATH_CHARACTERS = 4_096

CALL_PAD_KEYS: Mapping[str, str] = {
    "next": "next",
    "recall": "recall",
    "start": "start",
    "finish": "finish",
    "evaluate": "serve",
    "no_show": "no_show",
    "park": "park",
    "pause": "pause",
    "transfer": "transfer",
}
KEY_PAD_KEYS: Mapping[str, str] = {
    "": "next",
    "0": "pause",
    "1": "recall",
    "2": "serve",
    "3": "no_show",
    "4": "park",
}

_ACTION = choice(ACTIONS)
_KEY = matching(re.compile(r"[a-z0-9_]{1,32}"), "the key must be 1–32 small letters, digits or underscores")
_TYPED = matching(re.compile(r"[0-9+*/.-]{0,8}"), 'the key must be what is typed before ENTER, at most 8 digits, or ""')
_LAMP = choice(LAMPS)
_TIME = matching(re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]"), 'the key must be a time such as "07:30"')
_PATH = text(longest=PATH_CHARACTERS, may_be_empty=True)
_WINDOW = integer(*WINDOW_ID)
_WINDOWS = number_map(ON_THE_LINE[1], *WINDOW_ID)


@dataclass(frozen=True, slots=True)
class ActionSettings:
    """What keys at windows say for themselves. pause_reason: what a window's pause is called when a key began it."""

    pause_reason: str = "暂离"


@dataclass(frozen=True, slots=True)
class CallPadSettings:
    """Call pads on one line.

    windows: pad address 0–255 -> window 1–999 · keys: key as the driver names it -> one of ACTIONS · dialect: file of
    the driver `dialect`, or None.
    """

    driver: str
    address: str
    windows: Mapping[int, int]
    keys: Mapping[str, str] = field(default_factory=lambda: CALL_PAD_KEYS)
    dialect: Path | None = None


@dataclass(frozen=True, slots=True)
class RatingPadSettings:
    """Rating pads on one line. windows: pad address 0–255 -> window 1–999 · grades: value on the wire 0–255 -> 1–5."""

    driver: str
    address: str
    windows: Mapping[int, int]
    grades: Mapping[int, int]
    dialect: Path | None = None


@dataclass(frozen=True, slots=True)
class SignSettings:
    """Signs on one line.

    windows: sign address 0–255 -> window 1–999 · paused: what a paused window's sign says · elsewhere: added to it when
    other windows serve the same, `{windows}` stands for their numbers; "" for nothing · brightness: "HH:MM" in the
    hall -> percent from then on.
    """

    driver: str
    address: str
    windows: Mapping[int, int]
    paused: str = "暂停服务"
    elsewhere: str = "请到{windows}号窗口"
    brightness: Mapping[str, int] = field(default_factory=dict)
    dialect: Path | None = None


@dataclass(frozen=True, slots=True)
class LampSettings:
    """A lamp. pins: one of LAMPS -> pin 0–27 as the chip numbers them · active_low: a pin lights at 0."""

    driver: str
    address: str
    pins: Mapping[str, int]
    active_low: bool = False


@dataclass(frozen=True, slots=True)
class WindowLampSettings(LampSettings):
    """The lamp of a window 1–999."""

    window: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class ButtonSettings:
    """Buttons of a window 1–999. pins: one of ACTIONS -> pin 0–27 as the chip numbers them."""

    driver: str
    address: str
    window: int
    pins: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class KeyPadSettings:
    """A USB key pad at a window 1–999.

    use: "calls", for staff, or "grades", for a citizen who types 1–5 · keys: what is typed before ENTER -> one of
    ACTIONS.
    """

    driver: str
    address: str
    window: int
    use: str = "calls"
    keys: Mapping[str, str] = field(default_factory=lambda: KEY_PAD_KEYS)


def read_actions(table: Table) -> ActionSettings:
    return ActionSettings(pause_reason=table.get("pause_reason", text(), ActionSettings().pause_reason))


def read_call_pads(table: Table, folder: Path) -> CallPadSettings:
    return CallPadSettings(
        driver=table.get("driver", IDENTITY),
        address=table.get("address", DEVICE_ADDRESS),
        windows=table.get("windows", _WINDOWS),
        keys=_keys(table, table_of(_KEY, _ACTION, '{ evaluate = "finish" }'), CALL_PAD_KEYS),
        dialect=_dialect(table, folder),
    )


def read_rating_pads(table: Table, folder: Path) -> RatingPadSettings:
    return RatingPadSettings(
        driver=table.get("driver", IDENTITY),
        address=table.get("address", DEVICE_ADDRESS),
        windows=table.get("windows", _WINDOWS),
        grades=table.get("grades", number_map(ON_THE_LINE[1], *GRADE)),
        dialect=_dialect(table, folder),
    )


def read_signs(table: Table, folder: Path) -> SignSettings:
    line = text(may_be_empty=True)
    return SignSettings(
        driver=table.get("driver", IDENTITY),
        address=table.get("address", DEVICE_ADDRESS),
        windows=table.get("windows", _WINDOWS),
        paused=table.get("paused", line, "暂停服务"),
        elsewhere=table.get("elsewhere", line, "请到{windows}号窗口"),
        brightness=table.get("brightness", table_of(_TIME, integer(*PERCENT), '{ "18:00" = 40 }'), {}),
        dialect=_dialect(table, folder),
    )


def read_lamp(table: Table) -> LampSettings:
    return LampSettings(
        driver=table.get("driver", IDENTITY),
        address=table.get("address", DEVICE_ADDRESS),
        pins=_pins(table, LAMPS),
        active_low=table.get("active_low", FLAG, False),
    )


def read_window_lamp(table: Table) -> WindowLampSettings:
    lamp = read_lamp(table)
    window = table.get("window", _WINDOW)
    return WindowLampSettings(lamp.driver, lamp.address, lamp.pins, lamp.active_low, window=window)


def read_buttons(table: Table) -> ButtonSettings:
    return ButtonSettings(
        driver=table.get("driver", IDENTITY),
        address=table.get("address", DEVICE_ADDRESS),
        window=table.get("window", _WINDOW),
        pins=_pins(table, ACTIONS),
    )


def read_key_pad(table: Table) -> KeyPadSettings:
    return KeyPadSettings(
        driver=table.get("driver", IDENTITY),
        address=table.get("address", DEVICE_ADDRESS),
        window=table.get("window", _WINDOW),
        use=table.get("use", choice(("calls", "grades")), "calls"),
        keys=_keys(table, table_of(_TYPED, _ACTION, '{ 5 = "transfer" }'), KEY_PAD_KEYS),
    )


def _keys(table: Table, kind: Kind[Mapping[str, str]], presets: Mapping[str, str]) -> Mapping[str, str]:
    """What the file says of some keys stands before what is preset for all."""
    said = table.get("keys", kind, {})
    return {**presets, **said}


def _pins(table: Table, names: tuple[str, ...]) -> Mapping[str, int]:
    example = f"{{ {names[0]} = 17, {names[1]} = 27 }}"
    pins = table.get("pins", table_of(choice(names), integer(*PIN), example))
    if len(set(pins.values())) < len(pins):
        table.note("pins", "gives one pin to two names; each needs its own")
    return pins


def _dialect(table: Table, folder: Path) -> Path | None:
    """Beside the node's file unless it is an absolute path."""
    name = table.get("dialect", _PATH, "")
    return folder / name if name else None
