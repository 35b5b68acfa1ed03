"""What a kiosk shows before a ticket is taken: services, who waits, when a closed one opens; knows no touch page."""

from __future__ import annotations

from queue_server.hall.calendar import rfc3339, shut
from queue_server.hall.state import Hall
from queue_server.readers.board import waiting_count
from queue_server.readers.estimates import NONE, Estimates
from queue_server.wire.hall import HallInfo, ServiceView, WindowInfo, WordsInfo
from queue_server.wire.kiosk import HelpView, KioskService, KioskView


def kiosk(hall: Hall, at_ms: int, estimates: Estimates = NONE) -> KioskView:
    services = [_service(hall, service, at_ms, estimates) for service in hall.settings.services]
    return {
        "seq": hall.seq,
        "timezone": hall.settings.timezone,
        "hall": dict(hall.settings.name),
        "languages": list(hall.settings.languages),
        "waiting": sum(service["waiting"] for service in services),
        "services": services,
        "windows": windows(hall),
        "words": words(hall),
        "requeue_within_s": hall.settings.rules.requeue_within_s,
        "appointments": hall.settings.appointments is not None,
        "help": helps(hall),
        "remote": hall.settings.remote is not None and hall.settings.public_url != "",
    }


def helps(hall: Hall) -> list[HelpView]:
    return [
        {"node": node, "asked_at": rfc3339(each.asked_ms) or "", "taken_at": rfc3339(each.taken_ms)}
        for node, each in hall.helps.items()
    ]


def hall_info(hall: Hall) -> HallInfo:
    """`GET /hall`: what does not change while the day goes on."""
    settings = hall.settings
    hours = settings.hours
    return {
        "hall": settings.id,
        "name": dict(settings.name),
        "timezone": settings.timezone,
        "languages": list(settings.languages),
        "services": services(hall),
        "windows": windows(hall),
        "hours": None
        if hours is None
        else {
            "weekly": [[f"{span.start:%H:%M}-{span.end:%H:%M}" for span in day] for day in hours.weekly],
            "last_ticket_before_s": hours.last_ticket_before_s,
        },
        "words": words(hall),
        "seq": hall.seq,
    }


def services(hall: Hall) -> list[ServiceView]:
    return [
        {
            "service": service.id,
            "name": dict(service.name),
            "prefix": service.prefix,
            "department": dict(service.department),
            "materials": [dict(text) for text in service.materials],
            "windows": windows_for(hall, service.id),
            "bookable": service.slots is not None and hall.settings.appointments is not None,
        }
        for service in hall.settings.services.values()
    ]


def windows(hall: Hall) -> list[WindowInfo]:
    return [
        {"window": window.id, "name": dict(window.name), "services": list(window.services)}
        for window in hall.settings.windows.values()
    ]


def windows_for(hall: Hall, service: str) -> list[int]:
    """The windows a citizen may be called to for `service`."""
    return [w.id for w in hall.settings.windows.values() if service in w.services or service in w.then]


def words(hall: Hall) -> WordsInfo:
    said = hall.settings.words
    return {"slip_footer": dict(said.slip_footer), "marquee": dict(said.marquee), "help": dict(said.help)}


def _service(hall: Hall, service: str, at_ms: int, estimates: Estimates) -> KioskService:
    plan = hall.settings.services[service]
    closed = shut(hall.settings, plan, at_ms)
    code, opens_at = (closed.code, rfc3339(closed.opens_ms)) if closed is not None else (None, None)
    if code is None and plan.daily_quota and hall.issued[service] >= plan.daily_quota:
        code = "quota_used"
    return {
        "service": service,
        "name": dict(plan.name),
        "prefix": plan.prefix,
        "department": dict(plan.department),
        "materials": [dict(text) for text in plan.materials],
        "windows": windows_for(hall, service),
        "waiting": waiting_count(hall, service),
        "estimate": estimates.of_newcomer(service),
        "closed": code,  # type: ignore[typeddict-item]  # `shut` answers with just these codes
        "opens_at": opens_at,
    }
