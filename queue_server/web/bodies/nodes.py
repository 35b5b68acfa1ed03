"""What nodes send: enrolment, their files and the state of their devices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints

from queue_server.web.bodies.base import Body, Channel, Moment

Told = Annotated[str, StringConstraints(max_length=200)]


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


class DeviceFactsBody(Body):
    """What a node knows of a device besides its state; shown live and never journaled."""

    driver: Told | None = None
    address: Told | None = None
    firmware: Told | None = None
    serial: Told | None = None
    paper_left_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    last_error: Told | None = None
    last_error_at: Moment | None = None


class DeviceBody(Body):
    """One device of a node: `health` ok, warning or failed, `code` stable, `detail` one sentence for the maintainer."""

    name: Channel
    kind: Channel
    health: Literal["ok", "warning", "failed"]
    code: Channel
    detail: Annotated[str, StringConstraints(max_length=300)]
    since: Moment
    facts: DeviceFactsBody | None = None


class ReportBody(Body):
    """A newer node may tell more than this server knows: what it does not know is left out."""

    model_config = ConfigDict(extra="ignore", str_max_length=500)

    devices: Annotated[list[DeviceBody], Field(max_length=64)]
