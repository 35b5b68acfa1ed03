"""What is sent to take a ticket, to change its priority and to rate."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import (
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from config.reasons import load_reasons
from queue_server.web.bodies.base import Body, Channel, Moment, ServiceId, TicketId, Words, given


class CitizenBody(Body):
    """Who takes the ticket. Sealed at once; it is in no answer, no log and no journal."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    id_number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)] | None = None
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] | None = None
    phone: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=32)] | None = None

    def __repr__(self) -> str:
        return "CitizenBody(…)"


class IssueBody(Body):
    """`service`, or `services` when one ticket carries several; with `appointment` (its id or code) neither is needed.
    `priority`: the reason, or true without one."""

    service: ServiceId | None = None
    services: Annotated[list[ServiceId], Field(min_length=1, max_length=5)] | None = None
    channel: Channel | None = None
    priority: StrictBool | Words | None = None
    citizen: CitizenBody | None = None
    appointment: TicketId | None = None
    taken_at: Moment | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [given("appointment"), {"oneOf": [given("service"), given("services")]}],
        },
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        both, none = self.service and self.services, self.service is None and self.services is None
        if both or (none and self.appointment is None):
            raise ValueError("give either service or services, or an appointment")
        if self.services is not None and len(set(self.services)) < len(self.services):
            raise ValueError("services names one twice")
        return self

    def wanted(self) -> tuple[str, ...]:
        return tuple(self.services or ()) if self.service is None else (self.service,)


class PriorityBody(Body):
    reason: Words


class Judgement(Body):
    """`reasons`: national codes of this grade; `text`: free words, sealed like personal data."""

    grade: Annotated[int, Field(strict=True, ge=1, le=5)]
    reasons: list[str] = Field(default_factory=list, max_length=8)
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None

    @field_validator("reasons")
    @classmethod
    def _codes_of_this_grade(cls, reasons: list[str], others: ValidationInfo) -> list[str]:
        grade = others.data.get("grade")
        known = load_reasons()[grade] if grade is not None else reasons
        unknown = [code for code in reasons if code not in known]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} do not belong to grade {grade}")
        return list(dict.fromkeys(reasons))  # a reason counts once


class RatingBody(Judgement):
    channel: Channel = "tablet"
