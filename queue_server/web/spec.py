"""The API as a table of operations, and the OpenAPI 3.1 description made from that same table; knows no view's work.

Every operation says its right, its body model, its answers and its refusals once: `operations.py` checks requests by
it, and this module describes it, so the two cannot drift apart.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from queue_server.web.problems import CONTENT_TYPE, status_of
from queue_server.wire.contract import API, IDEMPOTENCY_HEADER, Problem

REF = "#/components/schemas/{model}"

PARAMETERS: dict[str, dict[str, Any]] = {
    "ticket_id": {"type": "string", "minLength": 1, "maxLength": 64},
    "link": {"type": "string", "minLength": 22, "maxLength": 22, "pattern": "^[A-Za-z0-9_-]+$"},
    "window": {"type": "integer", "minimum": 1, "maximum": 999},
    "staff": {"type": "string", "minLength": 1, "maxLength": 32},
    "node": {"type": "string", "minLength": 1, "maxLength": 32},
    "appointment": {"type": "string", "minLength": 1, "maxLength": 64},
    "notice": {"type": "string", "minLength": 1, "maxLength": 32, "pattern": "^[a-z0-9-]+$"},
    "picture": {"type": "string", "minLength": 32, "maxLength": 32, "pattern": "^[0-9a-f]+$"},
    "service": {"type": "string", "maxLength": 32, "pattern": "^[a-z0-9-]*$", "default": ""},
    "day": {"type": "string", "maxLength": 10, "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", "default": ""},
    "find": {"type": "string", "minLength": 1, "maxLength": 8, "pattern": "^[A-Za-z0-9]+$"},
    "after": {"type": "integer", "minimum": 0, "maximum": 2**53, "default": 0},
    "limit": {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 100},
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one path. `PARAMETERS` describes the `{name}` parts of `path`; without `right` anybody may ask."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    view: Callable[..., Any]
    summary: str
    right: str | None
    answers: Mapping[int, Any] = field(default_factory=dict)
    body: type[BaseModel] | None = None
    query: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    keyed: bool = True  # False: done outside the journal, where no first answer is kept

    @property
    def changes(self) -> bool:
        return self.body is not None

    def codes(self) -> list[str]:
        """Every problem code that this operation may answer."""
        codes = [*self.refusals]
        if self.right is not None:
            codes += ["unauthenticated", "session_expired", "forbidden"]
        if self.changes:
            codes += ["malformed", "too_large", "invalid_values", "not_durable"]
            codes += ["csrf_failed"] if self.right is not None else []
            codes += ["key_reused"] if self.keyed else []
        if self.query:
            codes.append("invalid_values")
        if "{window}" in self.path:
            codes.append("unknown_window")
        if "{ticket_id}" in self.path:
            codes.append("unknown_ticket")
        if "{link}" in self.path:
            codes += ["unknown_link", "slow_down"]
        if "{staff}" in self.path:
            codes.append("unknown_staff")
        if "{notice}" in self.path:
            codes.append("unknown_notice")
        if "{picture}" in self.path:
            codes.append("unknown_picture")
        if "{node}" in self.path:
            codes.append("unknown_node")
        return list(dict.fromkeys(codes))


def describe(operations: list[Operation], version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of `operations`."""
    bodies = [operation.body for operation in operations if operation.body is not None]
    _, definitions = models_json_schema([(body, "validation") for body in dict.fromkeys(bodies)], ref_template=REF)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(API + operation.path, {})[operation.method.lower()] = _describe(operation, schemas)
    schema_of(Problem, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Hall server", "version": version, "summary": "Tickets, windows and what a hall shows"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "session"},
            },
        },
    }


def _describe(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.view.__name__,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": _responses(operation, schemas),
    }
    if operation.right is not None:
        described["security"] = [{"token": []}, {"session": []}]
    if operation.body is not None:
        required = any(info.is_required() for info in operation.body.model_fields.values())
        required = required or bool(operation.body.model_config.get("json_schema_extra") or {})
        schema = {"$ref": REF.format(model=operation.body.__name__)}
        described["requestBody"] = {"required": required, "content": {"application/json": {"schema": schema}}}
    return described


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    named = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    parameters = [{"name": n, "in": "path", "required": True, "schema": PARAMETERS[n]} for n in named]
    parameters += [
        {"name": n, "in": "query", "required": "default" not in PARAMETERS[n], "schema": PARAMETERS[n]}
        for n in operation.query
    ]
    if operation.changes and operation.keyed:
        key = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"\S"}
        parameters.append({"name": IDEMPOTENCY_HEADER, "in": "header", "required": False, "schema": key})
    return parameters


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, shape in operation.answers.items():
        responses[str(status)] = {"description": "Done" if shape is not None else "Nothing to say"}
        if shape is bytes:
            responses[str(status)]["content"] = {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}
        elif shape is not None:
            responses[str(status)]["content"] = {"application/json": {"schema": schema_of(shape, schemas)}}
    if operation.query:
        responses["414"] = {"description": "The address is longer than 8 KiB; gunicorn answers this by itself"}
    by_status: dict[int, list[str]] = {}
    for code in operation.codes():
        by_status.setdefault(status_of(code), []).append(code)
    for status, codes in sorted(by_status.items()):
        schema = {"allOf": [schema_of(Problem, schemas), {"properties": {"code": {"enum": codes}}}]}
        responses[str(status)] = {"description": ", ".join(codes), "content": {CONTENT_TYPE: {"schema": schema}}}
    return responses


def schema_of(shape: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """The JSON schema of a type of `wire`; typed dicts go into `schemas` by name and are referred to.

    Pydantic reads the standard library's TypedDict only from Python 3.12 on, and `wire` imports nothing else.
    """
    plain = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
    if shape in plain:
        return {"type": plain[shape]}
    if shape is object or shape is Any:
        return {}
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is NotRequired:
        return schema_of(arguments[0], schemas)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is list:
        return {"type": "array", "items": schema_of(arguments[0], schemas)}
    if origin is dict:
        return {"type": "object", "additionalProperties": schema_of(arguments[1], schemas)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of(argument, schemas) for argument in arguments]}
    if is_typeddict(shape):
        if shape.__name__ not in schemas:
            schemas[shape.__name__] = {}  # named first: a type may hold itself
            hints = get_type_hints(shape, include_extras=True)
            schemas[shape.__name__] = {
                "type": "object",
                "properties": {name: schema_of(hint, schemas) for name, hint in hints.items()},
                "required": [name for name, hint in hints.items() if get_origin(hint) is not NotRequired],
            }
        return {"$ref": REF.format(model=shape.__name__)}
    raise TypeError(f"{shape!r} has no JSON schema here")
