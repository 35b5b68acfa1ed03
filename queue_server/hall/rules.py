"""What the hall decides: a command becomes events or a refusal; knows no clock, no storage and no people's words.

The rules themselves stand in `ticket_rules.py` (tickets in line) and `window_rules.py` (what windows do); here is what
is common to all: the business day, time that never runs backwards, and what time alone brings about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from queue_server.hall import (
    appointment_rules,
    help_rules,
    offline_rules,
    opinion_rules,
    remote_rules,
    settings_rules,
    ticket_rules,
    whereabouts_rules,
    window_rules,
)
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.calendar import business_day, next_day_ms
from queue_server.hall.events import Event
from queue_server.hall.evolve import evolve
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a command. `refused` may come with events: those of a day that the command found over."""

    events: list[Event]
    refused: Refused | None


def decide(hall: Hall, command: c.Command) -> Decision:
    """Decide `command` and fold what happened into `hall`, which then stands at the last of the returned events.

    The caller makes the events durable; if that fails, `hall` is no longer true and must be folded anew.
    """
    events: list[Event] = []

    def happened(event: Event) -> None:
        evolve(hall, event, hall.seq + 1)
        events.append(event)

    if command.at_ms < hall.last_ms:  # another machine's clock, or ours set back
        command = replace(command, at_ms=hall.last_ms)
    _turn_day(hall, command.at_ms, happened)
    try:
        _RULES[type(command)](hall, command, happened)
    except Refused as refused:
        return Decision(events, refused)
    return Decision(events, None)


def next_due_ms(hall: Hall) -> int | None:
    """When a `Tick` would do something: the end of the day at the latest, so that no wall shows yesterday.

    None before the first day.
    """
    if hall.day is None:
        return None
    over_ms = next_day_ms(hall.settings.timezone, hall.day)
    return min([over_ms, *(due_ms for due_ms, _ in _by_themselves(hall))])


def _turn_day(hall: Hall, at_ms: int, happened: Callable[[Event], None]) -> None:
    day = business_day(hall.settings.timezone, at_ms)
    if hall.day is not None and day <= hall.day:
        return  # also when the clock was set back over midnight: numbers never start anew twice
    if hall.day is not None:
        _close_day(hall, at_ms, day, happened)
    devices = list(hall.devices.values())
    handovers = [(window.number, left) for window in hall.windows.values() if (left := window.handover) is not None]
    carried = list(hall.appointments.carried(at_ms, appointment_rules.counts_since(hall, day)))
    opinions = list(opinion_rules.carried(hall, at_ms))
    away = list(whereabouts_rules.carried(hall, at_ms))
    happened(e.DayOpened(at_ms=at_ms, day=day))
    for device in devices:
        happened(replace(device, at_ms=at_ms))
    if hall.settings_version:
        happened(
            e.SettingsChanged(
                at_ms=at_ms,
                settings=hall.settings,
                version=hall.settings_version,
                source="day",
                file_digest=hall.file_digest,
                previous=hall.settings_row,
            )
        )
    for event in (*carried, *opinions, *away):
        happened(event)
    for number, left in handovers:
        if number in hall.settings.windows:
            happened(e.HandoverLeft(at_ms=at_ms, window=number, note=left.note, staff=left.staff, left_ms=left.at_ms))


def _close_day(hall: Hall, at_ms: int, next_day: str, happened: Callable[[Event], None]) -> None:
    """End every ticket and appointment of the day in an event of its own, so that no reader needs to know what the end
    of a day means."""
    for ticket in list(hall.tickets.values()):
        if ticket.state == "serving" and ticket.window is not None:
            happened(
                e.ServingFinished(at_ms=at_ms, ticket_id=ticket.ticket_id, window=ticket.window, outcome="day_closed")
            )
        elif ticket.state in ("waiting", "called", "parked"):
            reason = "day_closed" if ticket.here else remote_rules.NOT_HERE
            happened(e.TicketCancelled(at_ms=at_ms, ticket_id=ticket.ticket_id, reason=reason))
    appointment_rules.end_day(hall, at_ms, next_day, happened)
    for window in list(hall.windows.values()):
        if window.state != "closed":
            happened(e.WindowClosed(at_ms=at_ms, window=window.number))
    if hall.day is not None:
        happened(e.DayClosed(at_ms=at_ms, day=hall.day))


def _by_themselves(hall: Hall) -> list[tuple[int, Event]]:
    """What time alone brings about, and when."""
    return [*_auto_starts(hall), *remote_rules.given_up(hall)]


def _auto_starts(hall: Hall) -> list[tuple[int, e.ServingStarted]]:
    after_s = hall.settings.rules.auto_start_s
    if after_s <= 0:
        return []
    due = []
    for window in hall.windows.values():
        ticket = hall.tickets[window.ticket_id] if window.ticket_id is not None else None
        if ticket is not None and ticket.state == "called" and ticket.last_called_ms is not None:
            due_ms = ticket.last_called_ms + after_s * 1000
            start = e.ServingStarted(at_ms=due_ms, ticket_id=ticket.ticket_id, window=window.number)
            due.append((due_ms, start))
    return due


def _report_devices(hall: Hall, command: c.ReportDevices, happened: Callable[[Event], None]) -> None:
    known = {device: event for (node, device), event in hall.devices.items() if node == command.node}
    for report in command.devices:
        before = known.pop(report.device, None)
        if before is None or (before.health, before.code) != (report.health, report.code):
            happened(e.DeviceChanged(at_ms=command.at_ms, node=command.node, **asdict(report)))
    for event in known.values():
        happened(replace(event, at_ms=command.at_ms, code="removed", since_ms=command.at_ms))


def _raise_emergency(hall: Hall, command: c.RaiseEmergency, happened: Callable[[Event], None]) -> None:
    if hall.emergency is None or hall.emergency[0] != command.text:
        happened(e.EmergencyRaised(at_ms=command.at_ms, text=command.text))


def _clear_emergency(hall: Hall, command: c.ClearEmergency, happened: Callable[[Event], None]) -> None:
    if hall.emergency is not None:
        happened(e.EmergencyCleared(at_ms=command.at_ms))


def _tell_public(_hall: Hall, command: c.TellPublic, happened: Callable[[Event], None]) -> None:
    happened(e.PublicChanged(at_ms=command.at_ms, what=command.what, ref=command.ref))


def _tick(hall: Hall, command: c.Tick, happened: Callable[[Event], None]) -> None:
    for due_ms, event in _by_themselves(hall):
        if due_ms <= command.at_ms:
            happened(replace(event, at_ms=command.at_ms))


_RULES: dict[type[c.Command], Callable[[Hall, Any, Callable[[Event], None]], None]] = {
    c.IssueTicket: appointment_rules.issue,
    c.IssueRemoteTicket: remote_rules.issue,
    c.ArriveTicket: remote_rules.arrive,
    c.BookAppointment: appointment_rules.book,
    c.ImportAppointments: appointment_rules.import_all,
    c.MoveAppointment: appointment_rules.move,
    c.CancelAppointment: appointment_rules.cancel,
    c.AcceptOfflineTicket: offline_rules.accept,
    c.CancelTicket: ticket_rules.cancel,
    c.RequeueTicket: ticket_rules.requeue,
    c.PostponeTicket: ticket_rules.postpone,
    c.PrioritiseTicket: ticket_rules.prioritise,
    c.RateTicket: ticket_rules.rate,
    c.OpenWindow: window_rules.open_window,
    c.CloseWindow: window_rules.close_window,
    c.PauseWindow: window_rules.pause,
    c.ResumeWindow: window_rules.resume,
    c.LeaveHandover: window_rules.leave_handover,
    c.CallNext: window_rules.call_next,
    c.CallTicket: window_rules.call_ticket,
    c.RecallTicket: window_rules.recall,
    c.StartServing: window_rules.start,
    c.FinishServing: window_rules.finish,
    c.MarkNoShow: window_rules.no_show,
    c.ParkTicket: window_rules.park,
    c.TransferTicket: window_rules.transfer,
    c.AskHelp: help_rules.ask,
    c.TakeHelp: help_rules.take,
    c.WithdrawHelp: help_rules.withdraw,
    c.CountSite: help_rules.count_site,
    c.FileOpinion: opinion_rules.file_opinion,
    c.AnswerOpinion: opinion_rules.answer,
    c.SetWhereabouts: whereabouts_rules.say,
    c.TellPublic: _tell_public,
    c.ReportDevices: _report_devices,
    c.RaiseEmergency: _raise_emergency,
    c.ClearEmergency: _clear_emergency,
    c.ChangeSettings: settings_rules.change,
    c.Tick: _tick,
}
