"""The operations on nodes' places: machines that ask for one, who gets it, and the file of each; no rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypedDict

from flask import Response
from gevent import get_hub

from queue_server.enrolment import Place
from queue_server.errors import (
    BadAccount,
    BadNodeFile,
    FileChanged,
    TooManyMachines,
    UnknownCode,
    UnknownNode,
    WrongKindOfNode,
)
from queue_server.hall.calendar import rfc3339
from queue_server.node_files import NodeFile
from queue_server.web import answers
from queue_server.web.bodies.base import NoBody
from queue_server.web.bodies.nodes import AcceptBody, EnrolBody, NodeFileBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.spec import Operation

ASK_AGAIN_S = 30


class EnrolmentView(TypedDict):
    """`code` is for the machine's own screen; the rest comes with a place."""

    state: Literal["waiting", "accepted"]
    code: str | None
    node: str | None
    token: str | None
    file: str | None
    version: int | None


class MachineView(TypedDict):
    kind: str
    host: str
    software: str
    asked_at: str


class NodeFileView(TypedDict):
    node: str
    kind: str
    file: str
    version: int
    changed_at: str


def ask_for_place(call: Call) -> Response:
    body: EnrolBody = call.body
    enrolment = call.server.enrolment
    got: Place | str = _aside(lambda: enrolment.ask(body.secret, body.kind, body.host, body.software))
    if isinstance(got, str):
        view = EnrolmentView(state="waiting", code=got, node=None, token=None, file=None, version=None)
    else:
        view = EnrolmentView(
            state="accepted", code=None, node=got.node, token=got.token, file=got.file, version=got.version
        )
    return response(answers.said(dict(view)))


def list_machines(call: Call) -> Response:
    machines = _aside(call.server.enrolment.waiting)
    return response(
        answers.said(
            [
                {"kind": m.kind, "host": m.host, "software": m.software, "asked_at": rfc3339(m.asked_ms)}
                for m in machines
            ]
        )
    )


def accept_machine(call: Call) -> Response:
    body: AcceptBody = call.body
    _aside(lambda: call.server.enrolment.accept(body.code, body.node, by=_by(call)))
    return response(answers.said(_shown(_aside(lambda: call.server.node_files.find(body.node)))))


def list_places(call: Call) -> Response:
    return response(answers.said([_shown(place) for place in _aside(call.server.node_files.all)]))


def read_own_file(call: Call) -> Response:
    """For the node that asks, by the name of its token."""
    return read_file(call, call.principal.id)


def read_file(call: Call, node: str) -> Response:
    place = _aside(lambda: call.server.node_files.find(node))
    if place is None:
        raise ProblemError("unknown_node")
    return response(answers.said(_shown(place)))


def change_file(call: Call, node: str) -> Response:
    body: NodeFileBody = call.body
    windows = _aside(lambda: call.server.node_files.change(node, body.file, body.version, by=_by(call)))
    _aside(lambda: call.server.access.let_operate(node, windows, by=_by(call)))
    return read_file(call, node)


def remove_place(call: Call, node: str) -> Response:
    _aside(lambda: call.server.node_files.remove(node, by=_by(call)))
    _aside(lambda: call.server.access.revoke_tokens_named(node, by=_by(call)))
    return response(answers.NOTHING)


def _shown(place: NodeFile) -> dict[str, Any]:
    return {
        "node": place.node,
        "kind": place.kind,
        "file": place.text,
        "version": place.version,
        "changed_at": rfc3339(place.changed_ms),
    }


def _by(call: Call) -> str:
    return f"{call.principal.role}:{call.principal.id}"


def _aside(work: Callable[[], Any]) -> Any:
    """Run what waits for the disk beside the loop; places are no part of the journal."""
    try:
        return get_hub().threadpool.apply(work)
    except UnknownCode:
        raise ProblemError("unknown_code") from None
    except UnknownNode:
        raise ProblemError("unknown_node") from None
    except WrongKindOfNode:
        raise ProblemError("wrong_kind_of_node") from None
    except FileChanged:
        raise ProblemError("file_changed") from None
    except TooManyMachines:
        raise ProblemError("slow_down", retry_after_s=ASK_AGAIN_S) from None
    except BadNodeFile as err:
        raise ProblemError("invalid_values", [{"field": "file", "problem": line} for line in err.mistakes]) from None
    except BadAccount as err:
        raise ProblemError("invalid_values", [{"field": "node", "problem": str(err)}]) from None


MANAGE = "node.manage"
OPERATIONS = [
    Operation("POST", "/enrolments", ask_for_place, "A machine asks for a node's place, every few seconds", None,
              {200: EnrolmentView}, EnrolBody, keyed=False, refusals=("slow_down", "unknown_code")),
    Operation("GET", "/enrolments", list_machines, "Machines that ask for a place", MANAGE, {200: list[MachineView]}),
    Operation("POST", "/enrolments/accept", accept_machine, "Give the machine that shows a code its place", MANAGE,
              {200: NodeFileView}, AcceptBody, keyed=False, refusals=("unknown_code", "wrong_kind_of_node")),
    Operation("GET", "/nodes", list_places, "Every node's place and file", MANAGE, {200: list[NodeFileView]}),
    Operation("GET", "/nodes/own-file", read_own_file, "The asking node's file", "node.own_file",
              {200: NodeFileView}, refusals=("unknown_node",)),
    Operation("GET", "/nodes/{node}/file", read_file, "A node's file", MANAGE, {200: NodeFileView}),
    Operation("POST", "/nodes/{node}/file", change_file, "Change a node's file", MANAGE, {200: NodeFileView},
              NodeFileBody, keyed=False, refusals=("file_changed",)),
    Operation("POST", "/nodes/{node}/remove", remove_place, "Remove a node's place and stop its token", MANAGE,
              {204: None}, NoBody, keyed=False),
]  # fmt: skip
