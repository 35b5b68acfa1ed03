"""A day of a hall in virtual time: the hall's own rules decide everything; knows no real clock, no files, no figures.

    day = VirtualDay(settings, arrivals, staffing, behaviour=Behaviour(), seed=1)
    for step in day.steps():            # or day.run(), which gives the list
        step.at_ms, step.command, step.events, step.refused
        day.hall                        # the Hall right after this step, to be read only
    day.citizens[ticket_id]             # what was drawn for the ticket, which no estimator may look at

settings: HallSettings. arrivals: Sequence[people.Arrival], in any order. staffing: staffing.Staffing, which windows
work when (staffing.all_day makes one). behaviour: people.Behaviour. seed: same arguments, same steps, everywhere.
Each step is one command decided by `queue_server.hall.rules.decide`, in the order of time; a refused arrival (hall
closed, quota used) is a step with `refused` set and without a ticket. The i-th arrival in time asks for ticket `t{i}`.
All arrivals and shifts lie on one business day. The loop ends when nothing more can happen: tickets may still be
waiting then, if every window that serves them has closed.

To run an existing hall forward: `VirtualDay(settings, arrivals, staffing, hall=hall, from_ms=now)`. `hall` is changed;
tickets it holds keep their ids and get citizens drawn from the behaviour; for those being served that is what is left.
Arrivals then ask for tickets `new-{i}`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from random import Random

from config.settings import HallSettings
from queue_server.hall.calendar import local
from queue_server.hall.state import Hall, Ticket
from queue_server.simulate.agenda import Agenda, Step
from queue_server.simulate.people import Arrival, Behaviour, Citizen, draw_citizen
from queue_server.simulate.staff import Staff
from queue_server.simulate.staffing import Staffing, moment_ms
from queue_server.simulate.times import remaining
from queue_server.simulate.visits import Visits

__all__ = ["Step", "VirtualDay"]


class VirtualDay:
    def __init__(
        self,
        settings: HallSettings,
        arrivals: Sequence[Arrival],
        staffing: Staffing,
        behaviour: Behaviour | None = None,
        seed: int = 0,
        *,
        hall: Hall | None = None,
        from_ms: int = 0,
    ) -> None:
        self.hall = Hall(settings) if hall is None else hall
        self.behaviour = Behaviour() if behaviour is None else behaviour
        self.staffing = staffing
        self.citizens: dict[str, Citizen] = {}
        self._rng = Random(seed)  # noqa: S311 - chance in a model, not a secret
        self._agenda = Agenda(self.hall)
        self._visits = Visits(self._agenda, self.behaviour, self.citizens)
        self._visits.staff = Staff(self._agenda, staffing, from_ms, self._visits.called)
        prefix = "t" if hall is None else "new-"
        for n, arrival in enumerate(sorted(arrivals, key=lambda arrival: arrival.at_ms)):
            ticket_id = f"{prefix}{n}"
            self.citizens[ticket_id] = draw_citizen(arrival, self.behaviour, self._rng)
            if arrival.slot_ms is not None:
                first_ms = moment_ms(settings, local(settings.timezone, arrival.slot_ms).date(), time(0))
                self._agenda.at(max(first_ms, from_ms), self._visits.books(ticket_id, arrival))
            if not arrival.missed:
                self._agenda.at(max(arrival.at_ms, from_ms), self._visits.arrives(ticket_id, arrival))
        for ticket in list(self.hall.tickets.values()):
            self._take_over(ticket, from_ms)

    def steps(self) -> Iterator[Step]:
        """Run the day, once. The hall stands right after the step that was yielded last."""
        return self._agenda.steps()

    def run(self) -> list[Step]:
        return list(self._agenda.steps())

    def _take_over(self, ticket: Ticket, from_ms: int) -> None:
        """Whoever is in the hall already behaves like the others from here on."""
        known = Arrival(ticket.arrived_ms, ticket.services, ticket.priority)
        citizen = self.citizens[ticket.ticket_id] = draw_citizen(known, self.behaviour, self._rng)
        if ticket.state == "called" and ticket.window is not None:
            self._agenda.at(from_ms, self._visits.called(ticket.window, ticket.ticket_id))
        elif ticket.state == "serving" and ticket.window is not None:
            times, speed = self.behaviour.times_of(ticket.service), self.behaviour.speed.get(ticket.window, 1.0)
            elapsed_s = (from_ms - (ticket.started_ms or from_ms)) / 1000
            left_s = remaining(times, elapsed_s / speed, self._rng) * speed
            citizen.service_s[ticket.service] = (elapsed_s + left_s) / speed
            self._agenda.at(from_ms + round(left_s * 1000), self._visits.served(ticket.window, ticket.ticket_id))
