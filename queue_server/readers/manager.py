"""The whole hall at a glance, for its manager; a pure function of the hall, today's figures and the estimates."""

from __future__ import annotations

from queue_server.hall.calendar import rfc3339
from queue_server.hall.state import Hall
from queue_server.readers.appointments import figures_of
from queue_server.readers.board import emergency, first_waiting, waiting_count, zones
from queue_server.readers.estimates import NONE, Estimates
from queue_server.readers.figures import Figures
from queue_server.readers.tickets import window_view
from queue_server.wire.opinions import OpinionFigures
from queue_server.wire.staff import HallServiceFigures, HallView, HallWindow


def hall_view(hall: Hall, figures: Figures, at_ms: int, estimates: Estimates = NONE) -> HallView:
    return {
        "seq": hall.seq,
        "timezone": hall.settings.timezone,
        "hall": dict(hall.settings.name),
        "day": hall.day,
        "services": [_service(hall, service, estimates) for service in hall.settings.services],
        "windows": [_window(hall, number, at_ms) for number in hall.settings.windows],
        "zones": zones(hall),
        "appointments": figures_of(hall, at_ms),
        "emergency": emergency(hall),
        "issued": len(hall.tickets),
        "served": figures.served(),
        "no_show": figures.no_show(),
        "assisted": figures.assisted(),
        "opinions": _opinions(hall),
    }


def _window(hall: Hall, number: int, at_ms: int) -> HallWindow:
    return {**window_view(hall, hall.windows[number], at_ms), "zone": hall.settings.windows[number].zone}


def _opinions(hall: Hall) -> OpinionFigures:
    open_ones = [each for each in hall.opinions.values() if each.reply is None]
    return {"open": len(open_ones), "overdue": sum(each.due_day < (hall.day or "") for each in open_ones)}


def _service(hall: Hall, service: str, estimates: Estimates) -> HallServiceFigures:
    plan = hall.settings.services[service]
    first = first_waiting(hall, service, 1)
    return {
        "service": service,
        "name": dict(plan.name),
        "waiting": waiting_count(hall, service),
        "estimate": estimates.of_newcomer(service),
        "longest_wait_since": rfc3339(first[0].arrived_ms) if first else None,
        "target_wait_s": plan.target_wait_s,
    }
