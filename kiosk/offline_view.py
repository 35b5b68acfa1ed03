"""What the kiosk page shows of the hall while the server is away; a pure function of what the server said last.

Who waits is not known then and not shown; what is open follows the hours, as time goes on. Of an appointment there is
only the code, which goes with the ticket.
"""

from __future__ import annotations

from typing import Literal

from kiosk.offline_memory import Moment, rfc3339
from queue_server.wire.hall import OfflineInfo
from queue_server.wire.kiosk import KioskService, KioskView

Closed = Literal["hall_closed", "service_closed", "quota_used"]


def view_without_server(view: KioskView, info: OfflineInfo | None, moment: Moment, same_day: bool) -> KioskView:
    """same_day: whether `view` is of today, so that a quota used up then is still used up."""
    now = rfc3339(moment.at_ms)
    opens = {
        each["service"]: _opens_at(info, each["service"], now) if moment.sure else None for each in view["services"]
    }
    all_shut = bool(opens) and all(opens.values())
    services: list[KioskService] = []
    for service in view["services"]:
        opens_at = opens[service["service"]]
        closed: Closed | None = None
        if opens_at is not None:
            closed = "hall_closed" if all_shut else "service_closed"
        elif same_day and service["closed"] == "quota_used":
            closed = "quota_used"
        services.append({**service, "waiting": 0, "estimate": None, "closed": closed, "opens_at": opens_at})
    coded = bool(view.get("appointments") and info and info.get("appointments"))
    return {**view, "waiting": 0, "services": services, "help": [], "appointments": coded, "remote": False}


def _opens_at(info: OfflineInfo | None, service: str, now: str) -> str | None:
    """When a service that is shut opens again; None while it is open, or when nobody knows."""
    hours = info["hours"].get(service) if info else None
    ahead = [start for start, end in hours or () if now < end]
    return ahead[0] if ahead and now < ahead[0] else None
