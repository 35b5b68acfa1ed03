"""A hall's settings as the plain tables a TOML file holds, and such tables as TOML text; knows no file and no page.

`read_hall` turns the tables back: what a page sends is checked by the same rules as the file, mistake by mistake.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from config.errors import quoted_key
from config.hours import WEEKDAYS, Weekly
from config.settings import (
    PUSH_SERVICES,
    Guide,
    HallMap,
    HallSettings,
    MapItem,
    Remote,
    Service,
    Site,
    Skill,
    Window,
    Zone,
)


def document_of(settings: HallSettings) -> dict[str, Any]:
    """Every setting, presets too, as tables, lists, text, numbers and flags; `read_hall` gives equal settings again."""
    document: dict[str, Any] = {
        "hall": {
            "id": settings.id,
            "name": dict(settings.name),
            "timezone": settings.timezone,
            "languages": list(settings.languages),
        },
        "rules": {name: getattr(settings.rules, name) for name in settings.rules.__dataclass_fields__},
        "privacy": {"keep": list(settings.privacy.keep), "keep_days": settings.privacy.keep_days},
        "calendar": {
            "holidays": sorted(day.isoformat() for day in settings.calendar.holidays),
            "workdays": sorted(day.isoformat() for day in settings.calendar.workdays),
        },
        "words": {name: dict(getattr(settings.words, name)) for name in settings.words.__dataclass_fields__},
        "services": [_service(service) for service in settings.services.values()],
        "windows": [_window(window) for window in settings.windows.values()],
    }
    if settings.public_url:
        document["hall"]["public_url"] = settings.public_url
    if settings.push_services != PUSH_SERVICES:
        document["hall"]["push_services"] = list(settings.push_services)
    document["words"] = {name: text for name, text in document["words"].items() if text}
    if settings.appointments is not None:
        names = settings.appointments.__dataclass_fields__
        document["appointments"] = {name: getattr(settings.appointments, name) for name in names}
    if settings.remote is not None:
        document["remote"] = _remote(settings.remote)
    if settings.offline:
        document["offline"] = {node: f"{first}-{last}" for node, (first, last) in settings.offline.items()}
    if settings.zones:
        document["zones"] = [_zone(zone) for zone in settings.zones.values()]
    if settings.skills:
        document["skills"] = [_skill(skill) for skill in settings.skills.values()]
    if settings.opinions is not None:
        document["opinions"] = {"due_days": settings.opinions.due_days}
    if settings.maps:
        document["maps"] = [_map(plan) for plan in settings.maps.values()]
    if settings.sites:
        document["sites"] = [_site(site) for site in settings.sites.values()]
    if settings.hours is not None:
        document["hours"] = {
            "last_ticket_before_s": settings.hours.last_ticket_before_s,
            "weekly": _weekly(settings.hours.weekly),
        }
    return document


def as_toml(document: Mapping[str, Any]) -> str:
    """The document as a TOML file that a person can go on editing."""
    plain = {key: value for key, value in document.items() if not isinstance(value, Mapping | list)}
    lines = [f"{quoted_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in document.items():
        if isinstance(value, Mapping):
            lines += _table(quoted_key(key), value)
        elif isinstance(value, list):
            for item in value:
                lines += _table(quoted_key(key), item, row=True)
    return "\n".join(lines).strip() + "\n"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two documents: `{key, before, after}` a row, None where a key is missing.

    Services and windows are compared by their id, so that one added in the middle is one row and not all that follow.
    """
    old, new = _flat("", before), _flat("", after)
    return [
        {"key": key, "before": old.get(key), "after": new.get(key)}
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    ]


def _service(service: Service) -> dict[str, Any]:
    table: dict[str, Any] = {
        "id": service.id,
        "name": dict(service.name),
        "prefix": service.prefix,
        "daily_quota": service.daily_quota,
        "target_wait_s": service.target_wait_s,
    }
    if service.department:
        table["department"] = dict(service.department)
    if service.materials:
        table["materials"] = [dict(text) for text in service.materials]
    if service.weekly is not None:
        table["weekly"] = _weekly(service.weekly)
    if service.slots is not None:
        table["slots"] = {"every_min": service.slots.every_min, "quota": service.slots.quota}
        if service.slots.weekly is not None:
            table["slots"]["weekly"] = _weekly(service.slots.weekly)
    if service.skill:
        table["skill"] = service.skill
    if service.after:
        table["after"] = list(service.after)
    if service.pick_up:
        table["pick_up"] = True
    if service.guide is not None:
        table["guide"] = _guide(service.guide)
    return table


def _guide(guide: Guide) -> dict[str, Any]:
    items = {name: getattr(guide, name) for name in guide.__dataclass_fields__ if name != "published"}
    return {**{name: dict(text) for name, text in items.items() if text}, "published": guide.published}


def _remote(remote: Remote) -> dict[str, Any]:
    table = {name: getattr(remote, name) for name in remote.__dataclass_fields__ if name not in ("weekly", "services")}
    table = {name: value for name, value in table.items() if value is not None}
    table["services"] = list(remote.services)
    if remote.weekly is not None:
        table["weekly"] = _weekly(remote.weekly)
    return table


def _zone(zone: Zone) -> dict[str, Any]:
    return {"id": zone.id, "name": dict(zone.name)}


def _skill(skill: Skill) -> dict[str, Any]:
    return {"id": skill.id, "name": dict(skill.name), "staff": list(skill.staff)}


def _window(window: Window) -> dict[str, Any]:
    table: dict[str, Any] = {
        "id": window.id,
        "name": dict(window.name),
        "services": list(window.services),
        "then": list(window.then),
    }
    if window.zone:
        table["zone"] = window.zone
    if window.place:
        table["place"] = dict(window.place)
    return table


def _map(plan: HallMap) -> dict[str, Any]:
    return {"id": plan.id, "width": plan.width, "height": plan.height, "items": [_item(item) for item in plan.items]}


def _item(item: MapItem) -> dict[str, Any]:
    table: dict[str, Any] = {"kind": item.kind, "at": list(item.at)}
    if item.size != (1, 1):
        table["size"] = list(item.size)
    if item.window:
        table["window"] = item.window
    if item.node:
        table["node"] = item.node
    if item.name:
        table["name"] = dict(item.name)
    return table


def _site(site: Site) -> dict[str, Any]:
    table: dict[str, Any] = {"id": site.id, "name": dict(site.name), "url": site.url, "hosts": list(site.hosts)}
    if site.letter:
        table["letter"] = site.letter
    return {**table, "idle_s": site.idle_s, "most_s": site.most_s}


def _weekly(weekly: Weekly) -> dict[str, list[str]]:
    return {
        day: [f"{span.start:%H:%M}-{_end(span.end)}" for span in spans]
        for day, spans in zip(WEEKDAYS, weekly, strict=True)
        if spans
    }


def _end(end: time) -> str:
    return "24:00" if end == time.max else f"{end:%H:%M}"


def _table(path: str, table: Mapping[str, Any], row: bool = False) -> list[str]:
    """A table with what it holds; tables of tables within get a head of their own, below what stands in one line."""
    inner = {key: value for key, value in table.items() if _holds_tables(value)}
    lines = ["", f"[[{path}]]" if row else f"[{path}]"]
    lines += [f"{quoted_key(key)} = {_value(value)}" for key, value in table.items() if key not in inner]
    for key, value in inner.items():
        lines += _table(f"{path}.{quoted_key(key)}", value)
    return lines


def _holds_tables(value: Any) -> bool:
    return isinstance(value, Mapping) and any(isinstance(within, Mapping) for within in value.values())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{quoted_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list) and len(value) > 1 and all(isinstance(inner, Mapping) for inner in value):
        return "[\n" + "".join(f"    {_value(inner)},\n" for inner in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    # TOML's basic strings, whole numbers and flags are written as JSON writes them, but for one control character.
    if isinstance(value, str) and "\n" in value:
        return '"""\n' + "\n".join(_value(line)[1:-1] for line in value.split("\n")) + '"""'
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _flat(path: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping) and not _is_text(value):
        return {
            inner: leaf
            for key, within in value.items()
            for inner, leaf in _flat(f"{path}.{key}" if path else str(key), within).items()
        }
    if _is_rows(value):
        return {
            inner: leaf
            for row in value
            for inner, leaf in _flat(f"{path}[{row['id']}]", {k: v for k, v in row.items() if k != "id"}).items()
        }
    return {path: value}


def _is_rows(value: Any) -> bool:
    return (
        isinstance(value, Sequence) and bool(value) and all(isinstance(row, Mapping) and "id" in row for row in value)
    )


def _is_text(value: Mapping[str, Any]) -> bool:
    """Words by language are one thing to a person, not one per language."""
    return bool(value) and all(isinstance(word, str) for word in value.values()) and "id" not in value
