"""Who is where (去向牌): what staff say of themselves, and what of it a new day still knows; knows no names, no board.

Whoever opens a window, or resumes it, is seen there: that ends what was said before. A return time alone ends nothing:
a board that says "on duty" of somebody who is late would send citizens to an empty chair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.events import Event
from queue_server.hall.state import Hall

ON_DUTY = "on_duty"
PLACES = (ON_DUTY, "meeting", "business_trip", "out", "leave", "other")
# Without a return time a meeting is over at night; a trip or a leave may last.
OF_SEVERAL_DAYS = frozenset({"business_trip", "leave"})


def say(hall: Hall, command: c.SetWhereabouts, happened: Callable[[Event], None]) -> None:
    """Saying the same twice is one event."""
    before = hall.whereabouts.get(command.staff)
    if command.where == ON_DUTY:
        if before is not None:
            happened(_event(command.at_ms, command.staff, ON_DUTY, command.at_ms, None, None))
        return
    said = (command.where, command.back_at_ms, command.stand_in)
    if before is not None and (before.where, before.back_at_ms, before.stand_in) == said:
        return
    happened(_event(command.at_ms, command.staff, command.where, command.at_ms, command.back_at_ms, command.stand_in))


def carried(hall: Hall, at_ms: int) -> Iterator[e.WhereaboutsChanged]:
    """Who is still away on the day that begins at `at_ms`: until a return time to come, or on a trip or leave of
    unknown length."""
    for staff, said in hall.whereabouts.items():
        still = said.where in OF_SEVERAL_DAYS if said.back_at_ms is None else said.back_at_ms > at_ms
        if still:
            yield _event(at_ms, staff, said.where, said.since_ms, said.back_at_ms, said.stand_in)


def _event(
    at_ms: int, staff: str, where: str, since_ms: int, back_at_ms: int | None, stand_in: str | None
) -> e.WhereaboutsChanged:
    return e.WhereaboutsChanged(
        at_ms=at_ms, staff=staff, where=where, since_ms=since_ms, back_at_ms=back_at_ms, stand_in=stand_in
    )
