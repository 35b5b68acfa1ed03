"""Who is next: first come, first served; targets; services on the side; priority within its share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from queue_server.hall import commands as c

Tell = Callable[..., Any]


def take(s: Any, pattern: str) -> None:
    """P a priority ticket, o an ordinary one, for hukou; one second apart."""
    for letter in pattern:
        s.wait(1)
        s.take("hukou", priority="elderly" if letter == "P" else None)


def called(s: Any, count: int, window: int = 1) -> str:
    kinds = []
    for _ in range(count):
        s.next(window)
        kinds.append("P" if s.in_hand(window).priority is not None else "o")
    return "".join(kinds)


def test_first_come_first_served_over_all_services_of_a_window(story: Tell) -> None:
    s = story(("hukou", "shebao", "yibao"), {1: ("hukou", "shebao")})
    for service in ("shebao", "hukou", "yibao", "shebao", "hukou"):
        s.wait(1)
        s.take(service)
    s.open()
    assert s.calls(5) == ["B001", "A001", "B002", "A002", None]


def test_the_longest_wait_by_its_target(story: Tell) -> None:
    s = story({"slow": {"target_wait_s": 1800}, "quick": {"target_wait_s": 600}})
    slow = s.take("slow")
    s.wait(300)
    quick = s.take("quick")
    s.open()
    s.wait(149)
    assert (s.ahead(quick), s.ahead(slow)) == (1, 0), "449/1800 > 149/600"
    s.wait(2)
    assert (s.ahead(quick), s.ahead(slow)) == (0, 1), "451/1800 < 151/600"
    assert s.calls(2) == ["B001", "A001"]


def test_side_services_only_when_nobody_else_waits(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("hukou",), 2: ("shebao",)}, then={1: ("shebao",)})
    side = s.take("shebao", priority="elderly")
    s.wait(1)
    s.take("hukou")
    s.open(1)
    assert s.ahead(side) == 1
    assert s.next() == "A001"
    assert s.next() == "B001"
    assert side.why == "then_service"


@pytest.mark.parametrize(
    ("share", "order"),
    [(3, "PooPooPoo"), (2, "PoPoPoooo"), (4, "PoooPoooP"), (0, "PPPoooooo"), (1, "PPPoooooo")],
)
def test_priority_goes_first_but_only_within_its_share(story: Tell, share: int, order: str) -> None:
    s = story(rules={"priority_share": share})
    take(s, "ooooooPPP")
    s.open()
    assert called(s, 9) == order


def test_priority_goes_freely_when_nobody_else_waits(story: Tell) -> None:
    s = story()
    take(s, "PPP")
    s.open()
    assert called(s, 3) == "PPP"
    take(s, "Poo")
    assert called(s, 3) == "ooP"


def test_the_share_counts_calls_made_before(story: Tell) -> None:
    s = story()
    take(s, "PoPoo")
    s.open()
    assert called(s, 2) == "Po"
    s.wait(3600)
    assert called(s, 2) == "oP"


def test_two_windows_together_keep_the_share_of_a_service(story: Tell) -> None:
    s = story(("hukou",), {1: ("hukou",), 2: ("hukou",)})
    take(s, "ooooooooPPPP")
    s.open(1, 2)
    order = "".join(called(s, 1, window) for window in (1, 2) * 6)
    assert order[:9].count("P") == 3
    assert all(order[n : n + 3].count("P") <= 1 for n in range(7)), order


def test_priority_does_not_starve_for_want_of_ordinary_calls_in_its_service(story: Tell) -> None:
    """Only priority tickets wait for shebao: the ordinary calls for hukou at the same window count for them as well."""
    s = story(("hukou", "shebao"))
    for _ in range(3):
        s.take("shebao", priority="disabled")
    for _ in range(9):
        s.wait(1)
        s.take("hukou")
    s.open()
    assert s.calls(7) == ["B001", "A001", "A002", "B002", "A003", "A004", "B003"]


def test_priority_sent_to_a_window_does_not_starve_either(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("shebao",), 2: ("hukou",)})
    for _ in range(3):
        s.take("shebao", priority="disabled")
    for _ in range(6):
        s.wait(1)
        s.take("hukou")
    s.open(1, 2)
    for _ in range(3):
        s.next(1)
        s.do(c.TransferTicket, window=1, to_window=2)
    assert s.calls(7, 2) == ["B001", "A001", "A002", "B002", "A003", "A004", "B003"]


def test_an_ordinary_ticket_becomes_a_priority_one(story: Tell) -> None:
    s = story()
    take(s, "ooo")
    late = s.take()
    s.do(c.PrioritiseTicket, ticket_id=late.ticket_id, reason="pregnant")
    assert (late.priority, s.ahead(late)) == ("pregnant", 0)
    s.open()
    assert s.next() == late.label
    s.start()
    assert s.refused(c.PrioritiseTicket, ticket_id=late.ticket_id, reason="again").code == "wrong_state"


def test_ahead_counts_priority_tickets_that_will_overtake(story: Tell) -> None:
    s = story()
    take(s, "oooo")
    last = s.take()
    assert s.ahead(last) == 4
    take(s, "PP")
    assert s.ahead(last) == 6
    s.open()
    assert called(s, 6) == "PooPoo"
    assert s.ahead(last) == 0


def test_ahead_takes_the_open_window_that_comes_first(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("hukou", "shebao"), 2: ("shebao",)})
    for _ in range(3):
        s.wait(1)
        s.take("hukou")
    ticket = s.take("shebao")
    s.open(1)
    assert s.ahead(ticket) == 3
    s.open(2)
    assert s.ahead(ticket) == 0
    s.next(2)
    assert s.ahead(ticket) == 0, "nobody is ahead of a ticket that is called"


def test_ahead_on_the_side_after_priority_calls(story: Tell) -> None:
    """The share is counted on while the window's own line is served."""
    s = story(("hukou", "shebao"), {1: ("hukou",)}, then={1: ("shebao",)})
    take(s, "P")
    ordinary, priority = s.take("shebao"), s.take("shebao", priority="elderly")
    s.open()
    assert (s.ahead(ordinary), s.ahead(priority)) == (1, 2)
    assert s.calls(3) == ["A001", "B001", "B002"]


def test_the_morning_of_the_documents(story: Tell) -> None:
    """docs/routing.md, "A morning at one window"."""
    s = story({"hukou": {"target_wait_s": 900}, "shebao": {"target_wait_s": 600}})
    for minute, service, fields in (
        (0, "hukou", {}),
        (2, "shebao", {}),
        (4, "hukou", {"priority": "elderly"}),
        (5, "hukou", {"priority": "elderly"}),
        (6, "shebao", {"due_ms": s.ms("2026-11-20T09:12")}),
    ):
        s.at(f"2026-11-20T09:{minute:02d}")
        s.take(service, **fields)
    s.open()
    called = []
    for moment in ("09:10", "09:11", "09:11:30", "09:13", "09:14"):
        s.at(f"2026-11-20T{moment}")
        called.append((s.next(), s.in_hand().why))
    assert called == [
        ("A002", "priority_share"),
        ("B001", "longest_relative_wait"),
        ("A001", "longest_relative_wait"),
        ("B002", "appointment_due"),
        ("A003", "longest_relative_wait"),
    ]


def test_an_appointment_waits_for_its_slot_unless_the_hall_is_empty(story: Tell) -> None:
    s = story(("hukou", "shebao"), {1: ("hukou",)}, then={1: ("shebao",)})
    late, soon = s.take(due_ms=s.now_ms + 900_000), s.take(due_ms=s.now_ms + 600_000)
    ordinary, side = s.take(), s.take("shebao")
    assert [s.ahead(ticket) for ticket in (late, soon, ordinary, side)] == [1, 0, 0, 1]
    s.open()
    assert (s.calls(3), soon.why) == ([ordinary.label, side.label, soon.label], "appointment_early")
    s.wait(900)
    s.take(priority="elderly")
    assert (s.next(), late.why) == (late.label, "appointment_due")


def test_appointments_leave_the_share_alone(story: Tell) -> None:
    s = story()
    take(s, "Pooo")
    for _ in range(2):
        s.take(due_ms=s.now_ms, priority="elderly")
    take(s, "P")
    s.open()
    assert s.calls(7) == ["A005", "A006", "A001", "A002", "A003", "A007", "A004"]
