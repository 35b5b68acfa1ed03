"""Where a device is: URL -> opened transport; knows no protocol.

`serial:///dev/ttyUSB0?baud=9600` · `socket://host:9100` · `simulated://NAME` (a place, not another driver: the pty or
socket that
the twins process keeps at `$HALL_DEVICES_DIR/NAME`) · `alsa://default` (a sound card; only the speaker uses it) ·
`udp://host:8453` (a sign) · `evdev://1a2c:0b23?phys=usb-1.2/input0` (a USB key pad or scanner) · `gpio://bcm` (pins) ·
`usb://04b8:0202` (a printer, with `:serial` behind it where two are alike) · `cups://queue` (a printer of CUPS).
Every exception of pyserial, socket and termios while opening ends here and becomes one of ours.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import tempfile
import termios
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import serial

from drivers.errors import BadAddress, NoAccess, PortBusy, Unplugged
from drivers.transport import FdTransport, Transport

Scheme = Literal["serial", "socket", "udp", "simulated", "alsa", "evdev", "gpio", "usb", "cups"]

_OPTIONS: dict[str, tuple[str, ...]] = {
    "parity": ("N", "E", "O"),
    "bits": ("7", "8"),
    "flow": ("none", "rtscts", "xonxoff"),
}
_TWIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_EVDEV = re.compile(r"evdev://([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})/?(?:\?phys=([^&#]+))?")
_USB = re.compile(r"usb://([0-9A-Fa-f]{4}):([0-9A-Fa-f]{4})(?::([^/?#]{1,126}))?/?")
_CUPS_QUEUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,126}")
_CONNECT_TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Address:
    """One parsed address.

    place: path of the port, host name, name of the twin, ALSA device, queue of CUPS, or vendor:product · port: TCP or
    UDP port 1–65,535, else 0 · baud: 50–4,000,000 or None for the device's usual rate · baud_auto: the driver finds the
    rate out, which only card readers can · line: other settings of a serial line, phys of a key pad, serial number of a
    USB printer.
    """

    scheme: Scheme
    place: str
    port: int = 0
    baud: int | None = None
    baud_auto: bool = False
    line: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"{self.place}:{self.port}" if self.scheme in ("socket", "udp") else self.place
        return f"{self.scheme}://{place}"


def devices_dir() -> Path:
    """Folder of the simulated devices: `$HALL_DEVICES_DIR`, or hall-devices-UID in the temporary folder."""
    named = os.environ.get("HALL_DEVICES_DIR")
    return Path(named) if named else Path(tempfile.gettempdir()) / f"hall-devices-{os.getuid()}"


def twin_path(name: str) -> Path:
    """Where the twin `name` ([A-Za-z0-9][A-Za-z0-9_-]{0,31}) is found. Raises BadAddress."""
    if not _TWIN_NAME.fullmatch(name):
        raise BadAddress(f"{name!r} is no name of a simulated device; use letters, digits, '-' and '_', at most 32.")
    return devices_dir() / name


def parse_address(url: str) -> Address:
    """Parse `url`. Raises BadAddress with what would be right."""
    if url.startswith("evdev:"):
        return _evdev(url)  # 1a2c:0b23 looks like a port that is no number
    if url.startswith("usb:"):
        return _usb(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as err:
        raise BadAddress(f"{url!r} is no address: {err}.") from err
    if parts.scheme not in ("serial", "socket", "udp", "simulated", "alsa", "gpio", "cups"):
        raise BadAddress(
            f"{url!r} is no address of a device; write serial:///dev/ttyUSB0?baud=9600, socket://host:9100, "
            "udp://host:8453, usb://vendor:product, cups://queue, evdev://vendor:product, gpio://bcm, simulated://NAME "
            "or, for a speaker, alsa://default."
        )
    options = _options(url, parts.query)
    baud = options.pop("baud", None)
    scheme = cast(Scheme, parts.scheme)
    if scheme in ("socket", "udp", "alsa", "gpio", "cups") and parts.query:
        raise BadAddress(f"{url!r}: a {scheme} address takes no settings after '?'.")
    auto = baud == "auto"
    line_baud = int(baud) if baud is not None and not auto else None
    if scheme == "serial":
        if parts.netloc or len(parts.path) < 2:
            raise BadAddress(f"{url!r} names no port; write serial:///dev/ttyUSB0?baud=9600 with three slashes.")
        return Address(scheme, unquote(parts.path), baud=line_baud, baud_auto=auto, line=options)
    if scheme in ("socket", "udp"):
        if not parts.hostname or port is None or parts.path not in ("", "/"):
            like = "socket://192.168.1.20:9100" if scheme == "socket" else "udp://192.168.1.20:8453"
            raise BadAddress(f"{url!r} needs a host and a port, like {like}.")
        return Address(scheme, parts.hostname, port=port)
    name = unquote(parts.netloc)
    if not name or parts.path not in ("", "/"):
        like = {"simulated": "printer-1", "gpio": "bcm", "cups": "queue"}.get(scheme, "default")
        raise BadAddress(f"{url!r} needs one name, like {scheme}://{like}.")
    if scheme == "gpio" and name != "bcm":
        raise BadAddress(f"{url!r}: pins are numbered as the chip has them; write gpio://bcm.")
    if scheme == "cups" and not _CUPS_QUEUE.fullmatch(name):
        raise BadAddress(f"{url!r} names no queue of CUPS; lpstat -e lists the queues of this machine.")
    if scheme == "simulated":
        twin_path(name)
    return Address(scheme, name, baud=line_baud, baud_auto=auto, line=options)


def open_transport(address: Address, default_baud: int = 9600) -> Transport:
    """Open `address`. default_baud applies where the address names none. Raises Unplugged, PortBusy, NoAccess or
    BadAddress."""
    if address.baud_auto:
        raise BadAddress(
            f"{address}: this device cannot find its baud rate out; write the number that its manual names."
        )
    if address.scheme in ("socket", "udp"):
        return _open_socket(address)
    if address.scheme in ("evdev", "gpio", "usb", "cups"):
        raise BadAddress(f"{address} has no line to talk over; this device needs a serial port, socket or UDP address.")
    if address.scheme == "alsa":
        raise BadAddress(f"{address} is a sound card; this device needs a serial port, a socket or a simulated device.")
    path = address.place if address.scheme == "serial" else str(twin_path(address.place))
    return _open_serial(address, path, address.baud or default_baud)


def _evdev(url: str) -> Address:
    found = _EVDEV.fullmatch(url)
    if found is None:
        raise BadAddress(
            f"{url!r} is no USB key pad or scanner; write evdev://vendor:product with four hexadecimal digits each, "
            "and ?phys=PORT where two are alike (lsusb tells them)."
        )
    phys = {"phys": unquote(found[3])} if found[3] else {}
    return Address("evdev", f"{found[1]}:{found[2]}".lower(), line=phys)


def _usb(url: str) -> Address:
    found = _USB.fullmatch(url)
    if found is None:
        raise BadAddress(
            f"{url!r} is no USB printer; write usb://vendor:product with four hexadecimal digits each, and :serial "
            "behind them where two are alike (lsusb tells them)."
        )
    serial_number = {"serial": unquote(found[3])} if found[3] else {}
    return Address("usb", f"{found[1]}:{found[2]}".lower(), line=serial_number)


def _options(url: str, query: str) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    for key, value in options.items():
        if key == "baud":
            if value != "auto" and not (value.isascii() and value.isdigit() and 50 <= int(value) <= 4_000_000):
                raise BadAddress(f"{url!r}: baud is {value!r}; it must be a number from 50 to 4000000, or auto.")
        elif key not in _OPTIONS:
            raise BadAddress(f"{url!r}: unknown setting {key!r}; there are baud, {', '.join(_OPTIONS)}.")
        elif value not in _OPTIONS[key]:
            raise BadAddress(f"{url!r}: {key} is {value!r}; it must be one of {', '.join(_OPTIONS[key])}.")
    return options


def _open_serial(address: Address, path: str, baud: int) -> Transport:
    line = address.line
    try:
        port = serial.Serial(
            path,
            baudrate=baud,
            bytesize=int(line.get("bits", "8")),
            parity=line.get("parity", "N"),
            rtscts=line.get("flow") == "rtscts",
            xonxoff=line.get("flow") == "xonxoff",
            timeout=0,
            exclusive=True,
        )
    except (OSError, termios.error, ValueError) as err:
        raise _opening_failed(address, err) from err

    def release() -> None:
        with suppress(OSError, termios.error):
            port.close()

    bits = 1 + int(line.get("bits", "8")) + (line.get("parity", "N") != "N") + 1
    return FdTransport(port.fileno(), release, str(address), byte_time_s=bits / baud)


def _open_socket(address: Address) -> Transport:
    try:
        if address.scheme == "udp":
            link = _udp_socket(address)
        else:
            link = socket.create_connection((address.place, address.port), timeout=_CONNECT_TIMEOUT_S)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as err:
        raise _opening_failed(address, err) from err
    link.setblocking(False)
    return FdTransport(link.fileno(), link.close, str(address))


def _udp_socket(address: Address) -> socket.socket:
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        link.connect((address.place, address.port))
    except OSError:
        link.close()
        raise
    return link


def _opening_failed(address: Address, err: Exception) -> Unplugged | PortBusy | NoAccess | BadAddress:
    number = getattr(err, "errno", None)
    if number in (errno.EACCES, errno.EPERM):
        return NoAccess(f"{address} may not be opened by this user; add the user to the group of the port (dialout).")
    # pyserial's exclusive lock raises with EAGAIN or, in older versions, with no number but this wording.
    if number in (errno.EBUSY, errno.EAGAIN) or "exclusively lock" in str(err):
        return PortBusy(f"{address} is in use by another program; end that program first.")
    if isinstance(err, ValueError):
        return BadAddress(f"{address} cannot be set up like that: {err}.")
    if isinstance(err, termios.error) or isinstance(err.__context__, termios.error):
        return Unplugged(f"{address} is no serial port.")
    if address.scheme == "simulated":
        return Unplugged(f"{address} is not there; start the simulated devices with hall-devices panel or simulate.")
    if address.scheme in ("socket", "udp"):
        return Unplugged(f"{address} does not answer; see that the device is switched on and on the network.")
    return Unplugged(f"{address} is not plugged in; see the cable and the name of the port.")
