"""Rating pads that speak FF 68, several on one line: presses become grades; knows no ticket and no citizen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from drivers import ff68
from drivers.address import Address, open_transport
from drivers.errors import Unplugged, Unsupported
from drivers.ff68 import Ff68Parser, Message
from drivers.listener import Listener
from drivers.ports import DeviceState, GradePressed
from drivers.states import OK
from drivers.transport import OpenTransport, Transport

DEFAULT_BAUD = 9600
GRADES: Mapping[int, int] = {0: 2, 2: 4, 3: 5}
"""Value of a press -> grade, as seen in halls: 0 不满意, 2 满意, 3 非常满意.

There, 1 is 默认, what a pad sends when nobody pressed: it is acknowledged and is no grade. A site whose fourth key
sends 1
says so in its settings.
"""

_REPEAT_S = 1.0
_READ_S = 0.5


class Ff68Pads:
    """The pads of one line.

    open_transport: opens the line; called again after it was unplugged · grades: value of a press (0–255) -> grade
    1–5; a value
    that is not in it is acknowledged and not told.
    """

    def __init__(self, open_transport: OpenTransport, *, grades: Mapping[int, int] = GRADES) -> None:
        for value, grade in grades.items():
            if not 0 <= value <= 255 or not 1 <= grade <= 5:
                raise Unsupported(f"A press of {value} cannot mean grade {grade}; values are 0 to 255, grades 1 to 5.")
        self._grades = dict(grades)
        self._on_grade: Callable[[GradePressed], None] = lambda _grade: None
        self._transport: Transport | None = None
        self._write_lock = threading.Lock()
        self._last: dict[int, tuple[int, float]] = {}  # address -> value, seconds
        self._listener = Listener("rating pads", open_transport, self._session)

    def listen(self, on_grade: Callable[[GradePressed], None], on_state: Callable[[DeviceState], None]) -> None:
        """Start the thread; both callbacks are called from it."""
        self._on_grade = on_grade
        self._listener.start(on_state)

    def open_rating(self, address: int) -> None:
        """Let the pad at `address` (0–255) ask for a grade. Raises Unplugged, Mute."""
        with self._write_lock:
            if self._transport is None:
                raise Unplugged("The rating pads are not connected; see their cable.")
            self._transport.write(ff68.open_rating(address))

    def state(self) -> DeviceState:
        """A pad says nothing while nobody presses it, so this tells of the line, not of each pad."""
        return self._listener.state

    def close(self) -> None:
        self._listener.stop()

    def _session(self, transport: Transport) -> None:
        parser = Ff68Parser()
        with self._write_lock:
            self._transport = transport
        try:
            self._listener.report(OK)
            while not self._listener.stopped():
                for message in parser.messages(transport.read(_READ_S), time.monotonic()):
                    self._take(transport, message)
        finally:
            with self._write_lock:
                self._transport = None

    def _take(self, transport: Transport, message: Message) -> None:
        # Anything else is a call pad's business, or our own bytes echoed on the line.
        if message.command != ff68.RATE or len(message.data) != 1:
            return
        with self._write_lock:
            transport.write(ff68.acknowledge_rating(message.address))
        value, now_s = message.data[0], time.monotonic()
        before = self._last.get(message.address)
        self._last[message.address] = (value, now_s)
        if before is not None and before[0] == value and now_s - before[1] < _REPEAT_S:
            return  # the pad repeats a press until it hears the acknowledgement
        grade = self._grades.get(value)
        if grade is not None:
            self._listener.tell(lambda: self._on_grade(GradePressed(message.address, grade)))


def create(address: Address, *, grades: Mapping[int, int] | Mapping[str, int] = GRADES) -> Ff68Pads:
    """The pads at `address`; 9,600 baud unless it names another rate. Keys of `grades` may be text, as TOML has
    them."""
    return Ff68Pads(
        lambda: open_transport(address, DEFAULT_BAUD), grades={int(value): grade for value, grade in grades.items()}
    )
