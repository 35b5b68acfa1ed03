"""What managers send: settings, notices, emergencies, and what-if questions."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from queue_server.web.bodies.base import Body, Day, PictureId, WindowNumber, words


class SettingsBody(Body):
    """The tables of a hall's file, as `GET /settings` gives them; `version` is the one they were changed from."""

    document: dict[str, Any]
    version: Annotated[int, Field(strict=True, ge=0)]


class UndoBody(Body):
    version: Annotated[int, Field(strict=True, ge=1)]


class NoticeBody(Body):
    """A notice that is up from `first` to `last` (null: until it is taken down), dates in the hall."""

    model_config = ConfigDict(extra="forbid")

    title: words(80)  # type: ignore[valid-type]
    body: words(6000, least=0)  # type: ignore[valid-type]
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

    open: list[WindowNumber] = Field(default_factory=list, max_length=99)
    close: list[WindowNumber] = Field(default_factory=list, max_length=99)
