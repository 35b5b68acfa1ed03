"""What requests may carry, checked by pydantic; the OpenAPI description is made from these same models."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic.config import JsonDict

from config.reasons import load_reasons

ServiceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
StaffId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
TicketId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Channel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]  # PJQ: a rating pad, in reports upward
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
# A hall's own word: an outcome, or somebody at a window. Accounts have ids; other programs may have names of their own.
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
WindowNumber = Annotated[int, Field(strict=True, ge=1, le=999)]


def _given(field: str) -> JsonDict:
    """JSON schema for "this field, and not null"."""
    return {"required": [field], "properties": {field: {"not": {"type": "null"}}}}


class Body(BaseModel):
    """Every request body: unknown fields are mistakes, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid", str_max_length=500)


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
    taken_at: AwareDatetime | None = None

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "anyOf": [_given("appointment"), {"oneOf": [_given("service"), _given("services")]}],
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


class KnownCitizenBody(CitizenBody):
    """A citizen who can be known again: by ID number, by phone number, or by both."""

    model_config = ConfigDict(
        extra="forbid",
        hide_input_in_errors=True,
        json_schema_extra={"anyOf": [_given("id_number"), _given("phone")]},
    )

    @model_validator(mode="after")
    def _known_again(self) -> Self:
        if self.id_number is None and self.phone is None:
            raise ValueError("give id_number or phone")
        return self


class BookBody(Body):
    """`slot`: the start of one of the slots that `GET /appointments/slots` lists."""

    service: ServiceId
    slot: AwareDatetime
    citizen: KnownCitizenBody


class MoveBody(Body):
    slot: AwareDatetime


class FindAppointmentsBody(Body):
    citizen: KnownCitizenBody


class ImportBody(Body):
    """`csv`: the text of the file, with a first line that names its columns."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_max_length=None)

    csv: Annotated[str, StringConstraints(min_length=1, max_length=250_000)]

    def __repr__(self) -> str:
        return "ImportBody(…)"


class PositionBody(Body):
    """Where a phone is, in degrees. Compared once and kept nowhere: also not in the fingerprint of the request."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    latitude: Annotated[float | None, Field(ge=-90, le=90, exclude=True)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180, exclude=True)] = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class RemoteBody(PositionBody):
    """`phone`: so that one person has one ticket. The position is needed where the hall asks how far one is away."""

    service: ServiceId
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,30}$")]


class PriorityBody(Body):
    reason: Words


class Judgement(Body):
    """`reasons`: national codes of this grade; `text`: free words, sealed like personal data."""

    grade: Annotated[int, Field(strict=True, ge=1, le=5)]
    reasons: Annotated[list[str], Field(max_length=8)] = []
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None

    @model_validator(mode="after")
    def _codes_of_this_grade(self) -> Self:
        known = load_reasons()[self.grade]
        unknown = [code for code in self.reasons if code not in known]
        if unknown:
            raise ValueError(f"reasons {', '.join(unknown)} do not belong to grade {self.grade}")
        return self


class RatingBody(Judgement):
    channel: Channel = "tablet"


class PushBody(Body):
    """A browser's subscription to Web Push, as it gives it; sealed like a phone number."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    p256dh: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{87}=?$")]
    auth: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}(==)?$")]
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z-]{2,11}$")]

    def __repr__(self) -> str:
        return "PushBody(…)"


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
    back_at: AwareDatetime | None = None


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
        json_schema_extra={"oneOf": [_given("service"), _given("window")]},
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.service is None) == (self.window is None):
            raise ValueError("give either service or window")
        return self


class SignInBody(Body):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class SettingsBody(Body):
    """The tables of a hall's file, as `GET /settings` gives them; `version` is the one they were changed from."""

    document: dict[str, Any]
    version: Annotated[int, Field(strict=True, ge=0)]


class UndoBody(Body):
    version: Annotated[int, Field(strict=True, ge=1)]


class EnrolBody(Body):
    """A machine that wants to become a node. `secret`: made by it, known to nobody else."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    secret: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{32,128}$")]
    kind: Literal["kiosk", "display"]
    host: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    software: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class AcceptBody(Body):
    """`code` as the machine shows it; `node`: the place it gets."""

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    node: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]


class NodeFileBody(Body):
    """`version`: of the file that was changed."""

    model_config = ConfigDict(extra="forbid", str_max_length=65_536)

    file: str
    version: Annotated[int, Field(strict=True, ge=1)]


OpinionId = Annotated[str, StringConstraints(pattern=r"^o_[a-z2-7]{8,64}$")]
OpinionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class OpinionBody(Body):
    """`phone`: where to call back, if they want that."""

    subject: Literal["complaint", "suggestion", "praise", "question"]
    text: OpinionText
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,30}$")] | None = None
    channel: Channel = "kiosk"


class AnswerBody(Body):
    opinion: OpinionId
    reply: OpinionText


class PhoneOfBody(Body):
    """`reason`: why the whole number is needed, for the audit log."""

    opinion: OpinionId
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class HelpBody(Body):
    node: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]


Where = Literal["on_duty", "meeting", "business_trip", "out", "leave", "other"]


class WhereaboutsBody(Body):
    """`back_at`: when they expect to be back; `stand_in`: the account of the colleague to ask meanwhile. Never why."""

    where: Where
    back_at: AwareDatetime | None = None
    stand_in: StaffId | None = None


def _words(most: int, least: int = 1) -> Any:
    """Words by language, as the hall's settings have them."""
    text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=least, max_length=most)]
    tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]
    return Annotated[dict[tag, text], Field(max_length=12, min_length=min(least, 1))]


PictureId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class CardBody(Body):
    """What citizens may read of an account once it is `shown`. number: as it is to be shown, "" for none."""

    name: _words(40)  # type: ignore[valid-type]
    title: _words(60, least=0) = {}  # type: ignore[valid-type]
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    photo: PictureId | None = None
    shown: StrictBool = False


class NoticeBody(Body):
    """A notice that is up from `first` to `last` (null: until it is taken down), dates in the hall."""

    model_config = ConfigDict(extra="forbid")

    title: _words(80)  # type: ignore[valid-type]
    body: _words(6000, least=0)  # type: ignore[valid-type]
    first: Day
    last: Day | None = None
    picture: PictureId | None = None
    wall: StrictBool = False


class PictureBody(Body):
    """A JPEG, PNG or WebP picture in base64."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    data: Annotated[str, StringConstraints(min_length=1, max_length=250_000, pattern="^[A-Za-z0-9+/=]+$")]


class EmergencyBody(Body):
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class WhatIfBody(Body):
    """Windows to open and to close, in a simulation only."""

    open: Annotated[list[WindowNumber], Field(max_length=99)] = []
    close: Annotated[list[WindowNumber], Field(max_length=99)] = []


class StaffBody(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    role: Literal["reception", "staff", "manager", "maintainer", "county"]
    window: WindowNumber | None = None


class PasswordBody(Body):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NewStaffBody(StaffBody, PasswordBody):
    staff: StaffId


Told = Annotated[str, StringConstraints(max_length=200)]


class DeviceFactsBody(Body):
    """What a node knows of a device besides its state; shown live and never journaled."""

    driver: Told | None = None
    address: Told | None = None
    firmware: Told | None = None
    serial: Told | None = None
    paper_left_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    last_error: Told | None = None
    last_error_at: AwareDatetime | None = None


class DeviceBody(Body):
    """One device of a node: `health` ok, warning or failed, `code` stable, `detail` one sentence for the maintainer."""

    name: Channel
    kind: Channel
    health: Literal["ok", "warning", "failed"]
    code: Channel
    detail: Annotated[str, StringConstraints(max_length=300)]
    since: AwareDatetime
    facts: DeviceFactsBody | None = None


class ReportBody(Body):
    """A newer node may tell more than this server knows: what it does not know is left out."""

    model_config = ConfigDict(extra="ignore", str_max_length=500)

    devices: Annotated[list[DeviceBody], Field(max_length=64)]


class NoBody(Body):
    """Nothing to say; an empty body or {}."""


def milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
