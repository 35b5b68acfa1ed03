"""What comes out of the opinion box, the answer to it, and calls for help."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import StringConstraints

from queue_server.web.bodies.base import Body, Channel

OpinionId = Annotated[str, StringConstraints(pattern=r"^o_[a-z2-7]{8,64}$")]
OpinionText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class OpinionBody(Body):
    """`phone`: where to call back, if they want that. `received`: the day of one that came on paper, if not today;
    only who may enter paper ones may say so, or `channel` "paper"."""

    subject: Literal["complaint", "suggestion", "praise", "question"]
    text: OpinionText
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{4,30}$")] | None = None
    channel: Channel = "kiosk"
    received: date | None = None


class AnswerBody(Body):
    opinion: OpinionId
    reply: OpinionText


class PhoneOfBody(Body):
    """`reason`: why the whole number is needed, for the audit log."""

    opinion: OpinionId
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class HelpBody(Body):
    node: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]


class SiteBody(Body):
    site: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,32}$")]
