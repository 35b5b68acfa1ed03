"""[[maps]] of a hall's file: the plans of its zones, checked item by item; knows no page that draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from config.errors import wrong
from config.read import Kind, Table, suggestion
from config.settings import HallMap, MapItem, MapKind, Text, Window, Zone
from config.values import IDENTITY, choice, integer, words

MAP_UNITS = (4, 200)
MAP_ITEMS = 300
ITEM_CHARACTERS = 24
KINDS: tuple[MapKind, ...] = get_args(MapKind)
WITH_WORDS = ("room", "other")
_NO_WORDS: Text = {}


def read_maps(
    file: Table, languages: Sequence[str], zones: Mapping[str, Zone], windows: Mapping[int, Window]
) -> dict[str, HallMap]:
    """A plan per zone; one for the whole hall where it has no zones."""
    maps: dict[str, HallMap] = {}
    for table in file.tables("maps"):
        plan = _read_map(table, languages, zones, windows)
        if plan.id and plan.id in maps:
            table.note("id", "another map has this id; draw each zone once")
        elif maps and not zones:
            table.note("id", "the hall has no [[zones]], so it has one map")
        maps.setdefault(plan.id, plan)
    return maps


def _read_map(
    table: Table, languages: Sequence[str], zones: Mapping[str, Zone], windows: Mapping[int, Window]
) -> HallMap:
    name = table.get("id", IDENTITY)
    if name and zones and name not in zones:
        table.note("id", f"no zone has this id{suggestion(name, zones)}")
    width, height = (table.get(key, integer(*MAP_UNITS)) for key in ("width", "height"))
    if table.is_empty("items"):
        table.note("items", "a map shows something: write [[maps.items]] and its keys below")
    tables = table.tables("items")
    if len(tables) > MAP_ITEMS:
        table.note("items", f"write at most {MAP_ITEMS} of them, these are {len(tables)}")
    items: list[MapItem] = []
    for each in tables:
        item = _read_item(each, (width, height), languages)
        _check_window(each, item, windows, name if zones else "")
        if item.window and any(item.window == other.window for other in items):
            each.note("window", "this window stands on the map already")
        over = next((other for other in items if _is_window(item, other) and _overlap(item, other)), None)
        if over is not None:
            each.note("at", f"window {item.window} would lie over window {over.window}")
        items.append(item)
    return HallMap(name, width, height, tuple(items))


def _read_item(table: Table, plan: tuple[int, int], languages: Sequence[str]) -> MapItem:
    item = MapItem(
        kind=table.get("kind", choice(KINDS)),
        at=table.get("at", _pair(0, MAP_UNITS[1] - 1, "column and row of its corner, counted from 0, such as [3, 0]")),
        size=table.get("size", _pair(1, MAP_UNITS[1], "its width and height such as [2, 1]"), (1, 1)),
        window=table.get("window", integer(1, 999)) if table.has("window") else 0,
        node=table.get("node", IDENTITY, ""),
        name=table.get("name", words(languages, longest=ITEM_CHARACTERS), _NO_WORDS),
    )
    for side, at, size, limit in zip(("width", "height"), item.at, item.size, plan, strict=True):
        if at + size > limit:
            table.note("at", f"it ends at {at + size}, outside the map, whose {side} is {limit}")
    if item.kind in WITH_WORDS and not table.has("name"):
        table.note("name", f'is missing: say what this "{item.kind}" is')
    if item.node and item.kind != "kiosk":
        table.note("node", "only a kiosk has one; leave it out here")
    return item


def _check_window(table: Table, item: MapItem, windows: Mapping[int, Window], zone: str) -> None:
    if item.kind == "window" and not table.has("window"):
        table.note("window", "is missing: write the number of this window")
    elif item.window and item.kind != "window":
        table.note("window", 'only an item with kind = "window" has one; leave it out here')
    elif item.window and item.window not in windows:
        table.note("window", "no window has this number")
    elif item.window and zone and windows[item.window].zone != zone:
        table.note("window", f'this window stands in zone "{windows[item.window].zone}"; draw it there')


def _is_window(item: MapItem, other: MapItem) -> bool:
    return item.kind == "window" == other.kind


def _overlap(one: MapItem, other: MapItem) -> bool:
    return all(one.at[n] < other.at[n] + other.size[n] and other.at[n] < one.at[n] + one.size[n] for n in (0, 1))


def _pair(low: int, high: int, what: str) -> Kind[tuple[int, int]]:
    """Two whole numbers `low`-`high` in a list."""

    def read(value: object) -> tuple[int, int]:
        if isinstance(value, list) and len(value) == 2 and all(type(n) is int and low <= n <= high for n in value):
            return value[0], value[1]
        raise wrong(value, f"write {what}")

    return Kind(read, (low, low))
