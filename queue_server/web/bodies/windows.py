"""What windows send: calls, pauses, outcomes, transfers, hand-overs, and where staff are."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from queue_server.web.bodies.base import Body, Label, Moment, ServiceId, StaffId, TicketId, WindowNumber, Words, given


class OpenBody(Body):
    """`skills`: of whoever serves there, instead of those that the settings name for `staff`."""

    staff: Label | None = None
    covers: Label | None = None
    skills: Annotated[list[ServiceId], Field(max_length=32)] | None = None


class HandoverBody(Body):
    """`text`: for whoever sits there next, sealed like personal data; null takes the note down."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None


class PauseBody(Body):
    reason: Words
    back_at: Moment | None = None


class CallBody(Body):
    ticket_id: TicketId
    reason: Words | None = None


class FinishBody(Body):
    """`go_on`: another service of the ticket, to be begun at this window at once."""

    outcome: Label = "done"
    go_on: ServiceId | None = None


class ParkBody(Body):
    reason: Words | None = None


class TransferBody(Body):
    """To a service, or to one window in particular."""

    service: ServiceId | None = None
    window: WindowNumber | None = None
    place: Literal["arrival", "first", "last"] = "arrival"

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"oneOf": [given("service"), given("window")]},
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.service is None) == (self.window is None):
            raise ValueError("give either service or window")
        return self


Where = Literal["on_duty", "meeting", "business_trip", "out", "leave", "other"]


class WhereaboutsBody(Body):
    """`back_at`: when they expect to be back; `stand_in`: the account of the colleague to ask meanwhile. Never why."""

    where: Where
    back_at: Moment | None = None
    stand_in: StaffId | None = None
