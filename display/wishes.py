"""What the rating tablet may send, checked value by value; knows nothing of what is done with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from config.reasons import load_reasons
from queue_server.node_web import ProblemError


@dataclass(frozen=True, slots=True)
class Rating:
    """grade: 1-5 · reasons: national codes of that grade, each once."""

    tap_id: str
    ticket_id: str
    grade: int
    reasons: list[str]


def read_rating(body: Any) -> Rating:
    """The body of `POST /api/windows/{n}/rating`. Raises ProblemError 400, or 422 that names the field."""
    if not isinstance(body, dict):
        raise ProblemError(400, "malformed", "Send one JSON object.")
    tap_id, ticket_id, grade = body.get("tap_id"), body.get("ticket_id"), body.get("grade")
    reasons = body.get("reasons", [])
    if not isinstance(tap_id, str) or not 8 <= len(tap_id) <= 128:
        raise _invalid("tap_id", "8 to 128 characters")
    if not isinstance(ticket_id, str) or not 1 <= len(ticket_id) <= 64:
        raise _invalid("ticket_id", "the id of a ticket")
    if not isinstance(grade, int) or isinstance(grade, bool) or not 1 <= grade <= 5:
        raise _invalid("grade", "1 to 5")
    if not isinstance(reasons, list) or not _are_codes(reasons, load_reasons()[grade]):
        raise _invalid("reasons", f"codes of grade {grade}, each once")
    return Rating(tap_id, ticket_id, grade, reasons)


def _are_codes(reasons: list[Any], codes: Collection[str]) -> bool:
    return all(isinstance(reason, str) and reason in codes for reason in reasons) and len(set(reasons)) == len(reasons)


def _invalid(field: str, want: str) -> ProblemError:
    return ProblemError(422, "invalid_values", f"{field} must be {want}.", fields=[{"field": field, "problem": want}])
