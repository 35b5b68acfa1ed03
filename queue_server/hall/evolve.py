"""What each event does to the hall; decides nothing, so that a replay is always what happened.

State begins at a day's `DayOpened` and ends with the next: folding costs what one day costs, however long the history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from queue_server.hall import events as e
from queue_server.hall.events import Event
from queue_server.hall.evolve_tickets import TICKET_FOLDS
from queue_server.hall.state import Hall, Handover, Help, Opinion, Whereabouts


def evolve(hall: Hall, event: Event, seq: int) -> None:
    """Fold `event`, row `seq` of the journal, into `hall`."""
    _FOLDS[type(event)](hall, event)
    hall.seq = seq
    hall.last_ms = max(hall.last_ms, event.at_ms)


def _day_opened(hall: Hall, event: e.DayOpened) -> None:
    hall.begin_day()
    hall.day = event.day


def _day_closed(hall: Hall, _event: e.DayClosed) -> None:
    hall.day = None


def _window_opened(hall: Hall, event: e.WindowOpened) -> None:
    window = hall.window(event.window)
    window.state, window.staff, window.covers = "open", event.staff, event.covers
    window.skills = event.skills or ()
    window.pause_reason = window.back_at_ms = None
    _on_duty(hall, event.staff)


def _window_paused(hall: Hall, event: e.WindowPaused) -> None:
    window = hall.window(event.window)
    window.state, window.pause_reason, window.back_at_ms = "paused", event.reason, event.back_at_ms


def _window_resumed(hall: Hall, event: e.WindowResumed) -> None:
    window = hall.window(event.window)
    window.state, window.pause_reason, window.back_at_ms = "open", None, None
    _on_duty(hall, window.staff)


def _window_closed(hall: Hall, event: e.WindowClosed) -> None:
    window = hall.window(event.window)
    window.state, window.staff, window.covers = "closed", None, None
    window.skills = ()
    window.pause_reason = window.back_at_ms = None


def _handover_left(hall: Hall, event: e.HandoverLeft) -> None:
    note = event.note
    hall.window(event.window).handover = None if note is None else Handover(note, event.staff, event.left_ms)


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
        hall.window(number)


def _appointment(hall: Hall, event: Event) -> None:
    hall.appointments.apply(event)


_FOLDS: dict[type[Event], Callable[[Hall, Any], None]] = {
    **TICKET_FOLDS,
    e.DayOpened: _day_opened,
    e.DayClosed: _day_closed,
    e.WindowOpened: _window_opened,
    e.WindowPaused: _window_paused,
    e.WindowResumed: _window_resumed,
    e.WindowClosed: _window_closed,
    e.HandoverLeft: _handover_left,
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
