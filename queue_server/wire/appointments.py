"""Appointments, the slots they are for, and how many came; knows only shapes."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class AppointmentView(TypedDict):
    """`slot`: the start of its slot; `day` and `time`: the same in the hall's own time. `code` checks it in.

    timing: early, due or late, once checked in; then `ticket_id`, and `label` of a ticket of today. masked_name: only
    where one appointment or the list of a day is read.
    """

    appointment_id: str
    code: str
    service: str
    slot: str
    day: str
    time: str
    state: Literal["booked", "checked_in", "cancelled", "missed"]
    timing: str | None
    ticket_id: str | None
    label: str | None
    masked_name: NotRequired[str | None]


class SlotView(TypedDict):
    """`time`: its start in the hall's own time. `free` of `quota` places can be had."""

    slot: str
    time: str
    quota: int
    free: int


class ImportedView(TypedDict):
    """`booked`: in the order of the file."""

    booked: list[AppointmentView]


class AppointmentFigures(TypedDict):
    """Of today, without cancelled ones. missed: those who have not come and have no claim to their slot any more."""

    booked: int
    came: int
    missed: int
