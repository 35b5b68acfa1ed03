"""What is to happen next in a virtual hall, in the order of time; knows nobody in it, and the rules as a black box."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from queue_server.hall.commands import Command
from queue_server.hall.events import Event
from queue_server.hall.refusal import Refused
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall


@dataclass(frozen=True, slots=True)
class Step:
    """One command and what came of it."""

    at_ms: int
    command: Command
    events: list[Event]
    refused: Refused | None


Action = Callable[[int], Step | None]  # gets the time; asks the hall for one thing at most


class Agenda:
    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self._heap: list[tuple[int, int, Action]] = []
        self._count = 0

    def at(self, at_ms: int, action: Action) -> None:
        """Do `action` at `at_ms`; of two at the same time the one that was put down first is first."""
        self._count += 1
        heappush(self._heap, (at_ms, self._count, action))

    def ask(self, command: Command) -> Step:
        decision = decide(self.hall, command)
        return Step(command.at_ms, command, decision.events, decision.refused)

    @property
    def command_id(self) -> str:
        """A name for the next command: two commands of which something came never have the same one."""
        return f"v{self.hall.seq}"

    def steps(self) -> Iterator[Step]:
        while self._heap:
            at_ms, _, action = heappop(self._heap)
            step = action(at_ms)
            if step is not None:
                yield step
