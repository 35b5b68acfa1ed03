"""What is sent to see or delete what is kept of a citizen."""

from __future__ import annotations

from pydantic import ConfigDict

from queue_server.web.bodies.appointments import KnownCitizenBody
from queue_server.web.bodies.base import Body, Words


class ReasonBody(Body):
    """`reason`: why the whole fields are needed, for the audit log."""

    reason: Words


class CitizenRequestBody(Body):
    """`reason`: what the citizen asked for and how they showed who they are, for the audit log."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    citizen: KnownCitizenBody
    reason: Words


class FindCitizenBody(CitizenRequestBody):
    """`masked`: only enough to see that it is this person; what is written down says which it was."""

    masked: bool = False
