"""All live views of one hall behind their names; folds events once for all of them, knows no sockets and no rights."""

from __future__ import annotations

from typing import cast

from config.settings import HallSettings
from queue_server.hall.events import Event
from queue_server.hall.evolve import evolve
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall
from queue_server.readers.board import Calls, board
from queue_server.readers.console import console, window_live
from queue_server.readers.estimates import NONE, Estimates
from queue_server.readers.figures import Figures
from queue_server.readers.guide import guide
from queue_server.readers.kiosk import kiosk
from queue_server.readers.manager import hall_view
from queue_server.readers.public import NOTHING, Public

PLAIN_VIEWS = ("board", "kiosk", "guide", "hall")
WINDOW_VIEWS = ("window", "console")


class Views:
    """The hall as committed so far, and what is shown of it. Not thread-safe: one thread applies and reads."""

    def __init__(self, settings: HallSettings) -> None:
        self.hall = Hall(settings)
        self.calls = Calls()
        self.figures = Figures()
        self.estimates: Estimates = NONE  # whoever makes them puts them here, whole
        self.public: Public = NOTHING  # and whoever reads the tables, these

    def apply(self, event: Event, seq: int) -> None:
        evolve(self.hall, event, seq)
        self.calls.apply(self.hall, event, seq)
        self.figures.apply(self.hall, event, seq)

    def view(self, name: str, at_ms: int) -> dict[str, object]:
        """The whole view `name`; raises Refused("unknown_window") or KeyError for a name that is no view."""
        kind, window = parse(name)
        if kind in WINDOW_VIEWS and window not in self.hall.settings.windows:
            raise Refused("unknown_window", window=window)
        match kind:
            case "board":
                data: object = board(self.hall, self.calls, self.estimates)
            case "kiosk":
                data = kiosk(self.hall, at_ms, self.estimates)
            case "guide":
                data = guide(self.hall, self.public, at_ms)
            case "hall":
                data = hall_view(self.hall, self.figures, at_ms, self.estimates)
            case "window":
                data = window_live(self.hall, self.figures, cast(int, window), self.public)
            case _:
                data = console(self.hall, self.figures, cast(int, window), at_ms, self.estimates)
        return cast(dict[str, object], data)


def parse(name: str) -> tuple[str, int | None]:
    """("console", 3) of "console:3"; raises KeyError when there is no such view."""
    if name in PLAIN_VIEWS:
        return name, None
    kind, _, number = name.partition(":")
    if kind in WINDOW_VIEWS and number.isascii() and number.isdigit() and len(number) <= 3:
        return kind, int(number)
    raise KeyError(name)
