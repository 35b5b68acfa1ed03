"""Opinions out of the box, their receipts and figures; knows only shapes."""

from __future__ import annotations

from typing import Literal, TypedDict

OpinionSubject = Literal["complaint", "suggestion", "praise", "question"]


class OpinionReceipt(TypedDict):
    """`due`: the last day for an answer, YYYY-MM-DD."""

    opinion: str
    due: str


class OpinionView(TypedDict):
    """For the manager. `text` and `reply` are null when their words have been deleted; `phone` is masked."""

    opinion: str
    subject: OpinionSubject
    channel: str
    filed_at: str
    due: str
    overdue: bool
    text: str | None
    phone: str | None
    reply: str | None
    answered_at: str | None


class OpinionFigures(TypedDict):
    """Opinions without an answer, and how many of them are past their day."""

    open: int
    overdue: int
