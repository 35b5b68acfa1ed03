"""The file that says which simulated devices there are: TOML -> settings, every mistake named; knows no running
twin."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KINDS = ("printer", "idcard", "ratingpad", "callpad", "sign", "keypad", "scanner", "gpio", "speaker")
SIGNS = ("kanban", "alpha", "ledstrip")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_COMMON = ("name", "kind")
_KEYS = {
    "printer": (*_COMMON, "width_mm"),
    "idcard": _COMMON,
    "ratingpad": (*_COMMON, "addresses"),
    "callpad": (*_COMMON, "addresses"),
    "sign": (*_COMMON, "speaks"),
    "keypad": _COMMON,
    "scanner": _COMMON,
    "gpio": _COMMON,
    "speaker": (*_COMMON, "pace"),
}


@dataclass(frozen=True, slots=True)
class TwinSettings:
    """One simulated device.

    name: [A-Za-z0-9][A-Za-z0-9_-]{0,31}, unique · kind: of KINDS · width_mm: a printer's paper, 58 or 80 · addresses:
    the pads on one line, each 0–255 · pace: a speaker takes the time its sound really takes · speaks: a sign's
    protocol, of SIGNS.
    """

    name: str
    kind: str
    width_mm: int = 80
    addresses: tuple[int, ...] = (1,)
    pace: bool = False
    speaks: str = "kanban"


class TwinsFileError(ValueError):
    """Mistakes in a twins file; `lines` has one sentence each, naming place, value and what would be right."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def load_twins(path: Path) -> list[TwinSettings]:
    """The simulated devices of the file at `path`. Raises TwinsFileError."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except OSError as err:
        raise TwinsFileError([f"{path}: cannot be read ({err.strerror})."]) from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise TwinsFileError([f"{path}: is no TOML: {err}."]) from err
    tables = document.get("twins")
    if set(document) != {"twins"} or not isinstance(tables, list) or not tables:
        raise TwinsFileError([f"{path}: wants nothing but one [[twins]] table for each simulated device."])
    lines: list[str] = []
    twins: list[TwinSettings] = []
    for number, table in enumerate(tables, 1):
        found = _mistakes(table, {twin.name for twin in twins})
        lines += [f"{path}: twins[{number}]: {mistake}" for mistake in found]
        if not found:
            twins.append(TwinSettings(**{**table, "addresses": tuple(table.get("addresses", (1,)))}))
    if lines:
        raise TwinsFileError(lines)
    return twins


def _mistakes(table: Any, names: set[str]) -> list[str]:
    if not isinstance(table, dict):
        return ["is no table; write [[twins]] above it."]
    kind, name = table.get("kind"), table.get("name")
    if kind not in KINDS:
        return [f"kind is {kind!r}; it must be one of {', '.join(KINDS)}."]
    lines = []
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        lines.append(f"name is {name!r}; it must be letters, digits, '-' and '_', at most 32, like {kind}-1.")
    elif name in names:
        lines.append(f"name {name!r} is there twice; each device needs its own.")
    for key in table:
        if key not in _KEYS[kind]:
            near = difflib.get_close_matches(key, _KEYS[kind], 1)
            lines.append(
                f"unknown key {key!r} for a {kind}; "
                + (f"did you mean {near[0]}?" if near else f"it has {', '.join(_KEYS[kind])}.")
            )
    if table.get("width_mm", 80) not in (58, 80):
        lines.append(f"width_mm is {table['width_mm']!r}; it must be 58 or 80.")
    addresses = table.get("addresses", [1])
    if not isinstance(addresses, list) or not addresses or not all(_is_address(one) for one in addresses):
        lines.append(f"addresses is {addresses!r}; it must be a list of numbers from 0 to 255.")
    elif len(set(addresses)) < len(addresses):
        lines.append(f"addresses is {addresses!r}; each pad needs its own.")
    if table.get("speaks", "kanban") not in SIGNS:
        lines.append(f"speaks is {table['speaks']!r}; it must be one of {', '.join(SIGNS)}.")
    if not isinstance(table.get("pace", False), bool):
        lines.append(f"pace is {table['pace']!r}; it must be true or false.")
    return lines


def _is_address(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255
