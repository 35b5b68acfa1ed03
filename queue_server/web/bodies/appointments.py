"""What is sent to book, move, find and import appointments."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import ConfigDict, StringConstraints, model_validator

from queue_server.web.bodies.base import Body, Moment, ServiceId, given
from queue_server.web.bodies.tickets import CitizenBody


class KnownCitizenBody(CitizenBody):
    """A citizen who can be known again: by ID number, by phone number, or by both."""

    model_config = ConfigDict(
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra={"anyOf": [given("id_number"), given("phone")]},
    )

    @model_validator(mode="after")
    def _known_again(self) -> Self:
        if self.id_number is None and self.phone is None:
            raise ValueError("give id_number or phone")
        return self


class BookBody(Body):
    """`slot`: the start of one of the slots that `GET /appointments/slots` lists."""

    service: ServiceId
    slot: Moment
    citizen: KnownCitizenBody


class MoveBody(Body):
    slot: Moment


class FindAppointmentsBody(Body):
    citizen: KnownCitizenBody


class ImportBody(Body):
    """`csv`: the text of the file, with a first line that names its columns."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_max_length=None)

    csv: Annotated[str, StringConstraints(min_length=1, max_length=250_000)]

    def __repr__(self) -> str:
        return "ImportBody(…)"
