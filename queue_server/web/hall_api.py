"""The operations on the hall as a whole: an emergency message, and what nodes say of their devices."""

from __future__ import annotations

from typing import cast

from flask import Response

from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody, milliseconds
from queue_server.web.bodies.hall import EmergencyBody
from queue_server.web.bodies.nodes import ReportBody
from queue_server.web.operations import Call
from queue_server.web.spec import Operation
from queue_server.wire.nodes import DeviceFacts


def raise_emergency(call: Call) -> Response:
    body: EmergencyBody = call.body
    return call.command(
        lambda command_id, at_ms: c.RaiseEmergency(command_id=command_id, at_ms=at_ms, text=body.text), _nothing
    )


def clear_emergency(call: Call) -> Response:
    return call.command(lambda command_id, at_ms: c.ClearEmergency(command_id=command_id, at_ms=at_ms), _nothing)


def report_devices(call: Call) -> Response:
    body: ReportBody = call.body
    reports = tuple(
        c.DeviceReport(
            device=device.name,
            device_kind=device.kind,
            health=device.health,
            code=device.code,
            detail=device.detail,
            since_ms=milliseconds(device.since) or 0,
        )
        for device in body.devices
    )
    call.server.nodes.told(
        call.principal.id,
        {
            device.name: cast(DeviceFacts, device.facts.model_dump(mode="json", exclude_none=True))
            for device in body.devices
            if device.facts is not None
        },
    )
    return call.command(
        lambda command_id, at_ms: c.ReportDevices(
            command_id=command_id, at_ms=at_ms, node=call.principal.id, devices=reports
        ),
        _nothing,
    )


def _nothing(_hall: Hall, _decision: Decision) -> Reply:
    return answers.NOTHING


OPERATIONS = [
    Operation("POST", "/emergency", raise_emergency, "Show a message before everything else", "emergency",
              {204: None}, EmergencyBody),
    Operation("POST", "/emergency/clear", clear_emergency, "End the emergency message", "emergency", {204: None},
              NoBody),
    Operation("POST", "/nodes/report", report_devices, "How this node's devices are", "device.report", {204: None},
              ReportBody),
]  # fmt: skip
