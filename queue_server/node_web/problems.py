"""Errors of a node as RFC 9457 problems, in the shape of the hall server's; knows no words for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, json
from werkzeug.exceptions import HTTPException

from queue_server.client import HallRefused, HallUnreachable
from queue_server.wire.contract import FieldProblem, Problem

CODES = {400: "malformed", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "not_json"}


class ProblemError(Exception):
    """A request that is answered with a problem. status: 400-599, code: stable, detail: one English sentence."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        facts: Mapping[str, Any] | None = None,
        fields: Sequence[FieldProblem] = (),
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.facts, self.fields = status, code, detail, facts, fields


def problem_body(
    status: int,
    code: str,
    detail: str,
    facts: Mapping[str, Any] | None = None,
    fields: Sequence[FieldProblem] = (),
) -> bytes:
    body: Problem = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if facts:
        body["facts"] = dict(facts)
    if fields:
        body["fields"] = list(fields)
    return json.dumps(body, ensure_ascii=False).encode()


def problem_response(
    status: int,
    code: str,
    detail: str,
    facts: Mapping[str, Any] | None = None,
    fields: Sequence[FieldProblem] = (),
) -> Response:
    return Response(problem_body(status, code, detail, facts, fields), status, content_type="application/problem+json")


def answer_problems(app: Flask) -> None:
    """Let `app` answer every error as a problem, the unforeseen ones as 500 `internal` without their text."""

    def ours(error: ProblemError) -> Response:
        return problem_response(error.status, error.code, error.detail, error.facts, error.fields)

    def refused(error: HallRefused) -> Response:
        return problem_response(error.status, error.code, str(error.problem.get("detail", "")), error.facts)

    def unreachable(_error: HallUnreachable) -> Response:
        return problem_response(503, "server_unreachable", "The hall server does not answer; ask at reception.")

    def http(error: HTTPException) -> Response:
        status = error.code or 500
        return problem_response(status, CODES.get(status, "http_error"), HTTPStatus(status).phrase + ".")

    def unforeseen(error: Exception) -> Response:
        # Without its text and its traceback: either may hold what a citizen typed.
        frames = []
        trace = error.__traceback__
        while trace is not None:
            frames.append(f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
            trace = trace.tb_next
        structlog.get_logger().error("request_failed", error=type(error).__name__, at=frames[-5:])
        return problem_response(500, "internal", "The node made a mistake of its own; its log names the place.")

    app.register_error_handler(ProblemError, ours)
    app.register_error_handler(HallRefused, refused)
    app.register_error_handler(HallUnreachable, unreachable)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(Exception, unforeseen)
