"""Who is away: said once, over when they sit at a window again, and carried to the next day only while it lasts."""

from __future__ import annotations

from collections.abc import Callable

from queue_server.hall import commands as c
from queue_server.hall import events as e

from .conftest import Story


def test_said_replaced_and_over_at_a_window(story: Callable[..., Story]) -> None:
    hall = story(("hukou",), {1: ("hukou",), 2: ("hukou",)})

    def say(where: str, **fields: object) -> list[str]:
        happened = hall.do(c.SetWhereabouts, staff="li", where=where, **fields)
        return [event.where for event in happened if isinstance(event, e.WhereaboutsChanged)]

    assert say("on_duty") == [], "nobody was away"
    assert say("meeting", stand_in="wang") == ["meeting"]
    assert say("meeting", stand_in="wang") == [], "the same twice is said once"
    assert say("meeting") == ["meeting"], "nobody stands in any more"
    assert say("out") == ["out"]
    assert say("on_duty") == ["on_duty"]
    assert hall.hall.whereabouts == {}
    say("out")
    hall.do(c.OpenWindow, window=1, staff="wang")
    assert list(hall.hall.whereabouts) == ["li"], "somebody else sits there"
    hall.do(c.OpenWindow, window=2, staff="li")
    assert hall.hall.whereabouts == {}
    hall.do(c.PauseWindow, window=2, reason="meeting")
    say("meeting")
    hall.do(c.ResumeWindow, window=2)
    assert hall.hall.whereabouts == {}


def test_what_a_new_day_still_knows(story: Callable[..., Story]) -> None:
    hall = story()
    tomorrow, yesterday = hall.now_ms + 36 * 3_600_000, hall.now_ms + 3_600_000
    for staff, where, back_ms in (
        ("trip", "business_trip", None),
        ("leave", "leave", None),
        ("long-meeting", "meeting", tomorrow),
        ("meeting", "meeting", None),
        ("out", "out", None),
        ("other", "other", None),
        ("back-from-leave", "leave", yesterday),
    ):
        hall.do(c.SetWhereabouts, staff=staff, where=where, back_at_ms=back_ms)
    before = dict(hall.hall.whereabouts)
    hall.wait(24 * 3600)
    hall.take()
    assert set(hall.hall.whereabouts) == {"trip", "leave", "long-meeting"}
    assert all(hall.hall.whereabouts[staff] == before[staff] for staff in hall.hall.whereabouts), "since when stays"
