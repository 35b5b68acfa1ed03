"""Where pins are: the Pi's own, or a simulated board; knows no lamp and no button.

Everything is written against the API of the module `RPi.GPIO`, which rpi-lgpio supplies on a Pi 5 and new kernels. It
is imported only when pins are opened: off a Pi the import itself fails.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar, cast

from drivers.address import Address, open_transport
from drivers.errors import BadAddress, DriverError, LibraryMissing, Unplugged
from drivers.remote_pins import RemotePins

Result = TypeVar("Result")


class PinBoard(Protocol):
    """What is used of the module RPi.GPIO. Pins are numbered as the chip has them (BCM, 0–27)."""

    BCM: int
    IN: int
    OUT: int
    PUD_UP: int
    BOTH: int

    def setwarnings(self, flag: bool) -> None: ...
    def setmode(self, mode: int) -> None: ...
    def setup(self, channel: int, direction: int, **options: Any) -> None: ...
    def output(self, channel: int, value: int) -> None: ...
    def input(self, channel: int) -> int: ...
    def add_event_detect(self, channel: int, edge: int, callback: Callable[[int], None]) -> None: ...
    def remove_event_detect(self, channel: int) -> None: ...
    def cleanup(self, channel: int) -> None: ...


class Pins:
    """Some pins of a board. What the library raises ends here. Raises Unplugged, Mute from every method."""

    def __init__(self, board: PinBoard) -> None:
        self._board = board
        self._used: dict[int, int | None] = {}  # pin -> level that is left behind, None for inputs
        self._watched: list[int] = []
        self._call(lambda: board.setwarnings(False))
        self._call(lambda: board.setmode(board.BCM))

    def lamp(self, pin: int, dark: int) -> None:
        """Use `pin` as an output that is `dark` (0 or 1) now and when it is let go."""
        self._call(lambda: self._board.setup(pin, self._board.OUT, initial=dark))
        self._used[pin] = dark

    def light(self, pin: int, level: int) -> None:
        self._call(lambda: self._board.output(pin, level))

    def button(self, pin: int) -> None:
        """Use `pin` as an input with the chip's pull-up."""
        self._call(lambda: self._board.setup(pin, self._board.IN, pull_up_down=self._board.PUD_UP))
        self._used[pin] = None

    def pressed(self, pin: int) -> bool:
        """Whether the button connects `pin` to ground."""
        return self._call(lambda: self._board.input(pin)) == 0

    def watch(self, pin: int, on_edge: Callable[[int], None]) -> bool:
        """Whether `on_edge` will be called at each change of `pin`; else its user has to poll."""
        try:
            self._board.add_event_detect(pin, self._board.BOTH, callback=on_edge)
        except RuntimeError:  # kernels since 6.6 with the old library
            return False
        self._watched.append(pin)
        return True

    def close(self) -> None:
        """Let the pins go; may be called twice."""
        for pin in self._watched:
            with suppress(RuntimeError, OSError, DriverError):
                self._board.remove_event_detect(pin)
        for pin, dark in self._used.items():
            with suppress(RuntimeError, OSError, DriverError):
                if dark is not None:
                    self._board.output(pin, dark)
                self._board.cleanup(pin)
        self._watched, self._used = [], {}
        if isinstance(self._board, RemotePins):
            self._board.close()

    def _call(self, call: Callable[[], Result]) -> Result:
        try:
            return call()
        except (RuntimeError, OSError, ValueError) as err:
            if isinstance(err, DriverError):
                raise
            raise Unplugged(f"The pins do not work: {err}.") from err


OpenPins = Callable[[], Pins]


def opener(address: Address) -> OpenPins:
    """Opens the pins of gpio://bcm or simulated://NAME. Raises BadAddress; opening raises LibraryMissing, Unplugged."""
    if address.scheme == "gpio":
        return lambda: Pins(load_board())
    if address.scheme == "simulated":
        return lambda: Pins(RemotePins(open_transport(address)))
    raise BadAddress(f"{address} has no pins; write gpio://bcm or simulated://NAME.")


def load_board() -> PinBoard:
    """The Pi's own pins. Raises LibraryMissing with what to install."""
    try:
        from RPi import GPIO
    except (ImportError, RuntimeError, OSError) as err:
        raise LibraryMissing(
            f"The pins cannot be used ({err}). On a Raspberry Pi install hall-queue[device], which brings rpi-lgpio, "
            "and uninstall RPi.GPIO; on other machines there are no such pins."
        ) from err
    return cast(PinBoard, GPIO)
