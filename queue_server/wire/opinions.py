"""Opinions out of the box, their receipts and figures; knows only shapes."""

from __future__ import annotations

from typing import Literal, TypedDict

OpinionSubject = Literal["complaint", "suggestion", "praise", "question"]


class OpinionReceipt(TypedDict):
    """`number`: what the citizen is told, "K3F7-Q2XM"; `due`: the last day for an answer, YYYY-MM-DD."""

    opinion: str
    number: str
    due: str


class OpinionView(TypedDict):
    """For the manager. `text` and `reply` are null when their words have been deleted; `phone` is masked. `received`:
    the day it came on paper, if that was before `filed_at`."""

    opinion: str
    number: str
    subject: OpinionSubject
    channel: str
    filed_at: str
    received: str | None
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
