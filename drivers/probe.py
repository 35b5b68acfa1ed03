"""Asks what stands at an address, without printing, playing or keeping anything; knows no node."""

from __future__ import annotations

from collections.abc import Callable

from drivers.address import Address, open_transport, twin_path
from drivers.errors import DriverError, Mute, Unsupported
from drivers.players import AplayPlayer, TwinPlayer
from drivers.printer_talk import Patience, PrinterTalk
from drivers.sdt import SdtTalk

_LISTEN_S = 1.0


def probe(address: Address, driver: str | None) -> str:
    """One sentence on what answers at `address`.

    driver: name of a driver to try, or None for every one that asks without harm. Raises DriverError with what is
    wrong.
    """
    if address.scheme == "alsa" or (address.scheme == "simulated" and twin_path(address.place).is_socket()):
        return _speaker(address)
    if driver is not None:
        if driver not in _PROBES:
            raise Unsupported(f"There is no driver {driver!r} to probe with; there are {', '.join(sorted(_PROBES))}.")
        return _PROBES[driver](address)
    faults: list[str] = []
    for name in ("sdt", "escpos"):
        try:
            return _PROBES[name](address)
        except (Mute, DriverError) as err:
            if err.code not in ("mute", "bad_frame"):
                raise
            faults.append(name)
    raise Mute(
        f"{address} opens, but nothing answers to {' or '.join(faults)}. A rating pad is silent until it is pressed "
        "(--driver ff68 listens to the line); else see power, cable and baud rate."
    )


def _printer(address: Address) -> str:
    transport = open_transport(address)
    try:
        state = PrinterTalk(transport, Patience(), process_id=True).status().state
    finally:
        transport.close()
    return f"an ESC/POS printer (driver escpos), state {state.code}: {state.detail}"


def _reader(address: Address) -> str:
    transport = open_transport(address, 115_200)
    try:
        SdtTalk(transport).check()
    finally:
        transport.close()
    return "an SDT identity card reader (driver sdt), ready"


def _pads(address: Address) -> str:
    transport = open_transport(address)
    try:
        heard = transport.read(_LISTEN_S)
    finally:
        transport.close()
    if heard:
        return f"a line that sent {len(heard)} bytes within a second (driver ff68 may fit)"
    return "a line that opens and is silent, as rating pads are until they are pressed (driver ff68)"


def _speaker(address: Address) -> str:
    if address.scheme == "alsa":
        AplayPlayer(address.place).check()
        return "a sound card that takes sound (driver speech)"
    TwinPlayer(twin_path(address.place)).check()
    return "a simulated speaker (driver speech)"


_PROBES: dict[str, Callable[[Address], str]] = {"escpos": _printer, "sdt": _reader, "ff68": _pads, "speech": _speaker}
