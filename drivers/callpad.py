"""Call pads at windows, several on one line: keys become events, numbers are shown; knows no ticket and no staff."""

from __future__ import annotations

from collections.abc import Callable

from drivers.address import Address, open_transport
from drivers.dialect_port import named_dialect, opener
from drivers.errors import Unsupported
from drivers.ff68_keys import Ff68Language
from drivers.pad_events import GRADE, PadEvent, PadLanguage
from drivers.padline import DEFAULT_BAUD, PadLine
from drivers.ports import DeviceState, GradePressed, KeyPressed
from drivers.transport import OpenTransport

REPEAT_S = 0.5
WAITING = (0, 999)


class CallPads:
    """The call pads of one line. Rating pads may hang on the same line: their presses are told to `on_grade`, with the
    value as it is on the wire."""

    def __init__(self, open_transport: OpenTransport, language: PadLanguage, *, repeat_s: float = REPEAT_S) -> None:
        self._line = PadLine("call pads", open_transport, language, repeat_s)
        self._on_key: Callable[[KeyPressed], None] = lambda _key: None
        self._on_grade: Callable[[GradePressed], None] = lambda _grade: None

    def listen(
        self,
        on_key: Callable[[KeyPressed], None],
        on_state: Callable[[DeviceState], None],
        on_grade: Callable[[GradePressed], None] = lambda _grade: None,
    ) -> None:
        """Start the thread; all callbacks are called from it."""
        self._on_key, self._on_grade = on_key, on_grade
        self._line.listen(self._told, on_state)

    def show_ticket(self, address: int, number: str) -> None:
        """Show the digits of a ticket at the pad, "" for blank. Raises Unsupported for letters, Unplugged, Mute."""
        self._line.command("show" if number else "clear", number, _on_line(address))

    def show_waiting(self, address: int, count: int) -> None:
        """Show how many wait; more than 999 is shown as 999. Raises Unsupported, Unplugged, Mute."""
        if count < WAITING[0]:
            raise Unsupported(f"{count} cannot wait; the count is 0 or more.")
        self._line.command("waiting", f"{min(count, WAITING[1]):03d}", _on_line(address))

    def show(self, address: int, number: str, waiting: int) -> None:
        """Show the digits of a ticket, "" for none, and how many wait; where the pad has not room for both, the ticket
        first. Raises Unsupported for letters, Unplugged, Mute."""
        at, count = _on_line(address), min(waiting, WAITING[1])
        try:
            self._line.command("both", f"{max(count, WAITING[0]):03d} {number}", at)
        except Unsupported:
            if number:
                self.show_ticket(address, number)
            else:
                self.show_waiting(address, waiting)

    def beep(self, address: int) -> None:
        """Let the pad beep. Raises Unsupported, Unplugged, Mute."""
        self._line.command("beep", "", _on_line(address))

    def open_rating(self, address: int) -> None:
        """Let the rating pad at `address` ask for a grade. Raises Unsupported, Unplugged, Mute."""
        self._line.command("open_rating", "", _on_line(address))

    def state(self) -> DeviceState:
        return self._line.state

    def close(self) -> None:
        self._line.close()

    def _told(self, event: PadEvent) -> None:
        if event.event != GRADE:
            self._on_key(KeyPressed(event.address, event.event, event.digits))
        elif event.value is not None:
            self._on_grade(GradePressed(event.address, event.value))


def create(address: Address) -> CallPads:
    """FF 68 call pads at `address`; 9,600 baud unless it names another rate."""
    return CallPads(lambda: open_transport(address, DEFAULT_BAUD), Ff68Language())


def create_dialect(address: Address, *, dialect: str = "") -> CallPads:
    """Call pads at `address` that speak the dialect in the file `dialect`. Raises BadDialect, Unsupported."""
    language = named_dialect(dialect)
    return CallPads(opener(address, language.baud, language.line), language)


def _on_line(address: int) -> int:
    if not 0 <= address <= 255:
        raise Unsupported(f"{address} is no address on a line; addresses are 0 to 255.")
    return address
