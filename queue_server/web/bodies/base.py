"""What all request bodies share: unknown fields are mistakes, and how ids and words are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

ServiceId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
StaffId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
TicketId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Channel = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,32}$")]  # PJQ: a rating pad, in reports upward
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
# A hall's own word: an outcome, or somebody at a window. Accounts have ids; other programs may have names of their own.
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


def _within_the_calendar(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time outside the years 1 to 9999") from None


# With its offset from UTC, and in words: a number might be seconds or milliseconds.
Moment = Annotated[AwareDatetime, Field(strict=True), AfterValidator(_within_the_calendar)]
WindowNumber = Annotated[int, Field(strict=True, ge=1, le=999)]


def given(field: str) -> JsonDict:
    """JSON schema for "this field, and not null"."""
    return {"required": [field], "properties": {field: {"not": {"type": "null"}}}}


class Body(BaseModel):
    """Every request body: unknown fields are mistakes, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid", str_max_length=500)


def words(most: int, least: int = 1) -> Any:
    """Words by language, as the hall's settings have them."""
    text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=least, max_length=most)]
    tag = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")]
    return Annotated[dict[tag, text], Field(max_length=12, min_length=min(least, 1))]


PictureId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Day = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class NoBody(Body):
    """Nothing to say; an empty body or {}."""


def milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)
