"""From an HTTP request to an operation's view: credentials, body, Idempotency-Key; knows no rule of the hall.

A view gets a `Call`, asks one command or reads one view, and answers. Everything that may go wrong on the way is one of
the problem codes its operation lists.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from queue_server.access import Principal, allowed
from queue_server.engine import Asked, Reply
from queue_server.hall.commands import Command
from queue_server.hall.rules import Decision
from queue_server.hall.state import Hall
from queue_server.journal import Sealed
from queue_server.request_keys import new_key
from queue_server.web.credentials import check_csrf, principal_of
from queue_server.web.hall_server import HallServer
from queue_server.web.problems import ProblemError, response, status_of
from queue_server.web.spec import PARAMETERS, Operation
from queue_server.wire.contract import API, IDEMPOTENCY_HEADER, FieldProblem

KEY_MAX = 128
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # as JSON writes it; PostgreSQL takes no text with it


@dataclass(frozen=True, slots=True)
class Call:
    """A checked request. `principal` is None only where no credentials are needed; `query` holds checked values."""

    server: HallServer
    asker: Principal | None
    body: Any
    query: dict[str, Any]
    key: str | None
    fingerprint: str | None

    @property
    def principal(self) -> Principal:
        if self.asker is None:
            raise ProblemError("unauthenticated")
        return self.asker

    def command(
        self,
        make: Callable[[str, int], Command],
        answer: Callable[[Hall, Decision], Reply],
        sealed: Sequence[Sealed] = (),
        by: str | None = None,
    ) -> Response:
        """Ask the engine; `make` gets the command's id and the time in milliseconds. `by`: if nobody signed in."""
        at_ms = self.server.now_ms()
        command = make(self.key or new_key(), at_ms)
        asker = by or f"{self.principal.role}:{self.principal.id}"

        def asked(done: Callable[[Reply], None]) -> Asked:
            return Asked(command, asker, answer, done, self.fingerprint, sealed)

        return response(self.server.bridge.ask(self.server.engine, asked))


def register(app: Flask, server: HallServer, operations: Sequence[Operation]) -> None:
    for operation in operations:
        rule = API + operation.path.replace("{", "<").replace("}", ">")
        app.add_url_rule(rule, operation.view.__name__, _handler(server, operation), methods=[operation.method])


def _handler(server: HallServer, operation: Operation) -> Callable[..., Response]:
    name = operation.view.__name__

    def handle(**path: str) -> Response:
        began = time.perf_counter()
        try:
            answer = _answer(server, operation, path)
        except ProblemError as problem:
            server.metrics.answered(name, status_of(problem.code), time.perf_counter() - began)
            raise
        server.metrics.answered(name, answer.status_code, time.perf_counter() - began)
        return answer

    return handle


def _answer(server: HallServer, operation: Operation, path: dict[str, str]) -> Response:
    values: dict[str, Any] = dict(path)
    if "window" in path:
        values["window"] = _window(path["window"])
    asker = None
    if operation.right is not None:
        asker = principal_of(server)
        if not allowed(asker, operation.right, values.get("window")):
            raise ProblemError("forbidden", right=operation.right)
        if operation.changes:
            check_csrf(server)
    for name, text in path.items():
        if "\0" in text:  # nothing has such a name, and PostgreSQL cannot even be asked for it
            raise ProblemError(f"unknown_{name.removesuffix('_id')}")
    body = _body(operation.body) if operation.body is not None else None
    key = _key() if operation.changes and operation.keyed else None
    fingerprint = None
    if key is not None and body is not None:
        said = f"{request.method} {request.path}\n{body.model_dump_json()}"
        fingerprint = server.vault.fingerprint(said.encode())
    answer: Response = operation.view(Call(server, asker, body, _query(operation), key, fingerprint), **values)
    return answer


def _window(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 3):
        raise ProblemError("unknown_window", window=text[:32])
    return int(text)


def _body(model: type[BaseModel]) -> BaseModel:
    raw = request.get_data(cache=False)
    if NUL.search(raw):
        raise ProblemError("invalid_values", [{"field": "body", "problem": "a text holds the character U+0000"}])
    try:
        return model.model_validate_json(raw.strip() or b"{}")
    except ValidationError as err:
        errors = err.errors(include_url=False, include_context=False, include_input=False)
        if any(error["type"] == "json_invalid" for error in errors):
            raise ProblemError("malformed") from None
        fields: list[FieldProblem] = [
            {"field": _field(from_json(raw.strip() or b"{}"), error["loc"]), "problem": error["msg"]}
            for error in errors
        ]
        raise ProblemError("invalid_values", fields) from None


def _field(said: Any, where: Sequence[str | int]) -> str:
    """The place of a mistake as the asker wrote it: pydantic goes on to the kinds that a value could have been."""
    named = []
    for part in where:
        if isinstance(said, dict):
            said = said.get(part)
        elif isinstance(said, list) and isinstance(part, int):
            said = said[part]
        else:
            break
        named.append(str(part))
    return ".".join(named) or "body"


def _key() -> str | None:
    header = request.headers.get(IDEMPOTENCY_HEADER)
    if header is None:
        return None
    try:
        key = header.encode("latin-1").decode()  # WSGI hands over the bytes of a header as Latin-1
    except UnicodeError:
        key = header
    if not 1 <= len(key) <= KEY_MAX:
        field: FieldProblem = {"field": IDEMPOTENCY_HEADER, "problem": f"1 to {KEY_MAX} characters"}
        raise ProblemError("invalid_values", [field])
    return key


def _query(operation: Operation) -> dict[str, Any]:
    values: dict[str, Any] = {}
    wrong: list[FieldProblem] = []
    for name in operation.query:
        schema, texts = PARAMETERS[name], request.args.getlist(name)
        if not texts and "default" in schema:
            values[name] = schema["default"]
        elif len(texts) == 1 and _fits(schema, texts[0]):
            values[name] = int(texts[0]) if schema["type"] == "integer" else texts[0]
        else:
            wrong.append({"field": name, "problem": f"one value that fits {json.dumps(schema)}"})
    if wrong:
        raise ProblemError("invalid_values", wrong)
    return values


def _fits(schema: dict[str, Any], text: str) -> bool:
    if schema["type"] == "integer":
        return text.isascii() and text.isdigit() and schema["minimum"] <= int(text) <= schema["maximum"]
    return len(text) <= schema["maxLength"] and re.search(schema["pattern"], text) is not None
