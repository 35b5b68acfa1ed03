"""What a kiosk must know to give tickets while the server is away; a pure function of the hall, names no citizen."""

from __future__ import annotations

from datetime import timedelta

from queue_server.hall.calendar import local, rfc3339, ticket_times
from queue_server.hall.state import Hall
from queue_server.wire.hall import OfflineInfo

DAYS_AHEAD = 7


def offline_info(hall: Hall, node: str, key: str, at_ms: int) -> OfflineInfo | None:
    """None for a node without numbers of its own. key: the public one that seals what a citizen gives meanwhile."""
    numbers = hall.settings.offline.get(node)
    if numbers is None:
        return None
    today = local(hall.settings.timezone, at_ms).date()
    days = [today + timedelta(days=n) for n in range(DAYS_AHEAD + 1)]
    hours: dict[str, list[list[str]] | None] = {}
    for service in hall.settings.services.values():
        times = [ticket_times(hall.settings, service, day) for day in days]
        hours[service.id] = (
            None
            if times[0] is None
            else [[rfc3339(start) or "", rfc3339(end) or ""] for on in times for start, end in on or ()]
        )
    return {
        "now": rfc3339(at_ms) or "",
        "first": numbers[0],
        "last": numbers[1],
        "key": key,
        "hours": hours,
        "appointments": hall.settings.appointments is not None,
    }
