"""The rules for windows: open, pause, call, recall, serve, no-show, park, transfer; knows no lines but through `order`.

Only the window that has a ticket in hand may act on it, so every rule starts from the window's own ticket.
"""

from __future__ import annotations

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.events import Place
from queue_server.hall.order import choose, lines_of, may_serve
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall, Ticket, TicketState, Window
from queue_server.hall.ticket_rules import Happened, ticket_of
from queue_server.hall.visit import may_be_next, soonest, to_come


def open_window(hall: Hall, command: c.OpenWindow, happened: Happened) -> None:
    window = window_of(hall, command.window)
    skills = _skills(hall, command.staff) if command.skills is None else command.skills
    now = (window.staff, window.covers, window.skills)
    if window.state == "open" and now == (command.staff, command.covers, skills):
        return  # opening twice is no mistake
    happened(
        e.WindowOpened(
            at_ms=command.at_ms,
            window=window.number,
            staff=command.staff,
            covers=command.covers,
            skills=skills or None,
        )
    )


def close_window(hall: Hall, command: c.CloseWindow, happened: Happened) -> None:
    window = window_of(hall, command.window)
    if window.ticket_id is not None:
        raise Refused("window_busy", label=hall.tickets[window.ticket_id].label)
    if window.state == "closed":
        return
    happened(e.WindowClosed(at_ms=command.at_ms, window=window.number))
    for file in hall.line(window.number).files():  # nobody is left waiting for a window at which nobody sits
        for _, ticket_id in file.first(len(file)):
            happened(e.TicketReturned(at_ms=command.at_ms, ticket_id=ticket_id, window=window.number))


def pause(hall: Hall, command: c.PauseWindow, happened: Happened) -> None:
    window = window_of(hall, command.window)
    if window.state == "closed":
        raise Refused("window_closed")
    happened(
        e.WindowPaused(at_ms=command.at_ms, window=window.number, reason=command.reason, back_at_ms=command.back_at_ms)
    )


def resume(hall: Hall, command: c.ResumeWindow, happened: Happened) -> None:
    window = window_of(hall, command.window)
    if window.state == "closed":
        raise Refused("window_closed")
    if window.state == "paused":
        happened(e.WindowResumed(at_ms=command.at_ms, window=window.number))


def leave_handover(hall: Hall, command: c.LeaveHandover, happened: Happened) -> None:
    """A new note takes the place of the one before; it stays over night until somebody takes it down."""
    window = window_of(hall, command.window)
    if command.note is None and window.handover is None:
        return
    happened(
        e.HandoverLeft(
            at_ms=command.at_ms,
            window=window.number,
            note=command.note,
            staff=command.staff,
            left_ms=command.at_ms,
        )
    )


def call_next(hall: Hall, command: c.CallNext, happened: Happened) -> None:
    """Finish what is being served here, then call who is next; nobody waiting is no mistake and calls nobody."""
    window = _working(hall, command.window)
    in_hand = _in_hand(hall, window)
    if in_hand is not None and in_hand.state == "called":
        raise Refused("ticket_called", ticket_id=in_hand.ticket_id, label=in_hand.label)
    if in_hand is not None:
        _finish(hall, in_hand, window, "done", command.at_ms, happened)
    choice = choose(hall, window.number, command.at_ms)
    if choice is not None:
        happened(e.TicketCalled(at_ms=command.at_ms, ticket_id=choice.ticket_id, window=window.number, why=choice.why))


def call_ticket(hall: Hall, command: c.CallTicket, happened: Happened) -> None:
    """Call one ticket out of turn, or take a parked one up again."""
    window = _working(hall, command.window)
    ticket = ticket_of(hall, command.ticket_id)
    in_hand = _in_hand(hall, window)
    if in_hand is not None:
        raise Refused("window_busy", ticket_id=in_hand.ticket_id, label=in_hand.label)
    if ticket.state == "parked":
        _refuse_elsewhere(hall, ticket, window)
        why = "parked"
    elif ticket.state == "waiting":
        if not ticket.here:
            raise Refused("not_here", label=ticket.label)
        if not may_serve(hall, window.number, ticket):
            raise Refused("not_served_here", service=ticket.service)
        if hall.settings.rules.out_of_turn_needs_reason and not command.reason:
            raise Refused("reason_needed")
        why = "out_of_turn"
    else:
        raise Refused("not_waiting", state=ticket.state)
    happened(
        e.TicketCalled(
            at_ms=command.at_ms, ticket_id=ticket.ticket_id, window=window.number, why=why, reason=command.reason
        )
    )


def recall(hall: Hall, command: c.RecallTicket, happened: Happened) -> None:
    """Call the ticket in hand once more, `call_gap_s` after its last call at the soonest."""
    window, ticket = _ticket_in(hall, command.window, "called")
    if ticket.last_called_ms is not None:
        wait_ms = ticket.last_called_ms + hall.settings.rules.call_gap_s * 1000 - command.at_ms
        if wait_ms > 0:
            raise Refused("too_soon", retry_after_s=wait_ms / 1000)
    happened(e.TicketRecalled(at_ms=command.at_ms, ticket_id=ticket.ticket_id, window=window.number))


def start(hall: Hall, command: c.StartServing, happened: Happened) -> None:
    window, ticket = _ticket_in(hall, command.window, "called")
    happened(e.ServingStarted(at_ms=command.at_ms, ticket_id=ticket.ticket_id, window=window.number))


def finish(hall: Hall, command: c.FinishServing, happened: Happened) -> None:
    """End the service; with `go_on` begin another one of the ticket right here, without a call."""
    window, ticket = _ticket_in(hall, command.window, "serving")
    if command.go_on is None:
        _finish(hall, ticket, window, command.outcome, command.at_ms, happened)
        return
    _working(hall, command.window)
    if command.go_on not in may_be_next(hall, to_come(ticket)):
        raise Refused("not_on_ticket", service=command.go_on, label=ticket.label)
    if command.go_on not in lines_of(hall, window.number)[0] + lines_of(hall, window.number)[1]:
        raise Refused("not_served_here", service=command.go_on)
    _finish(hall, ticket, window, command.outcome, command.at_ms, happened, command.go_on)
    happened(e.ServingStarted(at_ms=command.at_ms, ticket_id=ticket.ticket_id, window=window.number))


def no_show(hall: Hall, command: c.MarkNoShow, happened: Happened) -> None:
    window, ticket = _ticket_in(hall, command.window, "called")
    needed = hall.settings.rules.min_calls_before_no_show
    if ticket.calls < needed:
        raise Refused("too_few_calls", calls=ticket.calls, min_calls_before_no_show=needed)
    happened(e.TicketMarkedNoShow(at_ms=command.at_ms, ticket_id=ticket.ticket_id, window=window.number))


def park(hall: Hall, command: c.ParkTicket, happened: Happened) -> None:
    window, ticket = _ticket_in(hall, command.window, "called", "serving")
    happened(
        e.TicketParked(at_ms=command.at_ms, ticket_id=ticket.ticket_id, window=window.number, reason=command.reason)
    )


def transfer(hall: Hall, command: c.TransferTicket, happened: Happened) -> None:
    """Send the ticket in hand to another service or window; it keeps its label and, by default, its place."""
    window, ticket = _ticket_in(hall, command.window, "called", "serving")
    if command.service is not None and command.service not in hall.settings.services:
        raise Refused("unknown_service", service=command.service)
    if command.to_window is not None and command.to_window not in hall.settings.windows:
        raise Refused("unknown_window", window=command.to_window)
    service = command.service if command.service is not None else ticket.service
    happened(
        e.TicketTransferred(
            at_ms=command.at_ms,
            ticket_id=ticket.ticket_id,
            window=window.number,
            service=service,
            for_window=command.to_window,
            place=_transfer_place(hall, ticket, service, command),
            due_ms=None if command.place == "last" else ticket.due_ms,  # who is sent to the end gives up the slot
        )
    )


def window_of(hall: Hall, number: int) -> Window:
    if number not in hall.settings.windows:
        raise Refused("unknown_window", window=number)
    return hall.windows[number]


def _skills(hall: Hall, staff: str | None) -> tuple[str, ...]:
    return tuple(skill.id for skill in hall.settings.skills.values() if staff in skill.staff)


def _working(hall: Hall, number: int) -> Window:
    window = window_of(hall, number)
    if window.state != "open":
        raise Refused("window_closed" if window.state == "closed" else "window_paused")
    return window


def _in_hand(hall: Hall, window: Window) -> Ticket | None:
    return None if window.ticket_id is None else hall.tickets[window.ticket_id]


def _ticket_in(hall: Hall, number: int, *states: TicketState) -> tuple[Window, Ticket]:
    """The ticket this window has in hand. A closed or paused window may still end what it began."""
    window = window_of(hall, number)
    ticket = _in_hand(hall, window)
    if ticket is None:
        raise Refused("no_ticket")
    if ticket.state not in states:
        raise Refused("wrong_state", state=ticket.state, label=ticket.label)
    return window, ticket


def _finish(
    hall: Hall, ticket: Ticket, window: Window, outcome: str, at_ms: int, happened: Happened, go_on: str | None = None
) -> None:
    happened(
        e.ServingFinished(
            at_ms=at_ms,
            ticket_id=ticket.ticket_id,
            window=window.number,
            outcome=outcome,
            next_service=go_on or soonest(hall, ticket, to_come(ticket), at_ms),
        )
    )


def _refuse_elsewhere(hall: Hall, ticket: Ticket, window: Window) -> None:
    """A parked ticket belongs to the window that parked it, until that window closes for the day or a break."""
    if ticket.window in (None, window.number):
        return
    owner = hall.windows.get(ticket.window) if ticket.window is not None else None
    if owner is not None and owner.state == "open":
        raise Refused("not_waiting", state=ticket.state, window=ticket.window)
    if not may_serve(hall, window.number, ticket):
        raise Refused("not_served_here", service=ticket.service)


def _transfer_place(hall: Hall, ticket: Ticket, service: str, command: c.TransferTicket) -> Place:
    if command.place == "arrival":
        return ticket.place
    file = hall.line(service if command.to_window is None else command.to_window).file(
        "ordinary" if ticket.priority is None else "priority"
    )
    row = hall.seq + 1  # larger than any serial of the day, so it breaks ties in the order of asking
    if command.place == "first":
        head = file.head()
        return (min(ticket.arrived_ms, head[0][0] if head else ticket.arrived_ms) - 1, row)
    last = file.last()
    return (max(command.at_ms, last[0][0] if last else command.at_ms), row)
