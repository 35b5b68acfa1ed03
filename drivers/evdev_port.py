"""Finds a USB key pad or scanner, takes it for us alone, and gives its bytes; knows no key.

`evdev` is imported here and only when a device is opened: it is compiled on installation and only nodes have it. It
lists and grabs; reading goes through FdTransport as for every other device.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple, Protocol, cast

from drivers.address import Address
from drivers.errors import LibraryMissing, NoAccess, PortBusy, Unplugged
from drivers.input_events import EV_KEY
from drivers.transport import FdTransport, Transport


class InputDevice(Protocol):
    """What is used of evdev.InputDevice."""

    fd: int
    path: str
    name: str
    phys: str
    info: Any

    def capabilities(self) -> dict[int, list[Any]]: ...
    def grab(self) -> None: ...
    def close(self) -> None: ...


class Evdev(Protocol):
    """What is used of the module evdev."""

    def list_devices(self) -> list[str]: ...

    InputDevice: Any


def load_evdev() -> Evdev:
    """The library. Raises LibraryMissing with what to install."""
    try:
        import evdev
    except ImportError as err:
        raise LibraryMissing(
            "Key pads and scanners need the library evdev; install hall-queue[device] "
            "(it is compiled: apt-get install gcc linux-libc-dev python3-dev)."
        ) from err
    return cast(Evdev, evdev)


def open_keys(address: Address, library: Evdev | None = None) -> Transport:
    """The device at `address`, grabbed so that its keys do not reach the console.

    Raises LibraryMissing, Unplugged, NoAccess, PortBusy.
    """
    evdev = library if library is not None else load_evdev()
    device = _chosen(address, evdev)
    try:
        device.grab()
    except OSError as err:
        device.close()
        raise _failed(address, err) from err

    def release() -> None:
        with suppress(OSError):
            device.close()

    return FdTransport(device.fd, release, str(address))


class KeyDevice(NamedTuple):
    """An input device with keys: its address, the name it gives itself, the path of its event node."""

    address: str
    name: str
    path: str


def list_keys(library: Evdev | None = None) -> list[KeyDevice]:
    """Each input device with keys that this user may read. Raises LibraryMissing."""
    evdev = library if library is not None else load_evdev()
    found = []
    for device in _devices(evdev):
        if EV_KEY in device.capabilities():
            phys = f"?phys={device.phys}" if device.phys else ""
            found.append(KeyDevice(f"evdev://{_identity(device)}{phys}", device.name, device.path))
        device.close()
    return found


def _chosen(address: Address, evdev: Evdev) -> InputDevice:
    """The one event node with keys that matches; a device may show several (keys, mouse, power button)."""
    denied: OSError | None = None
    for path in sorted(evdev.list_devices()):
        try:
            device = cast(InputDevice, evdev.InputDevice(path))
        except OSError as err:
            denied = err if err.errno in (errno.EACCES, errno.EPERM) else denied
            continue
        phys = address.line.get("phys", "")
        if _identity(device) == address.place and EV_KEY in device.capabilities() and (not phys or device.phys == phys):
            return device
        device.close()
    if denied is not None:
        raise _failed(address, denied) from denied
    raise Unplugged(f"{address} is not plugged in; lsusb tells what is.")


def _devices(evdev: Evdev) -> Iterable[InputDevice]:
    for path in sorted(evdev.list_devices()):
        with suppress(OSError):
            yield cast(InputDevice, evdev.InputDevice(path))


def _identity(device: InputDevice) -> str:
    return f"{device.info.vendor:04x}:{device.info.product:04x}"


def _failed(address: Address, err: OSError) -> NoAccess | PortBusy | Unplugged:
    if err.errno in (errno.EACCES, errno.EPERM):
        return NoAccess(f"{address} may not be opened by this user; add the user to the group input or hall-devices.")
    if err.errno == errno.EBUSY:
        return PortBusy(f"{address} is grabbed by another program; end that program first.")
    return Unplugged(f"{address} was unplugged; the driver tries again by itself.")
