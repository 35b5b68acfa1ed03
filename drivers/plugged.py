"""What is plugged into this machine, as the system shows it; opens nothing but input devices and knows no protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from drivers.address import devices_dir
from drivers.errors import LibraryMissing
from drivers.evdev_port import Evdev, list_keys
from drivers.registry import drivers_of
from drivers.simulated.hall import kind_file

_PRINTER_CLASS = "07"
_LINK_FOLDERS = ("hall", "serial/by-id", "serial/by-path", "input/by-id")
"""Below /dev, ours first: names that stay when the machine or the device is started anew."""

SERIAL_DRIVERS = "escpos, sdt, ff68, kanban, alpha or a dialect"
_PROBE = "probe tells which"


@dataclass(frozen=True, slots=True)
class Plugged:
    """One device. address: to write into a node's file · what: as the device calls itself · driver: that fits ·
    lasting: path that udev gave it and that stays, "" where it gave none."""

    address: str
    what: str
    driver: str
    lasting: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where to look; others than the system's own are for tests."""

    dev: Path = Path("/dev")
    usb: Path = Path("/sys/bus/usb/devices")
    ports: Callable[[], Iterable[ListPortInfo]] = list_ports.comports
    evdev: Evdev | None = None


def plugged(sources: Sources | None = None) -> tuple[list[Plugged], list[str]]:
    """Every device that can be seen, and one sentence for each sort that cannot be looked for here."""
    where = sources or Sources()
    links = _links(where.dev)
    found = [_serial(port, links) for port in sorted(where.ports(), key=lambda port: port.device)]
    found += _usb_printers(where.usb, where.dev, links)
    notes: list[str] = []
    try:
        found += [
            Plugged(keys.address, keys.name, "evdev (keypad or scanner)", links.get(keys.path, ""))
            for keys in list_keys(where.evdev)
        ]
    except LibraryMissing as err:
        notes.append(str(err))
    return found + _simulated(), notes


def _links(dev: Path) -> dict[str, str]:
    """Device file -> the first lasting name of udev that leads to it."""
    named: dict[str, str] = {}
    for folder in (dev / name for name in _LINK_FOLDERS):
        for link in sorted(folder.iterdir()) if folder.is_dir() else []:
            if link.is_symlink():
                named.setdefault(str(link.resolve()), str(link))
    return named


def _serial(port: ListPortInfo, links: dict[str, str]) -> Plugged:
    what = port.description if port.description not in (None, "", "n/a") else "serial port"
    lasting = links.get(str(Path(port.device).resolve()), "")
    return Plugged(f"serial://{quote(lasting or port.device)}", what, f"{SERIAL_DRIVERS}; {_PROBE}", lasting)


def _usb_printers(devices: Path, dev: Path, links: dict[str, str]) -> list[Plugged]:
    """Devices with an interface of the printer class, from what every user may read of them."""
    found = []
    for interface in sorted(devices.glob("*:*")):
        if _text(interface / "bInterfaceClass") != _PRINTER_CLASS:
            continue
        device = devices / interface.name.partition(":")[0]
        vendor, product = _text(device / "idVendor"), _text(device / "idProduct")
        if not vendor or not product:
            continue
        number = _text(device / "serial")
        address = f"usb://{vendor}:{product}" + (f":{quote(number, safe='')}" if number else "")
        what = " ".join(filter(None, (_text(device / "manufacturer"), _text(device / "product")))) or "USB printer"
        ports = [str((dev / "usb" / port.name).resolve()) for port in interface.glob("usbmisc/lp*")]
        lasting = next((links[port] for port in ports if port in links), "")
        found.append(Plugged(address, what, ", ".join(drivers_of("printer")), lasting))
    return found


def _simulated() -> list[Plugged]:
    folder = devices_dir()
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith(".") or not (path.is_symlink() or path.is_socket()):
            continue
        kind = kind_file(path).read_text() if kind_file(path).is_file() else "unknown"
        there = "" if path.exists() else ", gone"
        # A board of pins serves two kinds.
        drivers = ", ".join(drivers_of("lamps" if kind == "gpio" else kind)) or "unknown"
        found.append(Plugged(f"simulated://{path.name}", f"simulated {kind}{there}", drivers))
    return found


def _text(file: Path) -> str:
    with suppress(OSError):
        return file.read_text("utf-8", "replace").strip()
    return ""
