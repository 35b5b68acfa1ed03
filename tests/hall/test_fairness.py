"""What docs/routing.md promises, on halls, crowds and days nobody thought of: bounds of waiting, slots kept, `ahead`.

Each promise was seen to fail: with the share not counted, slots ignored, the targets swapped, `ahead` off by one.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given
from hypothesis import settings as profile

from config.settings import HallSettings, Rules, Service, Window
from queue_server.codec import decode, encode
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.ahead import ahead
from queue_server.hall.evolve import evolve
from queue_server.hall.order import choose, lines_of, may_serve
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall, Ticket

START_MS = 1_795_136_400_000  # 2026-11-20 09:00 in Shanghai
KINDS = st.sampled_from(["ordinary", "ordinary", "ordinary", "priority", "due"])
PROFILE = profile(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@dataclass
class Day:
    """A hall that is only told what to do, and all that was called, with the hall as it was just before."""

    settings: HallSettings
    now_ms: int = START_MS
    events: list[e.Event] = field(default_factory=list)
    calls: list[tuple[int, Ticket, str]] = field(default_factory=list)  # window, ticket, why
    asked: int = 0

    def __post_init__(self) -> None:
        self.hall = Hall(self.settings)
        for number in self.settings.windows:
            self.do(c.OpenWindow, window=number)

    def do(self, kind: type[c.Command], **fields: Any) -> list[e.Event]:
        self.asked += 1
        decision = decide(self.hall, kind(command_id=f"c{self.asked}", at_ms=self.now_ms, **fields))
        assert decision.refused is None, decision.refused
        self.events += decision.events
        return decision.events

    def take(self, service: str, kind: str, slot_s: int = 0) -> Ticket:
        self.do(
            c.IssueTicket,
            ticket_id=f"t{self.asked}",
            services=(service,),
            priority="elderly" if kind == "priority" else None,
            due_ms=self.now_ms + slot_s * 1000 if kind == "due" else None,
        )
        return list(self.hall.tickets.values())[-1]

    def next(self, window: int) -> Ticket | None:
        """Finish what the window has in hand, and call."""
        if self.hall.windows[window].ticket_id is not None:
            self.do(c.StartServing, window=window)
        called = next((x for x in self.do(c.CallNext, window=window) if isinstance(x, e.TicketCalled)), None)
        if called is None:
            return None
        ticket = self.hall.tickets[called.ticket_id]
        self.calls.append((window, ticket, called.why))
        return ticket

    def send(self, window: int, to_window: int) -> None:
        if self.hall.windows[window].ticket_id is not None:
            self.do(c.TransferTicket, window=window, to_window=to_window)


def hall_of(
    windows: dict[int, tuple[str, str]], targets: tuple[int, ...] = (900, 900, 900), share: int = 3
) -> HallSettings:
    """windows: by number, the services it serves and those it serves on the side, a letter each."""
    return HallSettings(
        id="fair",
        name={"en": "Fair"},
        timezone="Asia/Shanghai",
        languages=("en",),
        services={s: Service(s, {}, s.upper(), target_wait_s=t) for s, t in zip("abc", targets, strict=True)},
        windows={n: Window(n, {}, tuple(own), tuple(then)) for n, (own, then) in windows.items()},
        rules=Rules(priority_share=share),
    )


OWN = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).map("".join)
WINDOWS = st.lists(OWN, min_size=1, max_size=3).map(
    lambda owns: {n: (own, "".join(s for s in "abc" if s not in own)) for n, own in enumerate(owns, start=1)}
)
TARGETS = st.tuples(*[st.sampled_from([300, 600, 700, 900, 1800])] * 3)
SHARES = st.sampled_from([0, 1, 2, 3, 3, 5])
# Somebody comes (service, kind, slot in s, seconds later), or a window calls, or sends whom it has to another window.
COMES = st.tuples(st.sampled_from("abc"), KINDS, st.sampled_from([-60, 0, 30, 600]), st.integers(0, 90))
CALLS = st.integers(1, 3)
SENDS = st.tuples(st.integers(1, 3), st.integers(1, 3))
STEPS = st.lists(COMES | CALLS, min_size=5, max_size=40)
STEPS_AND_SENDS = st.lists(COMES | CALLS | SENDS, min_size=5, max_size=40)


CROWD = st.lists(
    st.tuples(st.sampled_from("abc"), KINDS, st.sampled_from([0, 300, 900]), st.integers(1, 60)),
    min_size=12,
    max_size=24,
)


def live(day: Day, steps: list[Any]) -> None:
    for step in steps:
        if isinstance(step, int):
            day.now_ms += 1000
            day.next((step - 1) % len(day.settings.windows) + 1)
        elif len(step) == 2:
            day.send(*((number - 1) % len(day.settings.windows) + 1 for number in step))
        else:
            service, kind, slot_s, later_s = step
            day.now_ms += later_s * 1000
            day.take(service, kind, slot_s)


def twin(hall: Hall) -> Hall:
    return copy.deepcopy(hall, {id(hall.settings): hall.settings})


def drained(hall: Hall, windows: list[int], at_ms: int) -> list[str]:
    """Who is called one after the other when these windows take turns, nothing else happens and time stands still."""
    hall, order = twin(hall), []
    idle = 0
    while idle < len(windows):
        window = windows[len(order) % len(windows)]
        choice = choose(hall, window, at_ms)
        windows = [*windows[1:], windows[0]] if choice is None else windows
        idle = idle + 1 if choice is None else 0
        if choice is not None:
            order.append(choice.ticket_id)
            evolve(hall, e.TicketCalled(at_ms=at_ms, ticket_id=choice.ticket_id, window=window, why=choice.why), 0)
            evolve(hall, e.TicketCancelled(at_ms=at_ms, ticket_id=choice.ticket_id, reason="gone"), 0)
    return order


# -- ahead -----------------------------------------------------------------------------------------------------------


@PROFILE
@given(windows=WINDOWS, targets=TARGETS, share=SHARES, steps=STEPS_AND_SENDS, crowd=CROWD, which=st.integers(0, 2))
def test_ahead_is_what_happens_next(
    windows: dict[int, tuple[str, str]],
    targets: tuple[int, ...],
    share: int,
    steps: list[Any],
    crowd: list[Any],
    which: int,
) -> None:
    """When one window calls: whatever targets, priorities and slots, whoever was sent to it, whatever others called."""
    day = Day(hall_of(windows, targets, share))
    live(day, [*steps, *crowd])
    window = which % len(windows) + 1
    hall = twin(day.hall)
    for number, other in hall.windows.items():
        other.state = "open" if number == window else "closed"
    now = day.now_ms
    order = drained(hall, [window], now)
    assert sorted(order) == sorted(t.ticket_id for t in hall.waiting() if may_serve(hall, window, t))
    for place, ticket_id in enumerate(order):
        ticket = hall.tickets[ticket_id]
        if ticket.due_ms is None or ticket.due_ms <= now:
            assert ahead(hall, ticket, now) == place
        else:  # an appointment is asked for its slot
            assert ahead(hall, ticket, now) == drained(hall, [window], ticket.due_ms).index(ticket_id)


@PROFILE
@given(windows=WINDOWS, targets=TARGETS, share=SHARES, steps=STEPS_AND_SENDS, crowd=CROWD)
def test_ahead_is_what_the_window_does_that_is_there_first(
    windows: dict[int, tuple[str, str]], targets: tuple[int, ...], share: int, steps: list[Any], crowd: list[Any]
) -> None:
    """With all windows open: the fewest calls that any of them would make before, if only that one called."""
    day = Day(hall_of(windows, targets, share))
    live(day, [*steps, *crowd])
    hall, now = day.hall, day.now_ms
    orders = [drained(hall, [window], now) for window in windows]
    for ticket in hall.waiting():
        if ticket.due_ms is None or ticket.due_ms <= now:
            places = [order.index(ticket.ticket_id) for order in orders if ticket.ticket_id in order]
            assert ahead(hall, ticket, now) == min(places)


@PROFILE
@given(
    count=st.integers(2, 4), targets=TARGETS, share=st.sampled_from([0, 1]), steps=STEPS, turns=st.permutations([1, 2])
)
def test_windows_that_serve_the_same_call_the_same_order(
    count: int, targets: tuple[int, ...], share: int, steps: list[Any], turns: list[int]
) -> None:
    """Without a share to count, however they take turns: so `ahead` holds for all of them together."""
    day = Day(hall_of(dict.fromkeys(range(1, count + 1), ("abc", "")), targets, share))
    live(day, steps)
    order = drained(day.hall, turns, day.now_ms)
    assert order == drained(day.hall, [1], day.now_ms)
    for place, ticket_id in enumerate(order):
        ticket = day.hall.tickets[ticket_id]
        if ticket.due_ms is None or ticket.due_ms <= day.now_ms:
            assert ahead(day.hall, ticket, day.now_ms) == place


# -- nobody starves --------------------------------------------------------------------------------------------------


@PROFILE
@given(windows=WINDOWS, share=st.sampled_from([2, 3, 5]), steps=STEPS, more=STEPS, priority=st.booleans())
def test_nobody_starves(
    windows: dict[int, tuple[str, str]], share: int, steps: list[Any], more: list[Any], priority: bool
) -> None:
    """The bounds of docs/routing.md, at every window that serves the ticket, whoever comes after it.

    Appointments come on top; their slots have quotas. 0 and 1 switch the share off, and with it these bounds.
    """
    day = Day(hall_of(windows, share=share))
    live(day, steps)
    served = day.settings.windows[1].services[0]
    day.now_ms += 1
    ours = day.take(served, "priority" if priority else "ordinary")
    limits = {}
    for number, window in day.settings.windows.items():
        if served in window.services:
            before = [t for t in day.hall.waiting() if t.service in window.services and t is not ours]
            limits[number] = (
                sum(t.file == "ordinary" for t in before),
                sum(t.file == "priority" for t in before),
            )
    since = len(day.calls)
    day.now_ms += 1
    live(day, more)
    while ours.state == "waiting":  # and go on, with a priority ticket coming before every call
        day.now_ms += 1000
        day.take(served, "priority")
        day.take(served, "ordinary")
        day.next(next(iter(limits)))
        assert len(day.calls) - since < 300
    called = [(window, ticket) for window, ticket, _ in day.calls[since:]]
    passed = called[: next(at for at, (_, ticket) in enumerate(called) if ticket is ours)]
    for number, (ordinary, first) in limits.items():
        here = [ticket for window, ticket in passed if window == number and ticket.file != "due"]
        if priority:
            assert len(here) <= first + (first + 1) * (share - 1)
        else:
            assert len(here) <= ordinary + ordinary // (share - 1) + 1


@PROFILE
@given(targets=TARGETS, steps=STEPS, more=STEPS)
def test_who_overtakes_by_a_shorter_target(targets: tuple[int, ...], steps: list[Any], more: list[Any]) -> None:
    """After waiting W, only those of a target t < T are before it who came within (1 - t/T) * W of it."""
    day = Day(hall_of({1: ("abc", "")}, targets))
    live(day, [*steps, *more, *[1] * 80])
    ordinary = [ticket for _, ticket, why in day.calls if why == "longest_relative_wait"]
    for at, earlier in enumerate(ordinary):
        for ticket in ordinary[at + 1 :]:
            called_ms = earlier.first_called_ms or 0
            if ticket.issued_ms >= called_ms or "priority" in (ticket.file, earlier.file):
                continue
            long_s, short_s = (day.settings.services[t.service].target_wait_s for t in (ticket, earlier))
            waited_ms = called_ms - ticket.arrived_ms
            assert (earlier.arrived_ms - ticket.arrived_ms) * long_s <= waited_ms * (long_s - short_s)


# -- the share -------------------------------------------------------------------------------------------------------


@PROFILE
@given(windows=WINDOWS, targets=TARGETS, share=st.sampled_from([2, 3, 5]), crowd=CROWD, more=STEPS)
def test_priority_keeps_to_its_share_while_others_wait(
    windows: dict[int, tuple[str, str]], targets: tuple[int, ...], share: int, crowd: list[Any], more: list[Any]
) -> None:
    """At a window, and for a service over all windows that serve it; appointments between are not counted."""
    day = Day(hall_of(windows, targets, share))
    live(day, crowd)
    overtook: list[tuple[int, str, bool]] = []
    for step in more:
        live(day, [step] if not isinstance(step, int) else [])
        if not isinstance(step, int):
            continue
        window = (step - 1) % len(windows) + 1
        own, then = lines_of(day.hall, window)
        others = {t.line for t in day.hall.waiting() if t.file == "ordinary"}
        day.now_ms += 1000
        ticket = day.next(window)
        if ticket is not None and ticket.file != "due":
            tier = own if ticket.line in own else then
            overtook.append((window, ticket.service, ticket.file == "priority" and bool(others & set(tier))))
    for number, window in day.settings.windows.items():
        assert at_most_one([o for w, _, o in overtook if w == number], share)
        assert window.id == number
    for service in "abc":
        serving = {n for n, (own, then) in windows.items() if service in own + then}
        of_service = [o and of == service for w, of, o in overtook if w in serving]
        assert at_most_one(of_service, share)


def at_most_one(overtook: list[bool], share: int) -> bool:
    return all(sum(overtook[n : n + share]) <= 1 for n in range(len(overtook)))


# -- slots -----------------------------------------------------------------------------------------------------------


@PROFILE
@given(
    windows=st.integers(1, 4),
    service_s=st.lists(st.integers(20, 600), min_size=1, max_size=40),
    gaps_s=st.lists(st.integers(0, 900), min_size=1, max_size=12),
    crowd=st.lists(st.tuples(KINDS, st.integers(0, 200)), max_size=60),
    early_s=st.integers(0, 900),
)
def test_an_appointment_is_called_within_one_service_time_of_its_slot(
    windows: int, service_s: list[int], gaps_s: list[int], crowd: list[tuple[str, int]], early_s: int
) -> None:
    """In virtual time: checked in before the slot, no more slots within one service time than there are windows."""
    longest_ms = max(service_s) * 1000
    slots: list[int] = []
    for gap_s in gaps_s:
        slot = (slots[-1] if slots else START_MS + 1_800_000) + gap_s * 1000
        if len(slots) >= windows:
            slot = max(slot, slots[-windows] + longest_ms + 1)
        slots.append(slot)
    day = Day(hall_of(dict.fromkeys(range(1, windows + 1), ("a", ""))))
    todo: list[tuple[int, int, str, int]] = []
    for n, slot in enumerate(slots):
        heappush(todo, (slot - early_s * 1000, n, "due", slot))
    at_ms = START_MS
    for n, (kind, gap_s) in enumerate(crowd):
        at_ms += gap_s * 1000
        heappush(todo, (at_ms, n, "priority" if kind == "priority" else "ordinary", 0))
    idle, served, called_ms = set(range(1, windows + 1)), 0, {}
    while todo:
        day.now_ms, n, what, slot = heappop(todo)
        if what == "free":
            idle.add(n)
        else:
            day.take("a", what, (slot - day.now_ms) // 1000)
        for window in sorted(idle):
            ticket = day.next(window)
            if ticket is None:
                continue
            idle.discard(window)
            called_ms[ticket.ticket_id] = day.now_ms
            heappush(todo, (day.now_ms + service_s[served % len(service_s)] * 1000, window, "free", 0))
            served += 1
    booked = [ticket for ticket in day.hall.tickets.values() if ticket.due_ms is not None]
    assert len(booked) == len(slots)
    for ticket in booked:
        assert called_ms[ticket.ticket_id] <= (ticket.due_ms or 0) + longest_ms


# -- the journal -----------------------------------------------------------------------------------------------------


@PROFILE
@given(windows=WINDOWS, targets=TARGETS, share=SHARES, steps=STEPS)
def test_the_same_journal_gives_the_same_order(
    windows: dict[int, tuple[str, str]], targets: tuple[int, ...], share: int, steps: list[Any]
) -> None:
    day = Day(hall_of(windows, targets, share))
    live(day, steps)
    again = Hall(day.settings)
    for seq, event in enumerate(day.events, start=1):
        kind, version, data = encode(event)
        evolve(again, decode(kind, version, event.at_ms, data), seq)
    turns = list(windows)
    assert drained(again, turns, day.now_ms) == drained(day.hall, turns, day.now_ms)
