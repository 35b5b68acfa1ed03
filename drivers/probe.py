"""Asks what stands at an address, without printing, showing, playing or keeping anything; knows no node."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from drivers.address import Address, Scheme, open_transport, twin_path
from drivers.dialect_file import load_dialect
from drivers.dialect_port import opener
from drivers.errors import BadAddress, BadFrame, Mute, Unplugged, Unsupported
from drivers.evdev_port import open_keys
from drivers.ff68 import Ff68Parser
from drivers.framing import FrameParser
from drivers.idcard import ReaderLine
from drivers.pins import Pins, load_board
from drivers.players import AplayPlayer, TwinPlayer
from drivers.printer_cups import CupsPrinter
from drivers.printer_talk import Patience, PrinterTalk
from drivers.sdt import SdtTalk
from drivers.trace import OnBytes, TracedTransport
from drivers.transport import Transport
from drivers.usb_line import open_usb

LISTEN_S = 1.0
_READ_S = 0.1
_REFUSAL_S = 0.3
_PRINTER_BAUDS = (9600, 19_200, 38_400, 115_200, 57_600)
_ONLY: dict[Scheme, str] = {"usb": "escpos", "cups": "escpos", "udp": "ledstrip", "evdev": "evdev", "gpio": "gpio"}
"""Places that no more than one driver can use."""


def probe(address: Address, driver: str | None, on_bytes: OnBytes | None = None, listen_s: float = LISTEN_S) -> str:
    """One sentence on what answers at `address`.

    driver: name of a driver to try, "listen", the path of a dialect's file, or None for every one that asks without
    harm · on_bytes: is told each byte both ways · listen_s: how long a line is listened to that speaks by itself.
    Raises DriverError with what is wrong.
    """
    only = _ONLY.get(address.scheme)
    if only is not None and driver not in (None, only) and not (address.scheme == "udp" and _listens(driver)):
        raise BadAddress(f"{address} is not for the driver {driver}; there only {only} fits.")
    if address.scheme == "alsa" or (address.scheme == "simulated" and twin_path(address.place).is_socket()):
        return _speaker(address)
    if only is not None and driver in (None, only) and address.scheme != "usb":
        return _LOCAL[address.scheme](address)
    return _Prober(address, on_bytes, listen_s).probe(driver or only)


def _listens(driver: str | None) -> bool:
    return driver is not None and (driver == "listen" or driver.endswith(".toml"))


class _Prober:
    """One address and how its line is opened."""

    def __init__(self, address: Address, on_bytes: OnBytes | None, listen_s: float) -> None:
        self._address = address
        self._on_bytes = on_bytes
        self._listen_s = listen_s
        self._known: dict[str, Callable[[], str]] = {
            "escpos": self._printer,
            "ff68": self._pads,
            "listen": self._listened,
            "sdt": self._reader,
        }

    def probe(self, driver: str | None) -> str:
        if driver is not None and driver.endswith(".toml"):
            return self._dialect(Path(driver))
        if driver == "speech":
            return _speaker(self._address)
        if driver is not None:
            if driver not in self._known:
                names = ", ".join(sorted([*self._known, *_ONLY.values(), "speech"]))
                raise Unsupported(f"There is no driver {driver!r} to probe with; there are {names} and FILE.toml.")
            return self._known[driver]()
        # Printers first: what another device is asked would come out of one as a line of characters.
        for name in ("escpos", "sdt"):
            try:
                return self._known[name]()
            except (Mute, BadFrame):
                continue
        raise Mute(
            f"{self._address} opens, but nothing answers to escpos or sdt. A pad is silent until it is pressed "
            "(--driver ff68 listens to the line, --driver listen --seconds 30 --trace shows what an unknown one "
            "sends), a sign never answers; else see power, cable and baud rate."
        )

    def _open(self, address: Address, baud: int = 9600) -> Transport:
        transport = open_usb(address) if address.scheme == "usb" else open_transport(address, baud)
        return transport if self._on_bytes is None else TracedTransport(transport, self._on_bytes)

    def _printer(self) -> str:
        if not self._address.baud_auto:
            return f"an ESC/POS printer (driver escpos), {self._printer_at(self._address)}"
        for baud in _PRINTER_BAUDS:
            try:
                told = self._printer_at(replace(self._address, baud=baud, baud_auto=False))
            except (Mute, BadFrame):
                continue
            return f"an ESC/POS printer (driver escpos) at {baud} baud, {told}"
        raise Mute(f"{self._address}: no printer answers at {', '.join(map(str, _PRINTER_BAUDS))} baud.")

    def _printer_at(self, address: Address) -> str:
        transport = self._open(address)
        try:
            state = PrinterTalk(transport, Patience(), process_id=True).status().state
        finally:
            transport.close()
        return f"state {state.code}: {state.detail}"

    def _reader(self) -> str:
        line = ReaderLine(self._address, self._open)
        transport = line.open()
        try:
            SdtTalk(transport).check()
        finally:
            transport.close()
        rate = f" at {line.baud} baud" if self._address.baud_auto else ""
        return f"an SDT identity card reader (driver sdt){rate}, ready"

    def _pads(self) -> str:
        heard, frames = self._hear(self._open(self._address), Ff68Parser())
        if frames:
            return f"a line with FF 68 pads (driver ff68): {frames} frames"
        if heard:
            return f"a line that sent {heard} bytes and no FF 68 frame; see its baud rate, or write a dialect for it"
        return "a line that opens and is silent, as pads are until they are pressed (driver ff68)"

    def _listened(self) -> str:
        heard, _ = self._hear(self._open(self._address), Ff68Parser())
        return f"a line that sent {heard} bytes in {self._listen_s:.0f} s"

    def _dialect(self, path: Path) -> str:
        dialect = load_dialect(path)
        transport = opener(self._address, dialect.baud, dialect.line)()
        traced = transport if self._on_bytes is None else TracedTransport(transport, self._on_bytes)
        heard, frames = self._hear(traced, dialect.parser())
        return f"a line that sent {heard} bytes, and in them {frames} frames of the dialect {dialect.name}"

    def _hear(self, transport: Transport, parser: FrameParser) -> tuple[int, int]:
        heard = frames = 0
        end_s = time.monotonic() + self._listen_s
        try:
            while (left_s := end_s - time.monotonic()) > 0:
                data = transport.read(min(left_s, _READ_S))
                heard += len(data)
                frames += len(parser.feed(data, time.monotonic()))
        finally:
            transport.close()
        return heard, frames


def _keys(address: Address) -> str:
    open_keys(address).close()
    return "a key pad or scanner that can be read (driver evdev)"


def _pins(_address: Address) -> str:
    Pins(load_board()).close()
    return "the pins of this machine (driver gpio)"


def _queue(address: Address) -> str:
    state = CupsPrinter(address.place).ask()
    return f"a queue of CUPS (driver escpos), state {state.code}: {state.detail}"


def _strip(address: Address) -> str:
    """An LED strip never answers; what can be known is that nothing at this address refuses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(_REFUSAL_S)
        try:
            link.connect((address.place, address.port))
            link.send(b"")  # an empty datagram shows nothing anywhere
            link.recv(1)
        except TimeoutError:
            pass
        except OSError as err:
            raise Unplugged(f"{address} takes nothing; see that the sign is switched on and on the network.") from err
    return "a place for an LED strip (driver ledstrip); such signs never answer, so send it a number and look"


_LOCAL: dict[Scheme, Callable[[Address], str]] = {"cups": _queue, "udp": _strip, "evdev": _keys, "gpio": _pins}


def _speaker(address: Address) -> str:
    if address.scheme == "alsa":
        AplayPlayer(address.place).check()
        return "a sound card that takes sound (driver speech)"
    TwinPlayer(twin_path(address.place)).check()
    return "a simulated speaker (driver speech)"
