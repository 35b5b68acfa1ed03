"""What a citizen's own phone sends."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, StringConstraints

from queue_server.web.bodies.base import Body, ServiceId


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


class PushBody(Body):
    """A browser's subscription to Web Push, as it gives it; sealed like a phone number."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=1000)]
    p256dh: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{87}=?$")]
    auth: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}(==)?$")]
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z-]{2,11}$")]

    def __repr__(self) -> str:
        return "PushBody(…)"
