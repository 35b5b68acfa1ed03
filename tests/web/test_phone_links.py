"""Links as such: not to be guessed, the same after a restart, over with the day after."""

from __future__ import annotations

import string

from config.settings import HallSettings, Service, Window
from queue_server.hall import commands as c
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall
from queue_server.phone_links import LINK_CHARACTERS, Links

DAY_MS = 24 * 3600 * 1000
MORNING_MS = 1_795_136_400_000
SETTINGS = HallSettings(
    id="test",
    name={"en": "Test"},
    timezone="Asia/Shanghai",
    languages=("en",),
    services={"hukou": Service("hukou", {"en": "Registration"}, "A")},
    windows={1: Window(1, {"en": "Window 1"}, ("hukou",))},
)


def take(hall: Hall, ticket_id: str, at_ms: int) -> None:
    command = c.IssueTicket(command_id=f"c-{ticket_id}", at_ms=at_ms, ticket_id=ticket_id, services=("hukou",))
    assert decide(hall, command).refused is None


def test_a_link_lives_through_the_day_after_and_no_longer() -> None:
    hall = Hall(SETTINGS)
    links = Links(bytes(32), hall)
    take(hall, "first", MORNING_MS)
    first = links.of("first")
    today = links.find(first)
    assert today is not None
    assert (today.ticket.ticket_id, today.over) == ("first", False)
    take(hall, "second", MORNING_MS + DAY_MS)
    yesterday = links.find(first)
    assert yesterday is not None
    assert (yesterday.ticket.state, yesterday.over, yesterday.day) == ("cancelled", True, today.day)
    assert links.find(links.of("second")) is not None
    take(hall, "third", MORNING_MS + 2 * DAY_MS)
    assert links.find(first) is None


def test_after_some_days_without_anybody_nothing_is_yesterday() -> None:
    hall = Hall(SETTINGS)
    links = Links(bytes(32), hall)
    take(hall, "first", MORNING_MS)
    assert links.find(links.of("first")) is not None
    take(hall, "second", MORNING_MS + 3 * DAY_MS)
    assert links.find(links.of("first")) is None


def test_links_follow_from_the_key_and_the_hall_alone() -> None:
    ours = Links(bytes(32), Hall(SETTINGS))
    assert ours.of("first") == Links(bytes(32), Hall(SETTINGS)).of("first")
    assert ours.of("first") not in {ours.of("second"), Links(b"1" * 32, Hall(SETTINGS)).of("first")}
    assert len(ours.of("first")) == LINK_CHARACTERS
    assert set(ours.of("first")) <= set(string.ascii_letters + string.digits + "-_")
