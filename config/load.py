"""A hall's TOML file -> HallSettings, or every mistake at once; knows the file's layout, not what settings do."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from config.errors import wrong
from config.hours import calendar, hours, weekly
from config.maps import read_maps
from config.read import Kind, Table, open_document, open_file, suggestion
from config.settings import (
    PUSH_SERVICES,
    Appointments,
    Guide,
    HallSettings,
    Opinions,
    Privacy,
    Remote,
    Rules,
    Service,
    Skill,
    Slots,
    Text,
    Window,
    Words,
    Zone,
)
from config.sites import read_sites
from config.values import (
    FLAG,
    HOST,
    IDENTITY,
    LANGUAGES,
    PUBLIC_ADDRESS,
    TIME_ZONE,
    choice,
    decimal,
    each,
    integer,
    number_ranges,
    words,
)

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
    "postpone_times": (0, 10),
}
APPOINTMENT_BOUNDS: Mapping[str, tuple[int, int]] = {
    "days_ahead": (0, 90),
    "early_s": (0, 86_400),
    "late_s": (0, 14_400),
    "cancel_before_s": (0, 604_800),
    "per_citizen": (0, 20),
    "no_show_limit": (0, 20),
    "no_show_within_days": (1, 90),
    "suspended_days": (1, 90),
}
REMOTE_BOUNDS: Mapping[str, tuple[int, int]] = {
    "max_distance_m": (0, 200_000),
    "here_within_m": (0, 2_000),
    "check_in_within_s": (60, 14_400),
    "per_day": (1, 20),
}
EVERY_MIN = (5, 240)
SLOT_QUOTA = (1, 999)
OFFLINE_NUMBER = (1, 9_999)
KEEP_DAYS = (1, 365)
OPINION_DUE_DAYS = (1, 60)
DAILY_QUOTA = (0, 99_999)
GUIDE_CHARACTERS = 2_000
GUIDE_ITEMS = ("matter", "basis", "procedure", "conditions", "time_limit", "fees")
TARGET_WAIT_S = (1, 86_400)
WINDOW_ID = (1, 999)

OFFLINE_NUMBERS = number_ranges(*OFFLINE_NUMBER)

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
    skills = _skills(file, languages)
    services = _services(file, languages, skills)
    zones = _zones(file, languages)
    windows = _windows(file, languages, services, zones)
    settings = HallSettings(
        id=hall.get("id", IDENTITY),
        name=hall.get("name", words(languages, longest=NAME_CHARACTERS)),
        timezone=hall.get("timezone", TIME_ZONE),
        languages=languages,
        services=services,
        windows=windows,
        hours=hours(file),
        calendar=calendar(file),
        rules=_rules(file.table("rules", required=False)),
        privacy=_privacy(file.table("privacy", required=False)),
        words=_words(file.table("words", required=False), languages),
        offline=file.get("offline", OFFLINE_NUMBERS, {}),
        public_url=hall.get("public_url", PUBLIC_ADDRESS, ""),
        push_services=hall.get("push_services", each(HOST), PUSH_SERVICES),
        appointments=_appointments(file, services),
        remote=_remote(file, services),
        zones=zones,
        skills=skills,
        opinions=_opinions(file.table("opinions")) if file.has("opinions") else None,
        maps=read_maps(file, languages, zones, windows),
        sites=read_sites(file, languages),
    )
    file.finish()
    return settings


def _skills(file: Table, languages: tuple[str, ...]) -> dict[str, Skill]:
    skills: dict[str, Skill] = {}
    for table in file.tables("skills"):
        skill = table.get("id", IDENTITY)
        if skill and skill in skills:
            table.note("id", "another skill has this id; choose one of its own")
        name = table.get("name", words(languages, longest=NAME_CHARACTERS))
        skills.setdefault(skill, Skill(skill, name, table.get("staff", each(IDENTITY), ())))
    return skills


def _zones(file: Table, languages: tuple[str, ...]) -> dict[str, Zone]:
    zones: dict[str, Zone] = {}
    for table in file.tables("zones"):
        zone = table.get("id", IDENTITY)
        if zone and zone in zones:
            table.note("id", "another zone has this id; choose one of its own")
        zones.setdefault(zone, Zone(zone, table.get("name", words(languages, longest=NAME_CHARACTERS))))
    return zones


def _services(file: Table, languages: tuple[str, ...], skills: Mapping[str, Skill]) -> dict[str, Service]:
    services: dict[str, Service] = {}
    prefixes: dict[str, str] = {}
    ids: list[str] = []
    tables = file.tables("services")
    if file.is_empty("services"):
        file.note("services", "a hall needs at least one service: write [[services]] and its keys below")
    for table in tables:
        service = _service(table, languages, skills)
        ids.append(service.id)
        if service.id and service.id in services:
            table.note("id", "another service has this id; choose one of its own")
        if service.prefix and service.prefix in prefixes:
            table.note("prefix", f'service "{prefixes[service.prefix]}" has this prefix; choose other letters')
        if service.id:
            services.setdefault(service.id, service)
        prefixes.setdefault(service.prefix, service.id)
    for table, name in zip(tables, ids, strict=True):
        after = table.get("after", each(_reference_to(services, "service")), ())
        if name in services:
            services[name] = replace(services[name], after=after)
        if name in _before(services, name):
            table.note("after", "this service would have to come before itself; take one of them out")
    return services


def _before(services: Mapping[str, Service], service: str) -> set[str]:
    """All that has to come before `service`, however many services lie between."""
    found: set[str] = set()
    ahead = [service]
    while ahead:
        one = services.get(ahead.pop())
        more = set(one.after) - found if one is not None else set()
        found |= more
        ahead += more
    return found


def _service(table: Table, languages: tuple[str, ...], skills: Mapping[str, Skill]) -> Service:
    name = words(languages, longest=NAME_CHARACTERS)
    materials = table.get("materials", each(words(languages), once=False), ())
    return Service(
        id=table.get("id", IDENTITY),
        name=table.get("name", name),
        prefix=table.get("prefix", Kind(_read_prefix, "")),
        daily_quota=table.get("daily_quota", integer(*DAILY_QUOTA), 0),
        target_wait_s=table.get("target_wait_s", integer(*TARGET_WAIT_S), 900),
        weekly=weekly(table) if table.has("weekly") else None,
        department=table.get("department", name, _EMPTY_TEXT),
        materials=materials,
        skill=table.get("skill", _reference_to(skills, "skill"), ""),
        pick_up=table.get("pick_up", FLAG, False),
        slots=_slots(table.table("slots")) if table.has("slots") else None,
        guide=_guide(table.table("guide"), languages, materials) if table.has("guide") else None,
    )


def _guide(table: Table, languages: tuple[str, ...], materials: Sequence[Text]) -> Guide:
    """[services.guide]; one that is published says all seven items, each in every language of the hall."""
    item = words(languages, longest=GUIDE_CHARACTERS, may_be_empty=True, lines=True)
    guide = Guide(
        **{name: table.get(name, item, _EMPTY_TEXT) for name in GUIDE_ITEMS},
        published=table.get("published", FLAG, False),
    )
    if guide.published:
        for name in GUIDE_ITEMS:
            text: Text = getattr(guide, name)
            if not table.has(name) or any(not text.get(language, "-").strip() for language in languages):
                table.note(name, "is missing: a guide that is published says it in every language")
        if not materials:
            table.note("published", "lacks what to bring: list the service's materials before its guide is published")
    return guide


def _slots(table: Table) -> Slots:
    presets = Slots()
    return Slots(
        every_min=table.get("every_min", integer(*EVERY_MIN), presets.every_min),
        quota=table.get("quota", integer(*SLOT_QUOTA), presets.quota),
        weekly=weekly(table) if table.has("weekly") else None,
    )


def _appointments(file: Table, services: Mapping[str, Service]) -> Appointments | None:
    """[appointments], or None (no bookings) when it is left out and no service has slots."""
    if not file.has("appointments") and all(service.slots is None for service in services.values()):
        return None
    table, presets = file.table("appointments", required=False), Appointments()
    return Appointments(
        **{
            rule.name: table.get(rule.name, integer(*APPOINTMENT_BOUNDS[rule.name]), getattr(presets, rule.name))
            for rule in fields(Appointments)
        }
    )


def _remote(file: Table, services: Mapping[str, Service]) -> Remote | None:
    """[remote], or None (no numbers from elsewhere) when it is left out."""
    if not file.has("remote"):
        return None
    table, presets = file.table("remote"), Remote()
    numbers = {key: table.get(key, integer(*bounds), getattr(presets, key)) for key, bounds in REMOTE_BOUNDS.items()}
    latitude, longitude = (
        table.get(key, decimal(-limit, limit), 0.0) if table.has(key) else None
        for key, limit in (("latitude", 90), ("longitude", 180))
    )
    if (latitude is None) != (longitude is None) or (numbers["max_distance_m"] and latitude is None):
        key = "latitude" if latitude is None else "longitude"
        table.note(key, "is missing: a distance from the hall needs its latitude and longitude")
    return Remote(
        weekly=weekly(table) if table.has("weekly") else None,
        services=table.get("services", each(_reference_to(services, "service")), ()),
        latitude=latitude,
        longitude=longitude,
        **numbers,
    )


def _read_prefix(value: object) -> str:
    if isinstance(value, str) and _PREFIX.fullmatch(value):
        return value.upper()
    raise wrong(value, "write one or two letters A–Z")


def _windows(
    file: Table, languages: tuple[str, ...], services: Mapping[str, Service], zones: Mapping[str, Zone]
) -> dict[int, Window]:
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
        zone = table.get("zone", _reference_to(zones, "zone"), "")
        place = table.get("place", words(languages, longest=NAME_CHARACTERS), _EMPTY_TEXT)
        windows.setdefault(number, Window(number, name, first, then, zone, place))
    return windows


def _served(table: Table, services: Mapping[str, Service]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """`services` and `then` of a window, with "*" replaced by every service that is not named before it."""
    references = each(_reference_to([*services, EVERY_SERVICE], "service"))
    named = table.get("services", references, ())
    first = _spread(named, services)
    then = table.get("then", references, ())
    for service in then:
        if service in first:
            table.note("then", f'"{service}" is in services already; leave it out here')
    if table.is_empty("services") and table.is_empty("then"):
        table.note("services", 'this window serves nothing; name services, or write ["*"] for all of them')
    return first, _spread(then, services, but=first)


def _reference_to(known: Collection[str], what: str) -> Kind[str]:
    def read(value: object) -> str:
        if isinstance(value, str) and value in known:
            return value
        near = suggestion(value, [each for each in known if each != EVERY_SERVICE]) if isinstance(value, str) else ""
        raise wrong(value, f"no {what} has this id{near}")

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


def _opinions(table: Table) -> Opinions:
    return Opinions(due_days=table.get("due_days", integer(*OPINION_DUE_DAYS), Opinions().due_days))


def _words(table: Table, languages: tuple[str, ...]) -> Words:
    line = words(languages, may_be_empty=True)
    return Words(
        slip_footer=table.get("slip_footer", line, _EMPTY_TEXT),
        marquee=table.get("marquee", line, _EMPTY_TEXT),
        help=table.get("help", line, _EMPTY_TEXT),
    )
