"""What a display's file says of its walls and of what is shown between calls; knows no page and no other table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from config.read import Table
from config.values import FLAG, IDENTITY, choice, each, integer, text
from config.window_devices import PATH_CHARACTERS

LAYOUTS = ("table", "big", "split")
COLUMNS = (1, 2)
THEMES = ("light", "dark")
CLOSED = ("show", "dim", "clock", "blank")

# Bounds; docs/settings.md says them too and a test compares.
CLOSED_AFTER_S = (0, 7_200)
ITEM_S = (3, 600)
BETWEEN_S = (0, 600)
AWAY_S = (5, 120)


@dataclass(frozen=True, slots=True)
class WallSettings:
    """The walls of a display; an address such as /wall?zone=f2&layout=big says otherwise for one of them.

    zones: what its walls show and its voice says, of the hall's `[[zones]]`; none: the whole hall · layout: table, big
    or split · columns: 1 or 2, of the table of windows · theme: light or dark · closed: show, dim, clock or blank, what
    becomes of it while the hall is closed · closed_after_s: 0–7,200, for so long it must have been · shift: everything
    moves by some pixels each minute, so that nothing burns in · waits: beside who is next, how long a newcomer waits.
    """

    zones: tuple[str, ...] = ()
    layout: str = "table"
    columns: int = 1
    theme: str = "light"
    closed: str = "show"
    closed_after_s: int = 600
    shift: bool = True
    waits: bool = True


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Notices, pictures and videos between calls.

    folder: where they lie, or None · item_s: 3–600, how long a picture or notice is shown · between_s: 0–600, the table
    alone between two of them, where they take its place · away_s: 5–120, so long they stay away after a call.
    """

    folder: Path | None = None
    item_s: int = 12
    between_s: int = 20
    away_s: int = 15


def read_wall(wall: Table) -> WallSettings:
    presets = WallSettings()
    return WallSettings(
        zones=wall.get("zones", each(IDENTITY), presets.zones),
        layout=wall.get("layout", choice(LAYOUTS), presets.layout),
        columns=wall.get("columns", choice(COLUMNS), presets.columns),
        theme=wall.get("theme", choice(THEMES), presets.theme),
        closed=wall.get("closed", choice(CLOSED), presets.closed),
        closed_after_s=wall.get("closed_after_s", integer(*CLOSED_AFTER_S), presets.closed_after_s),
        shift=wall.get("shift", FLAG, presets.shift),
        waits=wall.get("waits", FLAG, presets.waits),
    )


def read_media(media: Table, folder: Path) -> MediaSettings:
    """folder: of the display's file; a relative path begins there."""
    presets = MediaSettings()
    place = media.get("folder", text(longest=PATH_CHARACTERS, may_be_empty=True), "")
    return MediaSettings(
        folder=folder / place if place else None,
        item_s=media.get("item_s", integer(*ITEM_S), presets.item_s),
        between_s=media.get("between_s", integer(*BETWEEN_S), presets.between_s),
        away_s=media.get("away_s", integer(*AWAY_S), presets.away_s),
    )
