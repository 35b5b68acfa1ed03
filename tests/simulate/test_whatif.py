"""What if windows opened or closed now: the hall as its journal tells it, run forward."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from virtual_hall import Bench, events_of

from config.document import document_of
from queue_server.codec import encode
from queue_server.hall import events as e
from queue_server.simulate.__main__ import answer
from queue_server.simulate.day import Step
from queue_server.simulate.times import LogNormal
from queue_server.wire.whatif import WhatIfView


def stopped(hall: Bench, at: str, windows: dict[int, list[str]]) -> list[Step]:
    """A busy morning until `at`."""
    arrivals = [hall.arrive(f"09:{n:02d}", "hukou" if n % 3 else "business") for n in range(60)]
    day = hall.day(arrivals, windows, takes=LogNormal(240), seed=4)
    return [step for step in day.run() if step.at_ms <= hall.ms(at)]


def asked(hall: Bench, steps: list[Step], at: str, to_open: list[int], to_close: list[int]) -> WhatIfView:
    lines: list[dict[str, Any]] = [{"settings": document_of(hall.settings)}]
    for seq, event in enumerate(events_of(steps, e.Event), start=1):
        kind, version, data = encode(event)
        lines.append({"row": [seq, event.at_ms, kind, version, data]})
    lines.append({"whatif": hall.ms(at), "open": to_open, "close": to_close})
    said = io.StringIO()
    answer(map(json.dumps, lines), said)
    view: WhatIfView = json.loads(said.getvalue())
    return view


def test_opening_helps_whom_the_window_serves_and_closing_hurts(bench: Callable[..., Bench]) -> None:
    hall = bench(("hukou", "business"), {1: ("hukou",), 2: ("business",), 3: ("hukou",)})
    steps = stopped(hall, "09:55", {1: ["08:30-12:00"], 2: ["08:30-12:00"]})
    opened = asked(hall, steps, "09:55", [3], [])
    by = {each["service"]: each for each in opened["services"]}
    assert by["hukou"]["now"] is not None
    assert by["hukou"]["then"] is not None
    assert by["hukou"]["then"]["mean_s"] < 0.8 * by["hukou"]["now"]["mean_s"]
    assert by["business"]["then"] == by["business"]["now"]  # common random numbers: nothing changed for them
    assert asked(hall, steps, "09:55", [3], []) == opened
    closed = asked(hall, steps, "09:55", [], [1])
    assert closed["all"]["now"] == opened["all"]["now"]
    assert closed["all"]["then"] is not None
    assert closed["all"]["now"] is not None
    assert closed["all"]["then"]["p90_s"] > closed["all"]["now"]["p90_s"]


def test_a_hall_where_nobody_waits_has_nothing_to_tell(bench: Callable[..., Bench]) -> None:
    hall = bench()
    said = asked(hall, hall.day([], {1: ["08:30-12:00"]}).run(), "09:00", [1], [])
    assert said["all"] == {"now": None, "then": None}
