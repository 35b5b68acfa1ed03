"""A hall's TOML file -> HallSettings, or every mistake at once; knows the file's layout, not what settings do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from config.errors import wrong
from config.hours import calendar, hours, weekly
from config.read import Kind, Table, open_document, open_file, suggestion
from config.settings import HallSettings, Privacy, Rules, Service, Text, Window, Words
from config.values import FLAG, IDENTITY, LANGUAGES, TIME_ZONE, choice, each, integer, words

EVERY_SERVICE = "*"
NAME_CHARACTERS = 60
IDENTITY_FIELDS = ("id_number", "name", "phone")

# Bounds of the settings that are whole numbers, by key; docs/settings.md says them too and a test compares.
RULE_BOUNDS: Mapping[str, tuple[int, int]] = {
    "min_calls_before_no_show": (0, 10),
    "call_gap_s": (0, 300),
    "requeue_within_s": (0, 86_400),
    "requeue_after_n": (0, 100),
    "priority_share": (0, 20),
    "daily_cap_per_citizen": (0, 100),
    "auto_start_s": (0, 600),
}
KEEP_DAYS = (1, 365)
DAILY_QUOTA = (0, 99_999)
TARGET_WAIT_S = (60, 86_400)
WINDOW_ID = (1, 999)

_PREFIX = re.compile(r"[A-Za-z]{1,2}")
_EMPTY_TEXT: Text = {}


def load_hall(path: Path) -> HallSettings:
    """Read and check a hall's file. Raises ConfigError with every mistake in it."""
    return _hall(open_file(path))


def read_hall(document: Mapping[str, object], name: str = "settings") -> HallSettings:
    """Check the tables of a hall that came from elsewhere, by the same rules. Raises ConfigError like load_hall."""
    return _hall(open_document(document, name))


def _hall(file: Table) -> HallSettings:
    hall = file.table("hall")
    languages = hall.get("languages", LANGUAGES)
    services = _services(file, languages)
    settings = HallSettings(
        id=hall.get("id", IDENTITY),
        name=hall.get("name", words(languages, longest=NAME_CHARACTERS)),
        timezone=hall.get("timezone", TIME_ZONE),
        languages=languages,
        services=services,
        windows=_windows(file, languages, services),
        hours=hours(file),
        calendar=calendar(file),
        rules=_rules(file.table("rules", required=False)),
        privacy=_privacy(file.table("privacy", required=False)),
        words=_words(file.table("words", required=False), languages),
    )
    file.finish()
    return settings


def _services(file: Table, languages: tuple[str, ...]) -> dict[str, Service]:
    services: dict[str, Service] = {}
    prefixes: dict[str, str] = {}
    tables = file.tables("services")
    if file.is_empty("services"):
        file.note("services", "a hall needs at least one service: write [[services]] and its keys below")
    for table in tables:
        service = _service(table, languages)
        if service.id and service.id in services:
            table.note("id", "another service has this id; choose one of its own")
        if service.prefix and service.prefix in prefixes:
            table.note("prefix", f'service "{prefixes[service.prefix]}" has this prefix; choose other letters')
        if service.id:
            services.setdefault(service.id, service)
        prefixes.setdefault(service.prefix, service.id)
    return services


def _service(table: Table, languages: tuple[str, ...]) -> Service:
    name = words(languages, longest=NAME_CHARACTERS)
    return Service(
        id=table.get("id", IDENTITY),
        name=table.get("name", name),
        prefix=table.get("prefix", Kind(_read_prefix, "")),
        daily_quota=table.get("daily_quota", integer(*DAILY_QUOTA), 0),
        target_wait_s=table.get("target_wait_s", integer(*TARGET_WAIT_S), 900),
        weekly=weekly(table) if table.has("weekly") else None,
        department=table.get("department", name, _EMPTY_TEXT),
        materials=table.get("materials", each(words(languages), once=False), ()),
    )


def _read_prefix(value: object) -> str:
    if isinstance(value, str) and _PREFIX.fullmatch(value):
        return value.upper()
    raise wrong(value, "write one or two letters A–Z")


def _windows(file: Table, languages: tuple[str, ...], services: Mapping[str, Service]) -> dict[int, Window]:
    windows: dict[int, Window] = {}
    tables = file.tables("windows")
    if file.is_empty("windows"):
        file.note("windows", "a hall needs at least one window: write [[windows]] and its keys below")
    for table in tables:
        number = table.get("id", Kind(integer(*WINDOW_ID).read, 0))
        if number and number in windows:
            table.note("id", "another window has this number; choose one of its own")
        name = table.get("name", words(languages, longest=NAME_CHARACTERS))
        first, then = _served(table, services)
        windows.setdefault(number, Window(number, name, first, then))
    return windows


def _served(table: Table, services: Mapping[str, Service]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`services` and `then` of a window, with "*" replaced by every service that is not named before it."""
    references = each(_reference_to(services))
    named = table.get("services", references, ())
    first = _spread(named, services)
    then = table.get("then", references, ())
    for service in then:
        if service in first:
            table.note("then", f'"{service}" is in services already; leave it out here')
    if table.is_empty("services") and table.is_empty("then"):
        table.note("services", 'this window serves nothing; name services, or write ["*"] for all of them')
    return first, _spread(then, services, but=first)


def _reference_to(services: Mapping[str, Service]) -> Kind[str]:
    def read(value: object) -> str:
        if isinstance(value, str) and (value == EVERY_SERVICE or value in services):
            return value
        near = suggestion(value, services) if isinstance(value, str) else ""
        raise wrong(value, f"no service has this id{near}")

    return Kind(read, "")


def _spread(named: Sequence[str], services: Mapping[str, Service], but: Sequence[str] = ()) -> tuple[str, ...]:
    every = services if EVERY_SERVICE in named else ()
    listed = [service for service in named if service != EVERY_SERVICE]
    return tuple(service for service in dict.fromkeys([*listed, *every]) if service not in but)


def _rules(table: Table) -> Rules:
    presets = Rules()
    values: dict[str, Any] = {}
    for rule in fields(Rules):
        preset = getattr(presets, rule.name)
        kind = FLAG if isinstance(preset, bool) else integer(*RULE_BOUNDS[rule.name])
        values[rule.name] = table.get(rule.name, kind, preset)
    return Rules(**values)


def _privacy(table: Table) -> Privacy:
    presets = Privacy()
    return Privacy(
        keep=table.get("keep", each(choice(IDENTITY_FIELDS)), presets.keep),
        keep_days=table.get("keep_days", integer(*KEEP_DAYS), presets.keep_days),
    )


def _words(table: Table, languages: tuple[str, ...]) -> Words:
    line = words(languages, may_be_empty=True)
    return Words(
        slip_footer=table.get("slip_footer", line, _EMPTY_TEXT), marquee=table.get("marquee", line, _EMPTY_TEXT)
    )
