"""Who may not take another number: quota of a service, one waiting ticket and a daily cap per citizen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.hall import commands as c

Tell = Callable[..., Any]


def test_quota_of_the_day(story: Tell) -> None:
    s = story({"hukou": {"daily_quota": 2}, "shebao": {}})
    s.take("hukou")
    second = s.take("hukou", "shebao")
    refused = s.not_taken("hukou")
    assert (refused.code, dict(refused.facts)) == ("quota_used", {"service": "hukou", "limit": 2, "per": "service"})
    assert s.not_taken("shebao", "hukou").code == "quota_used", "a further service uses its quota too"
    s.do(c.CancelTicket, ticket_id=second.ticket_id)
    assert s.not_taken("hukou").code == "quota_used", "a number given back is not given again"
    assert s.take("shebao").label == "B001"
    s.at("2026-11-21T09:00")
    assert s.take("hukou").label == "A001"


def test_one_unserved_ticket_per_citizen_and_service(story: Tell) -> None:
    s = story(("hukou", "shebao"))
    first = s.take("hukou", citizen="c_1")
    refused = s.not_taken("hukou", citizen="c_1")
    assert refused.code == "already_waiting"
    assert dict(refused.facts) == {"ticket_id": first.ticket_id, "label": "A001"}
    s.take("shebao", citizen="c_1")
    s.take("hukou", citizen="c_2")
    s.take("hukou")
    s.take("hukou")


def test_already_waiting_also_while_called_or_parked_but_not_when_served(story: Tell) -> None:
    s = story()
    ticket = s.take(citizen="c_1")
    s.open()
    s.next()
    assert s.not_taken(citizen="c_1").code == "already_waiting"
    s.do(c.ParkTicket, window=1)
    assert s.not_taken(citizen="c_1").code == "already_waiting"
    s.do(c.CallTicket, window=1, ticket_id=ticket.ticket_id)
    s.finish()
    assert s.take(citizen="c_1").label == "A002"


def test_already_waiting_counts_every_service_a_ticket_still_has_to_do(story: Tell) -> None:
    s = story(("hukou", "shebao"))
    both = s.take("hukou", "shebao", citizen="c_1")
    assert s.not_taken("shebao", citizen="c_1").facts["ticket_id"] == both.ticket_id
    s.open()
    s.next()
    s.start()
    assert s.not_taken("shebao", citizen="c_1").code == "already_waiting", "still to come after this one"
    s.take("hukou", citizen="c_1")
    s.finish()
    assert both.service == "shebao"
    assert s.not_taken("shebao", citizen="c_1").facts["ticket_id"] == both.ticket_id


def test_one_waiting_may_be_switched_off(story: Tell) -> None:
    s = story(rules={"one_waiting_per_citizen": False})
    assert [s.take(citizen="c_1").label for _ in range(3)] == ["A001", "A002", "A003"]
    assert s.not_taken(citizen="c_1").code == "quota_used", "the daily cap still holds"


def test_daily_cap_per_citizen_and_service(story: Tell) -> None:
    s = story(("hukou", "shebao"), rules={"daily_cap_per_citizen": 2})
    s.open()
    for _ in range(2):
        s.take("hukou", citizen="c_1")
        s.next()
        s.finish()
    refused = s.not_taken("hukou", citizen="c_1")
    assert (refused.code, dict(refused.facts)) == ("quota_used", {"service": "hukou", "limit": 2, "per": "citizen"})
    s.take("shebao", citizen="c_1")
    s.take("hukou", citizen="c_2")
    s.at("2026-11-21T09:00")
    s.take("hukou", citizen="c_1")


def test_a_cancelled_ticket_does_not_count_for_the_cap_but_a_no_show_does(story: Tell) -> None:
    s = story(rules={"daily_cap_per_citizen": 1})
    given_back = s.take(citizen="c_1")
    s.do(c.CancelTicket, ticket_id=given_back.ticket_id)
    s.take(citizen="c_1")
    s.open()
    s.next()
    s.miss()
    assert s.not_taken(citizen="c_1").code == "quota_used"


def test_no_cap(story: Tell) -> None:
    s = story(rules={"daily_cap_per_citizen": 0})
    s.open()
    for _ in range(10):
        s.take(citizen="c_1")
        s.next()
        s.finish()
