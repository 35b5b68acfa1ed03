"""What every message shares: where paths begin, words for states, problems and the feed's frame; knows only shapes."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

API = "/api/v1"
LIVE_NAMESPACE = "/live"
IDEMPOTENCY_HEADER = "Idempotency-Key"

Text = dict[str, str]
TicketState = Literal["waiting", "called", "serving", "parked", "finished", "no_show", "cancelled"]
WindowState = Literal["closed", "open", "paused"]


class Estimate(TypedDict):
    p50_s: float
    p90_s: float


class Problem(TypedDict):
    """RFC 9457. `code` is stable; `detail` is for a log, the words for people are in the language files.

    A hall server says each of the `facts` as a member of its own as well.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    facts: NotRequired[dict[str, object]]
    fields: NotRequired[list[FieldProblem]]


class FieldProblem(TypedDict):
    field: str
    problem: str


class Follow(TypedDict):
    """Acknowledgement of `follow {view}`, and the event `view`."""

    view: str
    seq: int
    data: dict[str, object]
