"""What can become of a request to a hall server besides an answer; knows no request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HallError(Exception):
    """A request to the hall server did not do what was asked."""


class HallRefused(HallError):  # noqa: N818 - the rules refuse, nothing is broken
    """The server refused. `code` is stable, `facts` are what it said about it, `problem` is its whole answer."""

    def __init__(self, status: int, code: str, facts: Mapping[str, Any], problem: Mapping[str, Any]) -> None:
        super().__init__(f"the hall server refused: {status} {code}")
        self.status, self.code, self.facts, self.problem = status, code, dict(facts), dict(problem)


class HallUnreachable(HallError, ConnectionError):  # noqa: N818 - named like HallRefused
    """No answer of a hall server came before the deadline. The request may or may not have been carried out."""
