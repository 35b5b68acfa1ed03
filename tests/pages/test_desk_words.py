"""The staff pages' words against what the processes say: slips as the kiosk prints them, every mistake in settings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from config.document import document_of
from config.errors import ConfigError
from config.load import load_hall, read_hall
from drivers import errors as driver_errors
from kiosk.slip import WORDS as SLIP

ROOT = Path(__file__).parents[2]
WEB = ROOT / "queue_server/web"


def words(language: str, name: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((WEB / "shared/words" / language / name).read_text(encoding="utf-8"))
    return read


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_slip_of_the_reception_says_what_the_kiosk_prints(language: str) -> None:
    ours = {**words(language, "slip.json")}
    ours["comma"] = ours.pop("list_separator")
    printed = {key: text for key, text in SLIP[language].items() if key not in ("progress", "offline")}
    assert ours == printed


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_trouble_of_a_device_says_what_to_do(language: str) -> None:
    known = words(language, "manager.json")
    codes = {cls.code for cls in vars(driver_errors).values() if isinstance(cls, type) and "code" in vars(cls)}
    # Troubles of one slip or one card, never the state of a device.
    codes -= {"driver_error", "bad_document", "card_unreadable", "card_invalid"}
    assert {code for code in codes if f"code.{code}" not in known} == set()
    assert {code for code in codes if f"do.{code}" not in known} <= {"unsupported", "refused"}


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
        (("services", 0, "prefix"), "7"),
        (("services", 0, "prefix"), "B"),
        (("services", 0, "id"), "Über uns"),
        (("services", 0, "id"), "business"),
        (("services", 0, "daily_quota"), -1),
        (("services", 0, "target_wait_s"), None),
        (("services", 0, "materials"), [{"zh-CN": "", "en": ""}]),
        (("services",), []),
        (("windows", 0, "id"), 2),
        (("windows", 0, "id"), 0),
        (("windows", 0, "services"), []),
        (("windows", 0, "services"), ["hukou", "hukou"]),
        (("windows", 0, "services"), ["nothing-of-ours"]),
        (("windows", 0, "then"), ["hukou"]),
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
