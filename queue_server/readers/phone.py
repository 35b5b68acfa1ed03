"""A ticket as its citizen's phone shows it; a pure function of the hall that never shows who the citizen is."""

from __future__ import annotations

import math

from queue_server.hall.calendar import business_day, rfc3339
from queue_server.hall.order import may_serve
from queue_server.hall.state import Hall, Ticket
from queue_server.hall.ticket_rules import UNSERVED, postponements_left
from queue_server.readers.estimates import NONE, Estimates
from queue_server.readers.tickets import ticket_view
from queue_server.wire.contract import Estimate
from queue_server.wire.phone import CheckIn, PhoneView, PhoneWindow

NOTICE_AHEAD = 3


def phone_view(
    hall: Hall,
    ticket: Ticket,
    at_ms: int,
    day: str,
    estimates: Estimates = NONE,
    *,
    over: bool = False,
    code: str | None = None,
) -> PhoneView:
    """day: the ticket's business day. over: it is not the hall's any more, nothing can be asked of the ticket.
    code: that checks it in, if it was taken elsewhere."""
    settings, plain = hall.settings, ticket_view(hall, ticket, at_ms, estimates)
    over = over or business_day(settings.timezone, at_ms) > day
    service = settings.services.get(ticket.service)
    return {
        "seq": hall.seq,
        "timezone": settings.timezone,
        "languages": list(settings.languages),
        "hall": dict(settings.name),
        "day": day,
        "over": over,
        "label": ticket.label,
        "service": dict(service.name) if service is not None else {},
        "materials": [dict(text) for text in service.materials] if service is not None else [],
        "state": ticket.state,
        "priority": ticket.priority is not None,
        "ahead": 0 if over else plain["ahead"],
        "estimate": None if over else _whole_minutes(plain["estimate"]),
        "window": _window(hall, ticket.window),
        "windows": [] if over else _windows(hall, ticket),
        "calls": ticket.calls,
        "issued_at": plain["issued_at"],
        "called_at": plain["called_at"],
        "ended_at": plain["ended_at"],
        "return_within_s": settings.rules.requeue_within_s,
        "return_until": None if over else rfc3339(_return_until_ms(hall, ticket)),
        "allowed": [] if over else _allowed(hall, ticket, at_ms),
        "later_left": postponements_left(hall, ticket),
        "later_behind": max(1, settings.rules.requeue_after_n),
        "notice_ahead": NOTICE_AHEAD,
        "rated": ticket.rated,
        "check_in": None if over or code is None else _check_in(hall, ticket, code),
    }


def _check_in(hall: Hall, ticket: Ticket, code: str) -> CheckIn | None:
    remote = hall.settings.remote
    if ticket.here or ticket.state != "waiting" or remote is None:
        return None
    by_ms = None if ticket.passed_ms is None else ticket.passed_ms + remote.check_in_within_s * 1000
    return {
        "code": code,
        "by": rfc3339(by_ms),
        "within_s": remote.check_in_within_s,
        "near_m": remote.here_within_m if remote.latitude is not None else 0,
    }


def _whole_minutes(estimate: Estimate | None) -> Estimate | None:
    """People think in minutes, and a phone need not be told of seconds: p50 rounded down, p90 up."""
    if estimate is None:
        return None
    return {"p50_s": math.floor(estimate["p50_s"] / 60) * 60.0, "p90_s": math.ceil(estimate["p90_s"] / 60) * 60.0}


def _window(hall: Hall, number: int | None) -> PhoneWindow | None:
    if number is None:
        return None
    plan = hall.settings.windows.get(number)
    return {"window": number, "name": dict(plan.name) if plan is not None else {}}


def _windows(hall: Hall, ticket: Ticket) -> list[PhoneWindow]:
    """Where it may be called: the open windows that serve it, all that serve it while none is open."""
    serving = [number for number in hall.settings.windows if may_serve(hall, number, ticket)]
    working = [number for number in serving if hall.windows[number].state == "open"]
    return [{"window": number, "name": dict(hall.settings.windows[number].name)} for number in working or serving]


def _return_until_ms(hall: Hall, ticket: Ticket) -> int | None:
    within_s = hall.settings.rules.requeue_within_s
    if ticket.state != "no_show" or ticket.ended_ms is None or not within_s:
        return None
    return ticket.ended_ms + within_s * 1000


def _allowed(hall: Hall, ticket: Ticket, at_ms: int) -> list[str]:
    """What the rules would allow now: cancel, later (let others pass, or come back), rating."""
    allowed = ["cancel"] if ticket.state in UNSERVED else []
    until_ms = _return_until_ms(hall, ticket)
    in_time = ticket.state == "waiting" or (ticket.state == "no_show" and (until_ms is None or at_ms <= until_ms))
    if in_time and postponements_left(hall, ticket):
        allowed.append("later")
    if ticket.served_by is not None and not ticket.rated:
        allowed.append("rating")
    return allowed
