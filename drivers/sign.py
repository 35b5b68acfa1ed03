"""Signs at windows, several on one line: what was shown last stays wanted and is shown again; knows no ticket.

Signs only listen. So *shown* means that the bytes were taken by the port; that the lamp glows nobody can know.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from drivers.address import Address
from drivers.dialect_language import Dialect
from drivers.dialect_port import named_dialect, opener
from drivers.errors import Unsupported
from drivers.listener import Listener
from drivers.ports import DeviceState
from drivers.sign_bytes import Alpha, Kanban, LedStrip, SignLanguage
from drivers.states import OK
from drivers.transport import OpenTransport, Transport

_LOOK_S = 0.1
_BETWEEN_S = 0.02  # a sign needs a moment to tell two frames apart


class Signs:
    """The signs of one line. Nothing here blocks: a thread writes, and writes all again when the line comes back.

    open_transport: opens the line, again after it was unplugged · language: the bytes of this kind of sign ·
    address: of the sign that is meant where none is named, 0–255.
    """

    def __init__(self, open_transport: OpenTransport, language: SignLanguage, *, address: int = 0) -> None:
        _check_address(address)
        self._language = language
        self._address = address
        self._lock = threading.Lock()
        self._wanted: dict[tuple[int, str], bytes] = {}
        self._due: dict[tuple[int, str], bytes] = {}
        self._listener = Listener("signs", open_transport, self._session)
        self._listener.start(lambda _state: None)

    def show(self, label: str, address: int | None = None) -> None:
        """Show a ticket's label or number. Raises Unsupported with the character that the sign lacks."""
        self._want("shown", lambda at: self._language.label(label, at), address)

    def pause(self, text: str, address: int | None = None) -> None:
        """Show a text instead of a number. Raises Unsupported where the sign shows no text."""
        self._want("shown", lambda at: self._language.text(text, at), address)

    def clear(self, address: int | None = None) -> None:
        """Show nothing, or 0 where the sign has no blank."""
        self._want("shown", self._language.clear, address)

    def set_brightness(self, percent: int, address: int | None = None) -> None:
        """0–100. Raises Unsupported where the protocol has none."""
        if not 0 <= percent <= 100:
            raise Unsupported(f"Brightness is from 0 to 100 percent, not {percent}.")
        self._want("brightness", lambda at: self._language.brightness(percent, at), address)

    def state(self) -> DeviceState:
        """Of the line: whether its port takes the bytes."""
        return self._listener.state

    def close(self) -> None:
        self._listener.stop()

    def _want(self, what: str, build: Callable[[int], bytes], address: int | None) -> None:
        at = self._address if address is None else address
        _check_address(at)
        data = build(at)
        with self._lock:
            self._wanted[at, what] = data
            self._due[at, what] = data

    def _session(self, transport: Transport) -> None:
        with self._lock:
            self._due = dict(self._wanted)
        while not self._listener.stopped():
            with self._lock:
                due, self._due = list(self._due.values()), {}
            for data in due:
                transport.write(data)
                self._listener.stopped(_BETWEEN_S)
            self._listener.report(OK)
            transport.read(_LOOK_S)  # our own bytes on a line with echo; and it notices a pulled cable


class DialectSign:
    """A SignLanguage out of a dialect's commands `show`, `pause`, `clear` and `brightness` (percent, as = "number")."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.baud = dialect.baud
        self.line: Mapping[str, str] = dialect.line

    def label(self, label: str, address: int) -> bytes:
        return self._dialect.command("show", label, address)

    def text(self, text: str, address: int) -> bytes:
        return self._dialect.command("pause", text, address)

    def clear(self, address: int) -> bytes:
        return self._dialect.command("clear", "", address)

    def brightness(self, percent: int, address: int) -> bytes:
        return self._dialect.command("brightness", str(percent), address)


def create_kanban(address: Address, *, at: int = 1) -> Signs:
    """Number signs on RS-485; `at` is the sign's own address, 0–255."""
    return _signs(address, Kanban(), at)


def create_alpha(address: Address, *, at: int = 0) -> Signs:
    """Alpha signs, 9,600 baud 7E1 unless the address says otherwise; `at` 0 is every sign."""
    return _signs(address, Alpha(), at)


def create_led_strip(address: Address) -> Signs:
    """A CX-H strip at udp://HOST:8453."""
    return _signs(address, LedStrip(), 0)


def create_dialect(address: Address, *, dialect: str = "", at: int = 0) -> Signs:
    """Signs that speak the dialect in the file `dialect`. Raises BadDialect, Unsupported."""
    return _signs(address, DialectSign(named_dialect(dialect)), at)


def _signs(address: Address, language: SignLanguage, at: int) -> Signs:
    return Signs(opener(address, language.baud, language.line), language, address=at)


def _check_address(address: int) -> None:
    if not 0 <= address <= 255:
        raise Unsupported(f"{address} is no address of a sign; addresses are 0 to 255.")
