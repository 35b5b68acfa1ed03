"""docs/settings.md has every field of every settings class with its bounds and preset, and nothing else."""

from __future__ import annotations

import re
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pytest

from config import hours, load, maps, node, settings, sites, wall
from config.load import load_hall

DOC = (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### (.+?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*?) \| (.*?) \|$", re.MULTILINE)

# Heading -> the class behind it, and the fields that are tables of their own or that the class adds to the file's keys.
CLASSES: dict[str, tuple[type, set[str]]] = {
    "`[hall]`": (
        settings.HallSettings,
        {
            "services",
            "windows",
            "hours",
            "calendar",
            "rules",
            "privacy",
            "words",
            "zones",
            "skills",
            "opinions",
            "maps",
            "sites",
            "appointments",
            "remote",
            "offline",
        },
    ),
    "`[hours]`": (settings.Hours, set()),
    "`[calendar]`": (settings.Calendar, set()),
    "`[rules]`": (settings.Rules, set()),
    "`[privacy]`": (settings.Privacy, set()),
    "`[words]`": (settings.Words, set()),
    "`[opinions]`": (settings.Opinions, set()),
    "`[[services]]`": (settings.Service, {"slots", "guide"}),
    "`[services.guide]`": (settings.Guide, set()),
    "`[appointments]`": (settings.Appointments, set()),
    "`[remote]`": (settings.Remote, set()),
    "`slots` of a service": (settings.Slots, set()),
    "`[[windows]]`": (settings.Window, set()),
    "`[[zones]]`": (settings.Zone, set()),
    "`[[maps]]`": (settings.HallMap, set()),
    "`items` of a map": (settings.MapItem, set()),
    "`[[sites]]`": (settings.Site, set()),
    "`[[skills]]`": (settings.Skill, set()),
    "`[node]`, for kiosks and displays": (node.NodeSettings, set()),
    "`[page]`, for kiosks and displays": (node.PageSettings, set()),
    "`[devices.printer]`": (node.PrinterSettings, set()),
    "`[devices.idcard]`": (node.DeviceSettings, set()),
    "`[privacy]` of a kiosk": (node.KioskPrivacy, set()),
    "`[browser]`": (node.BrowserSettings, set()),
    "`[wall]`": (node.WallSettings, set()),
    "`[media]`": (node.MediaSettings, set()),
    "`[voice]`": (node.VoiceSettings, set()),
    "`[devices.speaker]`": (node.DeviceSettings, set()),
    "`[devices.headphones]`": (node.DeviceSettings, set()),
    "`[devices.scanner]`": (node.DeviceSettings, set()),
    "`[devices.keypad]`": (node.DeviceSettings, set()),
    "`[devices.lamps]`": (node.LampSettings, set()),
    "`[[ratingpads]]`": (node.RatingPadSettings, set()),
    "`[[callpads]]`": (node.CallPadSettings, set()),
    "`[[signs]]`": (node.SignSettings, set()),
    "`[[lamps]]`": (node.WindowLampSettings, set()),
    "`[[buttons]]`": (node.ButtonSettings, set()),
    "`[[keypads]]`": (node.KeyPadSettings, set()),
    "`[actions]`": (node.ActionSettings, set()),
}
# Classes whose fields are those tables, and the one that has no key of its own.
TABLES_OF_TABLES = {node.KioskSettings, node.DisplaySettings, settings.Span}

BOUNDS: dict[tuple[str, str], tuple[int, int]] = {
    **{("`[rules]`", rule): bounds for rule, bounds in load.RULE_BOUNDS.items()},
    **{("`[remote]`", key): bounds for key, bounds in load.REMOTE_BOUNDS.items()},
    ("`[opinions]`", "due_days"): load.OPINION_DUE_DAYS,
    ("`[[maps]]`", "width"): maps.MAP_UNITS,
    ("`[[maps]]`", "height"): maps.MAP_UNITS,
    ("`[[sites]]`", "idle_s"): sites.SITE_IDLE_S,
    ("`[[sites]]`", "most_s"): sites.SITE_MOST_S,
    ("`[hours]`", "last_ticket_before_s"): hours.LAST_TICKET_BEFORE_S,
    ("`[privacy]`", "keep_days"): load.KEEP_DAYS,
    ("`[[services]]`", "daily_quota"): load.DAILY_QUOTA,
    ("`[[services]]`", "target_wait_s"): load.TARGET_WAIT_S,
    ("`[[windows]]`", "id"): load.WINDOW_ID,
    ("`[page]`, for kiosks and displays", "port"): node.PORT,
    ("`[privacy]` of a kiosk", "priority_age"): node.PRIORITY_AGE,
    ("`[devices.printer]`", "speed_mm_s"): node.SPEED_MM_S,
    ("`[devices.printer]`", "roll_m"): node.ROLL_M,
    ("`[devices.printer]`", "print_again_s"): node.PRINT_AGAIN_S,
    ("`[voice]`", "repeats"): node.REPEATS,
    ("`[voice]`", "drop_after_s"): node.DROP_AFTER_S,
    ("`[voice]`", "emergency_every_s"): node.EMERGENCY_EVERY_S,
    ("`[wall]`", "closed_after_s"): wall.CLOSED_AFTER_S,
    ("`[media]`", "item_s"): wall.ITEM_S,
    ("`[media]`", "between_s"): wall.BETWEEN_S,
    ("`[media]`", "away_s"): wall.AWAY_S,
}


def rows(heading: str) -> dict[str, tuple[str, str]]:
    """The keys of a section with their bounds and presets."""
    body = next(body for title, body in SECTION.findall(DOC) if title == heading)
    return {key: (bounds, preset) for key, _, bounds, preset in ROW.findall(body)}


def test_every_section_with_keys_is_compared() -> None:
    assert {title for title, body in SECTION.findall(DOC) if ROW.search(body)} == set(CLASSES)


def test_every_settings_class_is_documented() -> None:
    classes = {
        value
        for module in (settings, node)
        for value in vars(module).values()
        if isinstance(value, type) and hasattr(value, "__dataclass_fields__")
    }
    assert classes == {documented for documented, _ in CLASSES.values()} | TABLES_OF_TABLES


@pytest.mark.parametrize("heading", CLASSES)
def test_every_field_is_a_row_and_every_row_a_field(heading: str) -> None:
    documented, elsewhere = CLASSES[heading]
    assert set(rows(heading)) == {field.name for field in fields(documented)} - elsewhere


@pytest.mark.parametrize(("heading", "key"), BOUNDS)
def test_bounds_are_those_of_the_code(heading: str, key: str) -> None:
    low, high = BOUNDS[heading, key]
    assert rows(heading)[key][0].startswith(f"{low:,}–{high:,}")


@pytest.mark.parametrize("heading", CLASSES)
def test_presets_are_those_of_the_code(heading: str) -> None:
    documented, elsewhere = CLASSES[heading]
    for field in fields(documented):
        if field.name not in elsewhere and isinstance(preset := preset_of(field), int):
            assert rows(heading)[field.name][1] == str(preset).lower(), field.name


def preset_of(field: Field[Any]) -> object:
    return None if field.default is MISSING else field.default


@pytest.mark.parametrize("number", range(len(re.findall(r"```toml", DOC))))
def test_the_blocks_to_copy_load(number: int, tmp_path: Path) -> None:
    block = re.findall(r"```toml\n(.*?)```", DOC, re.DOTALL)[number]
    village = Path(__file__).parents[2] / "config" / "examples" / "village.toml"
    file = tmp_path / "hall.toml"
    file.write_text(f"{village.read_text(encoding='utf-8')}\n{block}", encoding="utf-8")
    assert load_hall(file).hours is not None
