"""What is sent to sign in and to keep accounts and public cards."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from queue_server.web.bodies.base import Body, PictureId, StaffId, WindowNumber, words


class SignInBody(Body):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class CardBody(Body):
    """What citizens may read of an account once it is `shown`. number: as it is to be shown, "" for none."""

    name: words(40)  # type: ignore[valid-type]
    title: words(60, least=0) = Field(default_factory=dict)  # type: ignore[valid-type]
    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    photo: PictureId | None = None
    shown: StrictBool = False


class StaffBody(Body):
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    role: Literal["reception", "staff", "manager", "maintainer", "county"]
    window: WindowNumber | None = None


class PasswordBody(Body):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    password: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NewStaffBody(StaffBody, PasswordBody):
    staff: StaffId
