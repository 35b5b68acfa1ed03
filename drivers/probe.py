"""Asks what stands at an address, without printing, playing or keeping anything; knows no node."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from drivers.address import Address, open_transport, twin_path
from drivers.dialect_file import load_dialect
from drivers.dialect_port import opener
from drivers.errors import DriverError, Mute, Unsupported
from drivers.evdev_port import open_keys
from drivers.ff68 import Ff68Parser
from drivers.framing import FrameParser
from drivers.pins import Pins, load_board
from drivers.players import AplayPlayer, TwinPlayer
from drivers.printer_talk import Patience, PrinterTalk
from drivers.sdt import SdtTalk
from drivers.trace import OnBytes, TracedTransport
from drivers.transport import Transport

LISTEN_S = 1.0
_READ_S = 0.1


def probe(address: Address, driver: str | None, on_bytes: OnBytes | None = None, listen_s: float = LISTEN_S) -> str:
    """One sentence on what answers at `address`.

    driver: name of a driver to try, "listen", the path of a dialect's file, or None for every one that asks without
    harm · on_bytes: is told each byte both ways · listen_s: how long a line is listened to that speaks by itself.
    Raises DriverError with what is wrong.
    """
    if address.scheme in ("evdev", "gpio"):
        return _local(address)
    if address.scheme == "alsa" or (address.scheme == "simulated" and twin_path(address.place).is_socket()):
        return _speaker(address)
    return _Prober(address, on_bytes, listen_s).probe(driver)


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
                names = ", ".join(sorted([*self._known, "speech"]))
                raise Unsupported(f"There is no driver {driver!r} to probe with; there are {names} and FILE.toml.")
            return self._known[driver]()
        faults: list[str] = []
        for name in ("sdt", "escpos"):
            try:
                return self._known[name]()
            except (Mute, DriverError) as err:
                if err.code not in ("mute", "bad_frame"):
                    raise
                faults.append(name)
        raise Mute(
            f"{self._address} opens, but nothing answers to {' or '.join(faults)}. A pad is silent until it is pressed "
            "(--driver ff68 listens to the line, --driver listen --seconds 30 --trace shows what an unknown one "
            "sends); else see power, cable and baud rate."
        )

    def _open(self, baud: int = 9600) -> Transport:
        return self._traced(open_transport(self._address, baud))

    def _traced(self, transport: Transport) -> Transport:
        return transport if self._on_bytes is None else TracedTransport(transport, self._on_bytes)

    def _printer(self) -> str:
        transport = self._open()
        try:
            state = PrinterTalk(transport, Patience(), process_id=True).status().state
        finally:
            transport.close()
        return f"an ESC/POS printer (driver escpos), state {state.code}: {state.detail}"

    def _reader(self) -> str:
        transport = self._open(115_200)
        try:
            SdtTalk(transport).check()
        finally:
            transport.close()
        return "an SDT identity card reader (driver sdt), ready"

    def _pads(self) -> str:
        heard, frames = self._hear(self._open(), Ff68Parser())
        if frames:
            return f"a line with FF 68 pads (driver ff68): {frames} frames"
        if heard:
            return f"a line that sent {heard} bytes and no FF 68 frame; see its baud rate, or write a dialect for it"
        return "a line that opens and is silent, as pads are until they are pressed (driver ff68)"

    def _listened(self) -> str:
        heard, _ = self._hear(self._open(), Ff68Parser())
        return f"a line that sent {heard} bytes in {self._listen_s:.0f} s"

    def _dialect(self, path: Path) -> str:
        dialect = load_dialect(path)
        transport = self._traced(opener(self._address, dialect.baud, dialect.line)())
        heard, frames = self._hear(transport, dialect.parser())
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


def _local(address: Address) -> str:
    if address.scheme == "evdev":
        open_keys(address).close()
        return "a key pad or scanner that can be read (driver evdev)"
    Pins(load_board()).close()
    return "the pins of this machine (driver gpio)"


def _speaker(address: Address) -> str:
    if address.scheme == "alsa":
        AplayPlayer(address.place).check()
        return "a sound card that takes sound (driver speech)"
    TwinPlayer(twin_path(address.place)).check()
    return "a simulated speaker (driver speech)"
