"""The staff pages' words against what the processes say: slips as the kiosk prints them, every mistake in settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest

from config.document import document_of
from config.errors import ConfigError
from config.load import load_hall, read_hall
from config.settings import (
    Appointments,
    Calendar,
    HallMap,
    Hours,
    Privacy,
    Remote,
    Rules,
    Service,
    Site,
    Skill,
    Slots,
    Window,
    Words,
    Zone,
)
from drivers import errors as driver_errors
from kiosk.slip import WORDS as SLIP
from queue_server.hall.refusal import REFUSALS

ROOT = Path(__file__).parents[2]
WEB = ROOT / "queue_server/web"


def words(language: str, name: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((WEB / "shared/words" / language / name).read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_slip_of_the_reception_says_what_the_kiosk_prints(language: str) -> None:
    ours = {**words(language, "slip.json")}
    ours["comma"] = ours.pop("list_separator")
    printed = {key: text for key, text in SLIP[language].items() if key != "offline"}
    assert ours == printed


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_trouble_of_a_device_says_what_to_do(language: str) -> None:
    known = words(language, "manager.json")
    codes = {cls.code for cls in vars(driver_errors).values() if isinstance(cls, type) and "code" in vars(cls)}
    # Troubles of one slip or one card, never the state of a device.
    codes -= {"driver_error", "bad_document", "card_unreadable", "card_invalid"}
    assert {code for code in codes if f"code.{code}" not in known} == set()
    assert {code for code in codes if f"do.{code}" not in known} <= {"unsupported", "refused"}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_staff_should_know_of_a_ticket_given_without_the_server_has_words(language: str) -> None:
    flags = {"unknown_service", "hall_closed", "service_closed", "already_waiting", "quota_used"}  # what refuses others
    assert flags <= set(REFUSALS)
    known = words(language, "staff.json")
    assert {flag for flag in flags | {"clock", "replaced"} if f"flag.{flag}" not in known} == set()


def _mistaken() -> Iterator[dict[str, Any]]:
    """Documents with one mistake each, of every kind that the settings page lets people make."""
    right = document_of(load_hall(ROOT / "config/examples/township.toml"))
    wrong: list[tuple[tuple[Any, ...], Any]] = [
        (("hall", "name"), {"zh-CN": "", "en": "x"}),
        (("hall", "name"), {"zh-CN": "长" * 61, "en": "x"}),
        (("hall", "name"), {"zh-CN": "一\n二", "en": "x"}),
        (("hall", "name"), {"en": "x"}),
        (("hall", "timezone"), "Mars/Base"),
        (("hall", "public_url"), "https://number.example.org/hall"),
        (("hall", "push_services"), ["https://push.example.org"]),
        (("services", 0, "guide", "basis"), {"zh-CN": " ", "en": "x"}),
        (("services", 0, "guide", "fees"), {"zh-CN": "一\t二", "en": "x"}),
        (("services", 0, "materials"), []),
        (("services", 0, "prefix"), "7"),
        (("services", 0, "prefix"), "B"),
        (("services", 0, "id"), "Über uns"),
        (("services", 0, "id"), "business"),
        (("services", 0, "daily_quota"), -1),
        (("services", 0, "target_wait_s"), None),
        (("services", 0, "materials"), [{"zh-CN": "", "en": ""}]),
        (("services", 0, "slots"), {"every_min": 4, "quota": 1}),
        (("services", 0, "slots"), {"every_min": 15, "quota": None}),
        (("services", 0, "slots"), {"every_min": 15, "quota": 1, "weekly": {"monday": ["25:00-26:00"]}}),
        (("services", 0, "skill"), "nothing-of-ours"),
        (("services", 0, "after"), ["nothing-of-ours"]),
        (("services", 0, "after"), ["hukou"]),
        (("services",), []),
        (("appointments",), {"days_ahead": 91}),
        (("appointments",), {"late_s": None}),
        (("remote",), {"latitude": 91, "longitude": 0}),
        (("remote",), {"max_distance_m": 100}),
        (("remote",), {"per_day": 0, "services": ["nothing-of-ours"]}),
        (("zones",), [{"id": "east", "name": "East"}, {"id": "east", "name": "East again"}]),
        (("zones",), [{"id": "", "name": ""}]),
        (("skills",), [{"id": "sign", "name": "Sign language"}, {"id": "sign", "name": "Again"}]),
        (("skills",), [{"id": "sign", "name": "Sign language", "staff": ["Herr Müller"]}]),
        (("maps", 0, "id"), "East hall"),
        (("maps",), [{"id": "a", "width": 9, "height": 9, "items": []}] * 2),
        (("maps", 0, "width"), 5),
        (("maps", 0, "items"), [{"kind": "window", "at": [0]}, {"kind": "lift", "at": [0, 0], "size": [0, 1]}]),
        (("maps", 0, "items"), [{"kind": "window", "at": [0, 0], "window": n} for n in (1, 1, 2, 99)]),
        (("maps", 0, "items"), [{"kind": "room", "at": [0, 0], "window": 1}, {"kind": "lift", "node": "k"}]),
        (("maps", 0, "items"), [{"kind": "lift", "at": [0, 0]}] * 301),
        (("sites", 0, "id"), ""),
        (("sites",), [{"id": "a", "name": "A", "url": "www.example.org", "hosts": ["*", "192.0.2.1"]}] * 25),
        (("sites", 0, "idle_s"), 5),
        (("sites",), [{"id": "a", "name": "A", "url": "http://a.example/", "idle_s": 300, "most_s": 200}]),
        (("sites", 0, "letter"), "政务"),
        (("offline",), {"kiosk-1": "-"}),
        (("offline",), {"kiosk-1": "99-1"}),
        (("offline",), {"": "1-99"}),
        (("offline",), {"kiosk-1": "801-899", "kiosk-2": "850-950"}),
        (("windows", 0, "id"), 2),
        (("windows", 0, "id"), 0),
        (("windows", 0, "services"), []),
        (("windows", 0, "services"), ["hukou", "hukou"]),
        (("windows", 0, "services"), ["nothing-of-ours"]),
        (("windows", 0, "then"), ["hukou"]),
        (("windows", 0, "zone"), "nothing-of-ours"),
        (("windows", 0, "place"), {"zh-CN": "长" * 61, "en": "x"}),
        (("windows",), []),
        (("hours",), {"weekly": {}}),
        (("hours",), {"weekly": {"monday": ["8-12"]}}),
        (("hours",), {"weekly": {"monday": ["12:00-08:00"]}}),
        (("hours",), {"weekly": {"monday": ["08:00-12:00", "11:00-13:00"]}}),
        (("hours",), {"weekly": {"monday": ["08:00-12:00"]}, "last_ticket_before_s": 99_999}),
        (("calendar", "holidays"), ["2026-02-30"]),
        (("calendar", "holidays"), ["soon"]),
        (("calendar",), {"holidays": ["2026-10-01"], "workdays": ["2026-10-01"]}),
        (("rules", "call_gap_s"), 301),
        (("rules", "call_gap_s"), 1.5),
        (("privacy", "keep_days"), 0),
        (("privacy", "keep"), ["address"]),
        (("words", "marquee"), {"zh-CN": "长" * 201, "en": ""}),
        (("rules", "surprise"), 1),
    ]
    for path, value in wrong:
        document = deepcopy(right)
        place: Any = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        yield document


def test_bookings_begin_with_the_presets() -> None:
    """The page names them when a hall begins to take bookings; the file has them too, in the same units."""
    page = (WEB / "manager/settings/document.ts").read_text(encoding="utf-8")
    written = re.search(r"freshAppointments\(\).*?return \{ (.*?) \};", page, re.DOTALL)
    assert written is not None
    fresh = {key: int(value) for key, value in (part.split(": ") for part in written[1].split(", "))}
    assert fresh == asdict(Appointments())


def test_numbers_from_elsewhere_begin_with_the_presets() -> None:
    page = (WEB / "manager/settings/document.ts").read_text(encoding="utf-8")
    written = re.search(r"freshRemote\(\).*?return \{ services: \[\], (.*?) \};", page, re.DOTALL)
    assert written is not None
    fresh = {key: int(value) for key, value in (part.split(": ") for part in written[1].split(", "))}
    assert fresh == {key: value for key, value in asdict(Remote()).items() if isinstance(value, int)}


def test_every_setting_has_a_field_and_a_name_for_changes() -> None:
    """What only the file could set would not exist for a manager. A hall's id and languages are the file's."""
    rows = {"services": Service, "windows": Window, "zones": Zone, "skills": Skill, "maps": HallMap, "sites": Site}
    tables = {"rules": Rules, "appointments": Appointments, "privacy": Privacy, "words": Words, "hours": Hours}
    tables |= {"remote": Remote}
    keys = {f"{table}.{each.name}" for table, kind in tables.items() for each in fields(kind)}
    keys |= {each.name for kind in rows.values() for each in fields(kind)} | {f"slots.{e.name}" for e in fields(Slots)}
    keys |= {f"calendar.{each.name}" for each in fields(Calendar)}
    keys |= {f"hall.{name}" for name in ("name", "timezone", "public_url", "push_services")} | {"offline"}
    keys -= {"id", "guide"}  # ids stay, a guide has a form of its own
    keys -= {f"{table}.weekly" for table in ("hours", "slots", "remote")}  # their days are named
    forms = "".join(path.read_text(encoding="utf-8") for path in (WEB / "manager/settings").glob("*.vue"))
    for language in ("zh-CN", "en"):
        known = words(language, "settings.json")
        assert {key for key in keys if f"setting.{key}" not in known} == set()
    assert {key for key in keys if not re.search(rf"\b{key.rpartition('.')[2]}\b", forms)} == set()


def test_every_mistake_in_settings_has_words_of_its_own() -> None:
    patterns = json.loads((WEB / "desk/mistakes.json").read_text(encoding="utf-8"))
    for language in ("zh-CN", "en"):
        known = words(language, "mistakes.json")
        assert {entry["words"] for entry in patterns if f"mistake.{entry['words']}" not in known} == set()
    unknown = set()
    for document in _mistaken():
        with pytest.raises(ConfigError) as refused:
            read_hall(document)
        sentences = {mistake.message for mistake in refused.value.mistakes}
        unknown |= {text for text in sentences if not any(re.search(each["pattern"], text) for each in patterns)}
    assert unknown == set()
