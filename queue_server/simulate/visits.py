"""Citizens in a virtual hall, from arrival to leaving; knows neither the plan of the staff nor the rules."""

from __future__ import annotations

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.simulate.agenda import Action, Agenda, Step
from queue_server.simulate.people import Arrival, Behaviour, Citizen
from queue_server.simulate.staff import Staff


class Visits:
    """`citizens`: by ticket_id, what was drawn for each. `staff` is set once it is there."""

    staff: Staff

    def __init__(self, agenda: Agenda, behaviour: Behaviour, citizens: dict[str, Citizen]) -> None:
        self._agenda = agenda
        self._hall = agenda.hall
        self._behaviour = behaviour
        self._citizens = citizens
        self._booked: set[str] = set()

    def books(self, ticket_id: str, arrival: Arrival) -> Action:
        """A place in a slot, before the day begins: whether there is one is for the rules to say."""

        def book(at_ms: int) -> Step:
            number = len(self._booked)
            booking = c.Booking(
                appointment_id=f"a-{ticket_id}",
                code=f"{number:08d}",
                service=arrival.services[0],
                slot_ms=arrival.slot_ms or 0,
                citizens=(arrival.citizen or f"booked-{ticket_id}",),
            )
            command = c.BookAppointment(command_id=self._agenda.command_id, at_ms=at_ms, booking=booking)
            step = self._agenda.ask(command)
            if step.refused is None:
                self._booked.add(ticket_id)
            return step

        return book

    def arrives(self, ticket_id: str, arrival: Arrival) -> Action:
        def arrive(at_ms: int) -> Step:
            command = c.IssueTicket(
                command_id=self._agenda.command_id,
                at_ms=at_ms,
                ticket_id=ticket_id,
                services=arrival.services,
                channel=arrival.channel,
                priority=arrival.priority,
                citizen=arrival.citizen,
                appointment=f"a-{ticket_id}" if ticket_id in self._booked else None,
            )
            step = self._agenda.ask(command)
            if step.refused is not None and step.refused.code == "too_early":
                come_ms = (arrival.slot_ms or 0) - _early_ms(self._hall.settings)
                self._agenda.at(come_ms, arrive)  # as they were told
            return self._queued(ticket_id, step)

        return arrive

    def called(self, window: int, ticket_id: str) -> Action:
        """The citizen sets out for the window, or is not in the hall; nothing is asked of the hall here."""

        def hear(at_ms: int) -> None:
            ticket, citizen, rules = self._hall.tickets[ticket_id], self._citizens[ticket_id], self._hall.settings.rules
            if citizen.patience_s is not None and at_ms - ticket.arrived_ms > citizen.patience_s * 1000:
                citizen.present, citizen.returns_after_s = False, None
            if citizen.present:
                self._agenda.at(at_ms + round(citizen.walk_s * 1000), self._start(window, ticket_id))
            else:
                self._agenda.at(at_ms + self._gap_ms, self._call_again(window, ticket_id))
            if rules.auto_start_s:
                self._agenda.at(at_ms + rules.auto_start_s * 1000, self._tick)

        return hear

    def served(self, window: int, ticket_id: str) -> Action:
        """The end of serving."""

        def finish(at_ms: int) -> Step:
            command = c.FinishServing(command_id=self._agenda.command_id, at_ms=at_ms, window=window)
            step = self._agenda.ask(command)
            gap_ms = round(self._citizens[ticket_id].between_s * 1000)
            self._agenda.at(at_ms + gap_ms, self.staff.next(window))
            return self._queued(ticket_id, step)

        return finish

    def _queued(self, ticket_id: str, step: Step) -> Step:
        """If the ticket stands in line after `step`, a window that has nobody to call hears of it."""
        if step.refused is None:
            ticket = self._hall.tickets[ticket_id]
            if ticket.state == "waiting":
                self.staff.offer(step.at_ms, ticket)
        return step

    @property
    def _gap_ms(self) -> int:
        return max(round(self._behaviour.recall_after_s * 1000), self._hall.settings.rules.call_gap_s * 1000)

    def _tick(self, at_ms: int) -> Step:
        return self._agenda.ask(c.Tick(command_id=self._agenda.command_id, at_ms=at_ms))

    def _call_again(self, window: int, ticket_id: str) -> Action:
        def call_again(at_ms: int) -> Step:
            ticket, name = self._hall.tickets[ticket_id], self._agenda.command_id
            if ticket.state == "called" and ticket.calls < self._hall.settings.rules.min_calls_before_no_show:
                self._agenda.at(at_ms + self._gap_ms, self._call_again(window, ticket_id))
                return self._agenda.ask(c.RecallTicket(command_id=name, at_ms=at_ms, window=window))
            self._agenda.at(at_ms, self.staff.next(window))
            if ticket.state == "serving":  # auto_start_s began it without the citizen: staff end it, as they would
                command = c.FinishServing(command_id=name, at_ms=at_ms, window=window, outcome="absent")
                return self._queued(ticket_id, self._agenda.ask(command))
            back_s = self._citizens[ticket_id].returns_after_s
            if back_s is not None:
                self._agenda.at(at_ms + round(back_s * 1000), self._return(ticket_id))
            return self._agenda.ask(c.MarkNoShow(command_id=name, at_ms=at_ms, window=window))

        return call_again

    def _return(self, ticket_id: str) -> Action:
        def come_back(at_ms: int) -> Step:
            citizen = self._citizens[ticket_id]
            citizen.present, citizen.patience_s = True, None
            command = c.RequeueTicket(command_id=self._agenda.command_id, at_ms=at_ms, ticket_id=ticket_id)
            return self._queued(ticket_id, self._agenda.ask(command))

        return come_back

    def _start(self, window: int, ticket_id: str) -> Action:
        def start(at_ms: int) -> Step | None:
            ticket = self._hall.tickets[ticket_id]
            takes_s = self._citizens[ticket_id].service_s[ticket.service] * self._behaviour.speed.get(window, 1.0)
            self._agenda.at(at_ms + round(takes_s * 1000), self.served(window, ticket_id))
            if ticket.state == "serving":  # auto_start_s was quicker
                return None
            return self._agenda.ask(c.StartServing(command_id=self._agenda.command_id, at_ms=at_ms, window=window))

        return start


def _early_ms(settings: HallSettings) -> int:
    return settings.appointments.early_s * 1000 if settings.appointments is not None else 0
