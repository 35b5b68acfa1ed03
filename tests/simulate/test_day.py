"""A virtual day: citizens and staff do what is told of them, and the hall's own rules decide."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from virtual_hall import events_of

from queue_server.hall import events as e
from queue_server.hall.evolve import evolve
from queue_server.hall.state import Hall
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.times import Empirical, Exponential, Fixed, LogNormal, remaining

Bench = Callable[..., Any]
OFFICE = ["08:30-12:00", "14:00-17:30"]


def crowd(hall: Any, count: int, seed: int = 7, until: str = "17:00") -> list[Arrival]:
    rng = Random(seed)
    services = list(hall.settings.services)
    first, last = hall.ms("08:30"), hall.ms(until)
    return [
        Arrival(rng.randrange(first, last), (rng.choice(services),), "elderly" if rng.random() < 0.1 else None)
        for _ in range(count)
    ]


def test_the_same_seed_gives_the_same_day_and_another_one_does_not(bench: Bench) -> None:
    hall = bench(("hukou", "business"), {1: ("hukou",), 2: ("hukou", "business")})
    first, again, other = (
        hall.day(crowd(hall, 120), {1: OFFICE, 2: OFFICE}, takes=LogNormal(300), absent_share=0.2, seed=seed).run()
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_every_event_comes_from_the_rules_and_folds_to_the_same_hall(bench: Bench) -> None:
    hall = bench(("hukou", "business"), {1: ("hukou",), 2: ("hukou", "business"), 3: ("business",)})
    day = hall.day(crowd(hall, 200), {1: OFFICE, 2: ["09:00-12:00"], 3: OFFICE}, takes=LogNormal(240), absent_share=0.1)
    steps = day.run()
    replayed = Hall(hall.settings)
    busy: dict[int, str] = {}
    for event in events_of(steps, e.Event):
        if isinstance(event, e.TicketCalled):
            assert event.window not in busy
            assert replayed.windows[event.window].state == "open"
            assert replayed.tickets[event.ticket_id].service in hall.settings.windows[event.window].services
            busy[event.window] = event.ticket_id
        elif isinstance(event, e.ServingFinished | e.TicketMarkedNoShow):
            assert busy.pop(event.window) == event.ticket_id
        evolve(replayed, event, replayed.seq + 1)
    assert dataclasses.asdict(replayed) | {"lines": None} == dataclasses.asdict(day.hall) | {"lines": None}
    assert {ticket.state for ticket in day.hall.tickets.values()} == {"finished", "no_show"}
    assert [step.at_ms for step in steps] == sorted(step.at_ms for step in steps)
    assert {window.state for window in day.hall.windows.values()} == {"closed"}


def test_citizens_are_the_same_whatever_the_staffing(bench: Bench) -> None:
    hall = bench(windows={1: ("hukou",), 2: ("hukou",)})
    few, many = (
        hall.day(crowd(hall, 60), windows, takes=LogNormal(300), absent_share=0.3)
        for windows in ({1: OFFICE}, {1: OFFICE, 2: OFFICE})
    )
    assert few.citizens == many.citizens


def test_nobody_is_called_in_the_break_but_who_is_served_then_is_served_out(bench: Bench) -> None:
    hall = bench()
    day = hall.day([hall.arrive(at) for at in ("11:57", "11:58", "13:00")], {1: OFFICE})
    steps = day.run()
    done = [event.at_ms for event in events_of(steps, e.ServingFinished)]
    calls = [event.at_ms for event in events_of(steps, e.TicketCalled)]
    assert done[0] == hall.ms("12:02")
    assert calls == [hall.ms("11:57"), hall.ms("14:00"), hall.ms("14:05")]
    assert [event.back_at_ms for event in events_of(steps, e.WindowPaused)] == [hall.ms("14:00")]


def test_the_last_window_goes_on_for_its_overtime_and_no_longer(bench: Bench) -> None:
    hall = bench(windows={1: ("hukou",), 2: ("hukou",)})
    arrivals = [hall.arrive("16:00") for _ in range(30)]
    windows = {1: ["08:30-17:00"], 2: ["08:30-16:30"]}
    kept = hall.day(arrivals, windows, overtime_s=600)
    calls = events_of(kept.run(), e.TicketCalled)
    assert max(event.at_ms for event in calls if event.window == 2) < hall.ms("16:30")
    assert max(event.at_ms for event in calls if event.window == 1) == hall.ms("17:05")
    assert [ticket.state for ticket in kept.hall.tickets.values()].count("waiting") == 30 - len(calls) > 0
    assert {window.state for window in kept.hall.windows.values()} == {"closed"}


def test_who_has_left_is_called_as_often_as_the_rules_ask_and_may_come_back(bench: Bench) -> None:
    hall = bench(rules={"min_calls_before_no_show": 3, "call_gap_s": 15, "requeue_after_n": 1})
    impatient = hall.day([hall.arrive("09:00"), hall.arrive("09:01", patience_s=60)], {1: OFFICE})
    steps = impatient.run()
    assert [ticket.state for ticket in impatient.hall.tickets.values()] == ["finished", "no_show"]
    asked = [event.at_ms for event in events_of(steps, e.TicketCalled, e.TicketRecalled, e.TicketMarkedNoShow)][1:]
    assert asked == [hall.ms("09:05") + 20_000 * n for n in range(4)]

    absent = {"absent_share": 1.0, "returns_share": 1.0, "returns_after_s": Fixed(120)}
    back = hall.day([hall.arrive("09:00")], {1: OFFICE}, **absent)
    kinds = [type(event).__name__ for event in events_of(back.run(), e.Event)]
    assert kinds.index("TicketMarkedNoShow") < kinds.index("TicketRequeued") < kinds.index("ServingFinished")


def test_a_ticket_for_two_services_is_served_at_two_windows(bench: Bench) -> None:
    hall = bench(("hukou", "business"), {1: ("hukou",), 2: ("business",)})
    day = hall.day([hall.arrive("09:00", "hukou", "business", service_s=(60, 120))], {1: OFFICE, 2: OFFICE})
    done = [(event.window, event.at_ms) for event in events_of(day.run(), e.ServingFinished)]
    assert done == [(1, hall.ms("09:01")), (2, hall.ms("09:03"))]


def test_a_hall_that_starts_serving_by_itself(bench: Bench) -> None:
    hall = bench(rules={"auto_start_s": 10})
    day = hall.day([hall.arrive("09:00"), hall.arrive("09:00")], {1: OFFICE}, walk_s=Fixed(30), absent_share=0.0)
    steps = day.run()
    assert [event.at_ms - hall.ms("09:00") for event in events_of(steps, e.ServingStarted)] == [10_000, 340_000]
    nobody = hall.day([hall.arrive("09:00")], {1: OFFICE}, absent_share=1.0)
    nobody.run()
    assert [ticket.outcome for ticket in nobody.hall.tickets.values()] == ["absent"]


def test_a_hall_is_run_forward_from_where_it_stands(bench: Bench) -> None:
    hall = bench(windows={1: ("hukou",), 2: ("hukou",)})
    day = hall.day([hall.arrive("09:00") for _ in range(9)], {1: OFFICE, 2: OFFICE}, takes=LogNormal(300))
    now_ms = hall.ms("09:04")
    for step in day.steps():
        if step.at_ms > now_ms:
            break
    served = [ticket for ticket in day.hall.tickets.values() if ticket.state == "serving"]
    assert served
    behaviour = Behaviour(other_service_s=LogNormal(300), absent_share=0.0)
    on = VirtualDay(hall.settings, [], hall.staffing({1: OFFICE, 2: OFFICE}), behaviour, hall=day.hall, from_ms=now_ms)
    steps = on.run()
    assert not events_of(steps, e.WindowOpened)
    assert {ticket.state for ticket in on.hall.tickets.values()} == {"finished"}
    assert min(step.at_ms for step in steps) >= now_ms


@pytest.mark.parametrize("times", [LogNormal(300, 0.8), Exponential(300), Empirical([60, 120, 200, 400, 900])])
def test_what_is_left_of_a_service_is_drawn_among_what_is_still_possible(times: Any) -> None:
    rng = Random(5)
    whole = [times.draw(rng) for _ in range(20_000)]
    longer = [value for value in whole if value > 250]
    left = [remaining(times, 250, rng) for _ in range(20_000)]
    assert min(left) > 0
    assert sum(left) / len(left) == pytest.approx(sum(longer) / len(longer) - 250, rel=0.03)
    assert sum(whole) / len(whole) == pytest.approx(times.mean_s, rel=0.2 if isinstance(times, Empirical) else 0.03)
