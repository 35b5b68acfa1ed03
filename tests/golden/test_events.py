"""Every version of every event ever written decodes for ever; events.jsonl only grows, its lines are never changed.

After a change of an event's fields add rows here as the new program writes them. `data` is text: byte for byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from queue_server.codec import UPCASTS, VERSIONS, UnreadableEventError, decode, encode, facts
from queue_server.hall.events import KINDS

Row = dict[str, Any]
ROWS: list[Row] = [
    json.loads(line) for line in Path(__file__).with_name("events.jsonl").read_text("utf-8").splitlines()
]


def rows_of(kind: str, version: int) -> Iterator[Row]:
    return (row for row in ROWS if (row["kind"], row["version"]) == (kind, version))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['kind']}-{row['version']}")
def test_a_row_of_any_age_decodes_and_the_current_ones_encode_to_the_same(row: Row) -> None:
    event = decode(**row)
    kind, version, data = encode(event)
    assert (kind, event.at_ms, version) == (row["kind"], row["at_ms"], VERSIONS.get(kind, 1))
    assert decode(kind, version, event.at_ms, data) == event
    if row["version"] == version and kind != "SettingsChanged":  # settings grow: an old row lacks the newer ones
        assert data == row["data"]
    assert hash(event), "a field is a list where the event says tuple"
    assert set(facts(event)) == {field.name for field in fields(event)} - {"at_ms"}
    json.dumps(facts(event))


@pytest.mark.parametrize("kind", KINDS)
def test_every_version_and_every_field_has_a_row(kind: str) -> None:
    current = VERSIONS.get(kind, 1)
    for version in range(1, current + 1):
        assert list(rows_of(kind, version)), f"no golden row of {kind} version {version}"
    shown = {name for row in rows_of(kind, current) for name in json.loads(row["data"])}
    assert shown == {field.name for field in fields(KINDS[kind])} - {"at_ms"}
    bare = {name for row in rows_of(kind, current) for name in fields_left_out(row)}
    assert bare == {field.name for field in fields(KINDS[kind]) if field.default is None}, "show its default as well"


def fields_left_out(row: Row) -> set[str]:
    return {field.name for field in fields(KINDS[row["kind"]])} - {"at_ms"} - set(json.loads(row["data"]))


def test_every_old_version_has_its_upcast_and_no_row_is_of_an_unknown_kind() -> None:
    assert set(UPCASTS) == {(kind, old) for kind, current in VERSIONS.items() for old in range(1, current)}
    assert {row["kind"] for row in ROWS} == set(KINDS)
    assert len({json.dumps(row) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize(
    ("kind", "version", "data"),
    [
        ("RobotGreeted", 1, '{"window":1}'),
        ("WindowClosed", 2, '{"window":1}'),
        ("WindowClosed", 1, '{"window":1,"by_robot":true}'),
    ],
)
def test_what_a_newer_program_wrote_is_refused_in_words(kind: str, version: int, data: str) -> None:
    with pytest.raises(UnreadableEventError, match=f"{kind} version {version} was written by a newer program"):
        decode(kind, version, 0, data)


def test_an_old_version_is_read_through_its_upcasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps, so that a chain is proved before the first one is needed."""
    monkeypatch.setitem(VERSIONS, "WindowPaused", 3)
    monkeypatch.setitem(UPCASTS, ("WindowPaused", 1), lambda old: {"window": old["desk"], "why": old["why"]})
    monkeypatch.setitem(UPCASTS, ("WindowPaused", 2), lambda old: {"window": old["window"], "reason": old["why"]})
    event = decode("WindowPaused", 1, 7, '{"desk":3,"why":"meeting"}')
    assert encode(event) == ("WindowPaused", 3, '{"window":3,"reason":"meeting"}')
    assert decode("WindowPaused", 2, 7, '{"window":3,"why":"meeting"}') == event
