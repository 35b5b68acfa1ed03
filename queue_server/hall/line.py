"""A line of waiting tickets, kept sorted by place; knows neither windows nor rules.

Priority tickets and those with an appointment stand in files of their own beside the ordinary ones, so that the head
of each, and how many stand before a given place, is found without walking the line.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Literal

from queue_server.hall.events import Place

Standing = tuple[Place, str]  # (place, ticket_id)
FileName = Literal["ordinary", "priority", "due"]


class File:
    """Tickets in the order of their places."""

    __slots__ = ("_standing",)

    def __init__(self) -> None:
        self._standing: list[Standing] = []

    def __len__(self) -> int:
        return len(self._standing)

    def __iter__(self) -> Iterator[Standing]:
        return iter(self._standing)

    def add(self, place: Place, ticket_id: str) -> None:
        insort(self._standing, (place, ticket_id))

    def remove(self, place: Place, ticket_id: str) -> None:
        """Raises KeyError when the ticket does not stand there: the caller's books are wrong."""
        if self._standing and self._standing[0] == (place, ticket_id):  # who is called mostly stands in front
            del self._standing[0]
            return
        index = bisect_left(self._standing, (place, ticket_id))
        if index == len(self._standing) or self._standing[index][1] != ticket_id:
            raise KeyError(ticket_id)
        del self._standing[index]

    def head(self) -> Standing | None:
        return self._standing[0] if self._standing else None

    def last(self) -> Standing | None:
        return self._standing[-1] if self._standing else None

    def first(self, count: int) -> list[Standing]:
        return self._standing[:count]

    def before(self, place: Place) -> int:
        """How many stand before `place`."""
        return bisect_left(self._standing, (place, ""))


class Line:
    """Those who wait for one service, or for one window in particular.

    In `due` a place begins with the start of the appointment's slot, so that the head is the one due first.
    """

    __slots__ = ("due", "ordinary", "priority")

    def __init__(self) -> None:
        self.ordinary = File()
        self.priority = File()
        self.due = File()

    def __len__(self) -> int:
        return len(self.ordinary) + len(self.priority) + len(self.due)

    def file(self, name: FileName) -> File:
        match name:
            case "ordinary":
                return self.ordinary
            case "priority":
                return self.priority
            case "due":
                return self.due

    def files(self) -> tuple[File, File, File]:
        return self.ordinary, self.priority, self.due
