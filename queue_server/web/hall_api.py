"""The operations on the hall as a whole: an emergency message, and what nodes say of their devices."""

from __future__ import annotations

from flask import Response

from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.calendar import rfc3339
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.web import answers
from queue_server.web.models import EmergencyBody, NoBody, ReportBody, milliseconds
from queue_server.web.operations import Call
from queue_server.web.problems import response
from queue_server.web.spec import Operation


def raise_emergency(call: Call) -> Response:
    body: EmergencyBody = call.body
    return call.command(
        lambda command_id, at_ms: c.RaiseEmergency(command_id=command_id, at_ms=at_ms, text=body.text), _nothing
    )


def clear_emergency(call: Call) -> Response:
    return call.command(lambda command_id, at_ms: c.ClearEmergency(command_id=command_id, at_ms=at_ms), _nothing)


def report_devices(call: Call) -> Response:
    body: ReportBody = call.body
    call.server.nodes.report(
        call.principal.id,
        [
            {
                "name": device.name,
                "kind": device.kind,
                "health": device.health,
                "code": device.code,
                "detail": device.detail,
                "since": rfc3339(milliseconds(device.since)) or "",
            }
            for device in body.devices
        ],
    )
    return response(answers.NOTHING)


def _nothing(_hall: Hall, _decision: Decision) -> Reply:
    return answers.NOTHING


OPERATIONS = [
    Operation("POST", "/emergency", raise_emergency, "Show a message before everything else", "emergency",
              {204: None}, EmergencyBody),
    Operation("POST", "/emergency/clear", clear_emergency, "End the emergency message", "emergency", {204: None},
              NoBody),
    Operation("POST", "/nodes/report", report_devices, "How this node's devices are", "device.report", {204: None},
              ReportBody, keyed=False),
]  # fmt: skip
