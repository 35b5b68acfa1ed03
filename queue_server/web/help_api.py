"""The operations on what citizens do at a kiosk besides tickets: help asked for and taken, sites opened; no bell."""

from __future__ import annotations

from flask import Response

from queue_server.engine import Reply
from queue_server.hall import commands as c
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody
from queue_server.web.bodies.opinions import HelpBody, SiteBody
from queue_server.web.operations import Call
from queue_server.web.spec import Operation


def ask_help(call: Call) -> Response:
    node = call.principal.id
    return call.command(lambda command_id, at_ms: c.AskHelp(command_id=command_id, at_ms=at_ms, node=node), _nothing)


def withdraw_help(call: Call) -> Response:
    node = call.principal.id
    return call.command(
        lambda command_id, at_ms: c.WithdrawHelp(command_id=command_id, at_ms=at_ms, node=node), _nothing
    )


def take_help(call: Call) -> Response:
    body: HelpBody = call.body
    staff = call.principal.id if call.principal.kind == "staff" else None
    return call.command(
        lambda command_id, at_ms: c.TakeHelp(command_id=command_id, at_ms=at_ms, node=body.node, staff=staff), _nothing
    )


def count_site(call: Call) -> Response:
    body: SiteBody = call.body
    node = call.principal.id
    return call.command(
        lambda command_id, at_ms: c.CountSite(command_id=command_id, at_ms=at_ms, node=node, site=body.site), _nothing
    )


def _nothing(_hall: Hall, _decision: Decision) -> Reply:
    return answers.NOTHING


OPERATIONS = [
    Operation("POST", "/help", ask_help, "Somebody at this kiosk needs a person", "help.ask", {204: None}, NoBody),
    Operation("POST", "/help/withdraw", withdraw_help, "Nobody is needed here any more", "help.ask", {204: None},
              NoBody),
    Operation("POST", "/help/take", take_help, "Somebody goes to that kiosk", "help.take", {204: None}, HelpBody),
    Operation("POST", "/sites/opened", count_site, "A web site was opened here", "site.count", {204: None}, SiteBody),
]  # fmt: skip
