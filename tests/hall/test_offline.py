"""Tickets that kiosks printed while the server was away: one tap is one ticket, and paper is never refused lightly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from config.settings import HallSettings, Service, Window
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall

RANGES = {"kiosk-1": (3, 5), "kiosk-2": (7, 9)}
START_MS = 1_795_136_400_000  # 2026-11-20 09:00 in Shanghai
DAY_MS = 86_400_000
Tell = Callable[..., Any]
Asked = c.IssueTicket | c.AcceptOfflineTicket


@pytest.fixture
def cut_off(story: Tell) -> Any:
    """A hall at 9:00 whose kiosk "kiosk-1" keeps the numbers 801–899."""
    s = story(("hukou",), {1: ("hukou",)}, rules={"call_gap_s": 0})
    s.hall.settings = replace(s.hall.settings, offline={"kiosk-1": (801, 899)})
    return s


def hand_in(s: Any, number: int = 801, **fields: Any) -> Any:
    given = {
        "ticket_id": f"own-{number}",
        "services": ("hukou",),
        "node": "kiosk-1",
        "label": f"A{number}",
        "number": number,
        "taken_at_ms": s.now_ms,
        "clock_sure": True,
        "replaces": f"tap-{number}",
    }
    s.do(c.AcceptOfflineTicket, **(given | fields))
    return s.hall.tickets[(given | fields)["ticket_id"]]


def test_it_joins_the_line_by_the_time_it_was_taken(cut_off: Any) -> None:
    s = cut_off
    first = s.take()
    s.wait(60)
    taken_ms = s.now_ms
    s.wait(60)
    later = s.take()
    own = hand_in(s, taken_at_ms=taken_ms)
    assert (own.label, own.flags, own.issued_ms) == ("A801", (), taken_ms)
    s.open(1)
    assert s.calls(3) == [first.label, "A801", later.label]


def test_the_server_leaves_out_the_numbers_that_kiosks_keep(story: Tell) -> None:
    s = story(("hukou",), {1: ("hukou",)}, rules={"call_gap_s": 0})
    s.hall.settings = replace(s.hall.settings, offline={"a": (2, 3), "b": (4, 4), "c": (7, 8)})
    assert [s.take().label for _ in range(4)] == ["A001", "A005", "A006", "A009"]
    s.hall.settings = replace(s.hall.settings, offline={"kiosk-1": (10, 11)})
    hand_in(s, 10, label="A010")
    s.hall.settings = replace(s.hall.settings, offline={})  # the range was given up: what it gave stays given
    assert [s.take().label for _ in range(2)] == ["A011", "A012"]


def test_what_the_server_issued_for_the_same_tap_is_taken_back(cut_off: Any) -> None:
    s = cut_off
    s.open(1)
    s.do(c.IssueTicket, ticket_id="tap-801", services=("hukou",))
    assert s.next() == "A001"  # called already, and nobody has such a paper
    own = hand_in(s)
    ghost = s.hall.tickets["tap-801"]
    assert (ghost.state, ghost.outcome, own.flags) == ("cancelled", "replaced", ("replaced",))
    assert s.hall.issued["hukou"] == 1
    assert s.next() == "A801"
    assert s.refused(c.RequeueTicket, ticket_id="tap-801").code == "wrong_state"


def test_the_lost_request_that_arrives_later_gets_no_second_ticket(cut_off: Any) -> None:
    hand_in(cut_off)
    assert cut_off.refused(c.IssueTicket, ticket_id="tap-801", services=("hukou",)).code == "ticket_replaced"


def test_paper_is_accepted_with_a_mark_where_an_asking_citizen_would_be_refused(cut_off: Any) -> None:
    s = cut_off
    s.hall.settings = replace(
        s.hall.settings, services={"hukou": replace(s.hall.settings.services["hukou"], daily_quota=1)}
    )
    s.take(citizen="c_1")
    assert hand_in(s, citizen="c_1").flags == ("already_waiting", "quota_used")
    s.hall.settings = replace(s.hall.settings, services={})
    assert hand_in(s, 802, citizen="c_1").flags == ("unknown_service",)


@pytest.mark.parametrize(
    "fields",
    [
        {"node": "kiosk-2"},
        {"number": 800, "label": "A800"},
        {"label": "B801"},
        {"label": "A0801"},
        {"number": 802, "label": "A801"},
    ],
)
def test_a_number_that_is_not_the_kiosks_own_is_refused(cut_off: Any, fields: dict[str, Any]) -> None:
    given = {
        "ticket_id": "own", "services": ("hukou",), "node": "kiosk-1", "label": "A801", "number": 801,
        "taken_at_ms": cut_off.now_ms, "clock_sure": True, "replaces": "tap",
    }  # fmt: skip
    assert cut_off.refused(c.AcceptOfflineTicket, **(given | fields)).code == "not_your_number"
    cut_off.do(c.AcceptOfflineTicket, **given)
    again = given | {"ticket_id": "other", "replaces": "another tap"}
    assert cut_off.refused(c.AcceptOfflineTicket, **again).code == "label_taken"


def test_a_ticket_of_yesterday_is_written_down_and_never_called(cut_off: Any) -> None:
    s = cut_off
    s.take()
    s.wait(12 * 3600)
    yesterday_ms = s.now_ms
    s.do(c.IssueTicket, ticket_id="tap-801", services=("hukou",))
    s.at("2026-11-21T08:30")
    own = hand_in(s, taken_at_ms=yesterday_ms)
    issued = [event for event in s.events if isinstance(event, e.TicketIssued) and event.label == "A801"]
    assert [(event.taken_day, event.taken_ms) for event in issued] == [("2026-11-20", yesterday_ms)]
    assert (own.state, own.outcome) == ("cancelled", "day_closed")
    assert (s.hall.issued["hukou"], s.hall.numbers) == (0, {})
    today = hand_in(s, ticket_id="today", replaces="tap-today")  # the same number again, of another day
    s.open(1)
    assert s.calls(2) == [today.label, None]
    assert own.calls == 0


@pytest.mark.parametrize(
    ("off_ms", "sure", "flags", "state"),
    [
        (+DAY_MS, True, ("clock",), "waiting"),
        (+DAY_MS, False, ("clock",), "waiting"),
        (-60_000, False, ("clock",), "waiting"),
        (-DAY_MS, False, ("clock",), "cancelled"),
        (+1_500, True, (), "waiting"),
    ],
)
def test_a_wrong_clock_is_bounded_and_marked(
    cut_off: Any, off_ms: int, sure: bool, flags: tuple[str, ...], state: str
) -> None:
    own = hand_in(cut_off, taken_at_ms=cut_off.now_ms + off_ms, clock_sure=sure)
    assert (own.flags, own.state) == (flags, state)
    assert own.arrived_ms <= cut_off.now_ms


# A tap: which kiosk, whether its request reached the server before its paper was handed in, after it, twice, or never.
TAPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(RANGES)),
        st.sampled_from(["online", "own", "online own", "own online", "online own online", "online online own"]),
        st.integers(0, 600_000),
    ),
    max_size=12,
)


@profile(deadline=None, max_examples=150)
@given(TAPS, st.randoms(use_true_random=False))
def test_no_label_twice_and_no_tap_twice_in_any_order(taps: list[tuple[str, str, int]], shuffled: Any) -> None:
    hall = Hall(
        HallSettings(
            id="test", name={}, timezone="Asia/Shanghai", languages=("en",), offline=RANGES,
            services={"hukou": Service("hukou", {}, "A")}, windows={1: Window(1, {}, ("hukou",))},
        )
    )  # fmt: skip
    given_own: Counter[str] = Counter()
    steps: list[tuple[float, int, Callable[[int], Asked]]] = []
    own_of: dict[int, str] = {}
    for tap, (node, ways, ago_ms) in enumerate(taps):
        number = RANGES[node][0] + given_own[node]
        if "own" in ways and number > RANGES[node][1]:
            continue
        at = shuffled.random()
        for n, way in enumerate(ways.split()):
            steps.append((at + n * shuffled.random(), tap, _step(way, tap, node, number, ago_ms)))
        if "own" in ways:
            given_own[node] += 1
            own_of[tap] = f"A{number:03d}"
    events: list[e.Event] = []
    for n, (_, _, make) in enumerate(sorted(steps, key=lambda step: step[:2])):
        command = make(START_MS + n * 1000)
        if command.ticket_id not in hall.tickets:  # else the engine repeats its answer: the key is known
            events += decide(hall, command).events
    issued = [event for event in events if isinstance(event, e.TicketIssued)]
    assert max(Counter(event.label for event in issued).values(), default=0) <= 1
    waiting = [ticket.label for ticket in hall.waiting()]
    assert set(own_of.values()) <= set(waiting)
    assert len(waiting) == len({tap for _, tap, _ in steps})
    assert hall.issued["hukou"] == len(waiting)
    ranges = [range(first, last + 1) for first, last in RANGES.values()]
    assert all((event.offline is not None) == any(event.number in r for r in ranges) for event in issued)


def _step(way: str, tap: int, node: str, number: int, ago_ms: int) -> Callable[[int], Asked]:
    def make(at_ms: int) -> Asked:
        if way == "online":
            return c.IssueTicket(
                command_id=f"{tap}", at_ms=at_ms, ticket_id=f"tap-{tap}", services=("hukou",), channel="kiosk"
            )
        return c.AcceptOfflineTicket(
            command_id=f"own-{tap}", at_ms=at_ms, ticket_id=f"own-{tap}", services=("hukou",), node=node,
            label=f"A{number:03d}", number=number, taken_at_ms=at_ms - ago_ms, clock_sure=True, replaces=f"tap-{tap}",
        )  # fmt: skip

    return make
