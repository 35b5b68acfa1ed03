"""What each event does to the hall; decides nothing, so that a replay is always what happened.

State begins at a day's `DayOpened` and ends with the next: folding costs what one day costs, however long the history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from queue_server.hall import events as e
from queue_server.hall.events import Event
from queue_server.hall.state import Hall, Handover, Help, Opinion, Ticket, Whereabouts, Window

OUT_OF_TURN = ("out_of_turn", "parked")  # calls that say nothing about whose turn it was


def evolve(hall: Hall, event: Event, seq: int) -> None:
    """Fold `event`, row `seq` of the journal, into `hall`."""
    _FOLDS[type(event)](hall, event)
    hall.seq = seq
    hall.last_ms = max(hall.last_ms, event.at_ms)


def _window(hall: Hall, number: int) -> Window:
    # A window that settings no longer name may still stand in today's journal: it is kept until the day ends.
    return hall.windows.setdefault(number, Window(number))


def _day_opened(hall: Hall, event: e.DayOpened) -> None:
    hall.begin_day()
    hall.day = event.day


def _day_closed(hall: Hall, _event: e.DayClosed) -> None:
    hall.day = None


def _window_opened(hall: Hall, event: e.WindowOpened) -> None:
    window = _window(hall, event.window)
    window.state, window.staff, window.covers = "open", event.staff, event.covers
    window.skills = event.skills or ()
    window.pause_reason = window.back_at_ms = None
    _on_duty(hall, event.staff)


def _window_paused(hall: Hall, event: e.WindowPaused) -> None:
    window = _window(hall, event.window)
    window.state, window.pause_reason, window.back_at_ms = "paused", event.reason, event.back_at_ms


def _window_resumed(hall: Hall, event: e.WindowResumed) -> None:
    window = _window(hall, event.window)
    window.state, window.pause_reason, window.back_at_ms = "open", None, None
    _on_duty(hall, window.staff)


def _window_closed(hall: Hall, event: e.WindowClosed) -> None:
    window = _window(hall, event.window)
    window.state, window.staff, window.covers = "closed", None, None
    window.skills = ()
    window.pause_reason = window.back_at_ms = None


def _handover_left(hall: Hall, event: e.HandoverLeft) -> None:
    note = event.note
    _window(hall, event.window).handover = None if note is None else Handover(note, event.staff, event.left_ms)


def _ticket_issued(hall: Hall, event: e.TicketIssued) -> None:
    ticket = Ticket(
        ticket_id=event.ticket_id,
        label=event.label,
        serial=event.serial,
        services=event.services,
        service=event.services[0],
        channel=event.channel,
        place=event.place,
        issued_ms=event.at_ms if event.taken_ms is None else event.taken_ms,
        priority=event.priority,
        citizen=event.citizen,
        appointment=event.appointment,
        due_ms=event.due_ms,
        offline=event.offline,
        flags=event.flags or (),
        here=not event.away,
    )
    hall.tickets[ticket.ticket_id] = ticket
    hall.serial = max(hall.serial, event.serial)
    if event.offline is None:
        prefix = event.label.rstrip("0123456789")
        hall.numbers[prefix] = max(hall.numbers.get(prefix, 0), event.number)
    elif event.replaces is not None:
        hall.replaced.add(event.replaces)
    if event.taken_day is None:  # else it belongs to a day that is over: neither its label nor its number is today's
        hall.issued.update(event.services)
        if event.offline is not None:
            hall.offline_labels.add(event.label)
    if event.citizen is not None:
        hall.by_citizen.setdefault(event.citizen, []).append(ticket.ticket_id)
    hall.join(ticket)


def _ticket_arrived(hall: Hall, event: e.TicketArrived) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.here, ticket.passed_ms = True, None
    hall.join(ticket)


def _ticket_called(hall: Hall, event: e.TicketCalled) -> None:
    ticket = hall.tickets[event.ticket_id]
    if event.why not in OUT_OF_TURN:
        _note_passed(hall, ticket, event.at_ms)
    hall.leave(ticket)
    ticket.state, ticket.window, ticket.calls, ticket.why = "called", event.window, 1, event.why
    ticket.first_called_ms = ticket.first_called_ms or event.at_ms
    ticket.last_called_ms = event.at_ms
    ticket.started_ms = None
    _window(hall, event.window).ticket_id = ticket.ticket_id
    _count_for_share(hall, ticket, event.window)


def _note_passed(hall: Hall, called: Ticket, at_ms: int) -> None:
    for ticket in hall.away.values():
        stands_before = (ticket.line, ticket.file) == (called.line, called.file) and ticket.standing < called.standing
        if stands_before and ticket.passed_ms is None:
            ticket.passed_ms = at_ms


def _count_for_share(hall: Hall, ticket: Ticket, window: int) -> None:
    """An ordinary call counts for every service the window serves: it was a turn that priority of any of them left."""
    if ticket.file == "due":
        return
    if ticket.priority is not None:
        hall.ordinary_run[ticket.service] = hall.ordinary_run[window] = 0
        return
    plan = hall.settings.windows.get(window)
    served = {*plan.services, *plan.then} if plan is not None else set()
    for key in (window, ticket.service, *(served - {ticket.service})):
        if key in hall.ordinary_run:
            hall.ordinary_run[key] += 1


def _ticket_recalled(hall: Hall, event: e.TicketRecalled) -> None:
    ticket = hall.tickets[event.ticket_id]
    ticket.calls += 1
    ticket.last_called_ms = event.at_ms


def _serving_started(hall: Hall, event: e.ServingStarted) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)  # one that goes on here with its next service was not called for it
    ticket.state, ticket.started_ms, ticket.window = "serving", event.at_ms, event.window
    _window(hall, event.window).ticket_id = ticket.ticket_id


def _serving_finished(hall: Hall, event: e.ServingFinished) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    ticket.outcome = event.outcome
    ticket.served_by = (event.window, _window(hall, event.window).staff)
    ticket.rated = False  # each service done may be rated once
    if event.next_service is not None:
        _put_next(ticket, event.next_service)
        ticket.service, ticket.for_window = event.next_service, None
        hall.join(ticket)
    else:
        ticket.state, ticket.ended_ms = "finished", event.at_ms


def _ticket_no_show(hall: Hall, event: e.TicketMarkedNoShow) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    ticket.state, ticket.ended_ms = "no_show", event.at_ms


def _ticket_parked(hall: Hall, event: e.TicketParked) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    ticket.state = "parked"


def _ticket_transferred(hall: Hall, event: e.TicketTransferred) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.release(ticket)
    at = ticket.services.index(ticket.service)
    if event.service not in ticket.services[: at + 1]:  # sent back to one that was done: go on from there
        _put_next(ticket, event.service)
        ticket.services = ticket.services[:at] + ticket.services[at + 1 :]
    ticket.service, ticket.for_window, ticket.place = event.service, event.for_window, event.place
    ticket.due_ms = event.due_ms
    hall.join(ticket)


def _put_next(ticket: Ticket, service: str) -> None:
    """`service` right behind the one the ticket is at, whether it stood there, further behind or not at all."""
    at = ticket.services.index(ticket.service) + 1
    left = (other for other in ticket.services[at:] if other != service)
    ticket.services = (*ticket.services[:at], service, *left)


def _ticket_requeued(hall: Hall, event: e.TicketRequeued) -> None:
    ticket = hall.tickets[event.ticket_id]
    ticket.place, ticket.due_ms, ticket.ended_ms, ticket.outcome = event.place, None, None, None
    ticket.here, ticket.passed_ms = True, None  # whoever puts it back has its citizen before them
    hall.join(ticket)


def _ticket_postponed(hall: Hall, event: e.TicketPostponed) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.place, ticket.due_ms, ticket.ended_ms = event.place, None, None
    ticket.postponed += 1
    ticket.passed_ms = None
    hall.join(ticket)


def _ticket_returned(hall: Hall, event: e.TicketReturned) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.for_window = None
    hall.join(ticket)


def _ticket_cancelled(hall: Hall, event: e.TicketCancelled) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    hall.release(ticket)
    ticket.state, ticket.ended_ms, ticket.outcome = "cancelled", event.at_ms, event.reason
    if event.reason == "replaced":  # its tap counts once
        hall.issued.subtract(ticket.services)


def _ticket_prioritised(hall: Hall, event: e.TicketPrioritised) -> None:
    ticket = hall.tickets[event.ticket_id]
    hall.leave(ticket)
    ticket.priority = event.reason
    if ticket.state == "waiting":
        hall.join(ticket)


def _rated(hall: Hall, event: e.Rated) -> None:
    hall.tickets[event.ticket_id].rated = True


def _emergency_raised(hall: Hall, event: e.EmergencyRaised) -> None:
    hall.emergency = (event.text, event.at_ms)


def _emergency_cleared(hall: Hall, _event: e.EmergencyCleared) -> None:
    hall.emergency = None


def _only_counted(_hall: Hall, _event: Event) -> None:
    """Readers count it; it changes nothing that a rule looks at."""


def _help_asked(hall: Hall, event: e.HelpAsked) -> None:
    hall.helps[event.node] = Help(event.at_ms)


def _help_taken(hall: Hall, event: e.HelpTaken) -> None:
    hall.helps[event.node] = replace(hall.helps[event.node], taken_ms=event.at_ms)


def _help_withdrawn(hall: Hall, event: e.HelpWithdrawn) -> None:
    hall.helps.pop(event.node, None)


def _opinion_filed(hall: Hall, event: e.OpinionFiled) -> None:
    hall.opinions[event.opinion] = Opinion(
        event.subject, event.channel, event.due_day, event.at_ms, received_day=event.received_day
    )


def _opinion_answered(hall: Hall, event: e.OpinionAnswered) -> None:
    before = hall.opinions[event.opinion]
    hall.opinions[event.opinion] = replace(before, reply=event.reply, answered_ms=event.at_ms)


def _opinions_carried(hall: Hall, event: e.OpinionsCarried) -> None:
    for opinion, subject, channel, due_day, filed_ms, reply, answered_ms, *received in event.opinions:
        hall.opinions[str(opinion)] = Opinion(
            subject=str(subject),
            channel=str(channel),
            due_day=str(due_day),
            filed_ms=int(filed_ms),
            reply=str(reply) or None,
            answered_ms=int(answered_ms),
            received_day=str(received[0]) if received else None,
        )


def _whereabouts_changed(hall: Hall, event: e.WhereaboutsChanged) -> None:
    if event.where == "on_duty":
        _on_duty(hall, event.staff)
    else:
        hall.whereabouts[event.staff] = Whereabouts(event.where, event.since_ms, event.back_at_ms, event.stand_in)


def _on_duty(hall: Hall, staff: str | None) -> None:
    if staff is not None:
        hall.whereabouts.pop(staff, None)


def _public_changed(_hall: Hall, _event: e.PublicChanged) -> None:
    """No rule asks for words that citizens read."""


def _device_changed(hall: Hall, event: e.DeviceChanged) -> None:
    if event.code == "removed":
        hall.devices.pop((event.node, event.device), None)
    else:
        hall.devices[event.node, event.device] = event


def _settings_changed(hall: Hall, event: e.SettingsChanged) -> None:
    hall.settings = event.settings
    hall.settings_version, hall.file_digest = event.version, event.file_digest
    hall.settings_row = event.previous if event.source == "day" else hall.seq + 1
    for number in event.settings.windows:
        _window(hall, number)


def _appointment(hall: Hall, event: Event) -> None:
    hall.appointments.apply(event)


_FOLDS: dict[type[Event], Callable[[Hall, Any], None]] = {
    e.DayOpened: _day_opened,
    e.DayClosed: _day_closed,
    e.WindowOpened: _window_opened,
    e.WindowPaused: _window_paused,
    e.WindowResumed: _window_resumed,
    e.WindowClosed: _window_closed,
    e.HandoverLeft: _handover_left,
    e.TicketIssued: _ticket_issued,
    e.TicketArrived: _ticket_arrived,
    e.TicketCalled: _ticket_called,
    e.TicketRecalled: _ticket_recalled,
    e.ServingStarted: _serving_started,
    e.ServingFinished: _serving_finished,
    e.TicketMarkedNoShow: _ticket_no_show,
    e.TicketParked: _ticket_parked,
    e.TicketTransferred: _ticket_transferred,
    e.TicketRequeued: _ticket_requeued,
    e.TicketPostponed: _ticket_postponed,
    e.TicketReturned: _ticket_returned,
    e.TicketCancelled: _ticket_cancelled,
    e.TicketPrioritised: _ticket_prioritised,
    e.Rated: _rated,
    e.EmergencyRaised: _emergency_raised,
    e.EmergencyCleared: _emergency_cleared,
    e.HelpAsked: _help_asked,
    e.HelpTaken: _help_taken,
    e.HelpWithdrawn: _help_withdrawn,
    e.SiteOpened: _only_counted,
    e.OpinionFiled: _opinion_filed,
    e.OpinionAnswered: _opinion_answered,
    e.OpinionsCarried: _opinions_carried,
    e.WhereaboutsChanged: _whereabouts_changed,
    e.PublicChanged: _public_changed,
    e.DeviceChanged: _device_changed,
    e.SettingsChanged: _settings_changed,
    e.AppointmentBooked: _appointment,
    e.AppointmentMoved: _appointment,
    e.AppointmentCancelled: _appointment,
    e.AppointmentCheckedIn: _appointment,
    e.AppointmentMissed: _appointment,
    e.AppointmentsCarried: _appointment,
}
