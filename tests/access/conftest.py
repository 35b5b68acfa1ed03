"""Accounts and tokens in a database of their own, and a clock that the test turns."""

from __future__ import annotations

import pytest

from queue_server.access import Access
from queue_server.database import Database

HALL = "oubei"
KEY = b"k" * 32


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def access(database: Database, clock: Clock) -> Access:
    return Access(database, HALL, KEY, clock_s=clock)


@pytest.fixture
def another_process(database: Database, clock: Clock) -> Access:
    """The same accounts with nothing remembered in common."""
    return Access(database, HALL, KEY, clock_s=clock)
