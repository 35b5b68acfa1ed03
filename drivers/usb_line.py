"""A printer's USB pipes as a Transport, through python-escpos and pyusb; knows no printer's commands.

The pipes are taken from the printer's own description: python-escpos presumes 01 and 82, which many models do not have.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from escpos.exceptions import DeviceNotFoundError
from escpos.printer import Usb

from drivers.address import Address
from drivers.errors import DriverError, Mute, NoAccess, PortBusy, Unplugged, Unsupported
from drivers.transport import Transport

_PRINTER_CLASS = 7
_BULK = 0x02
_CHUNK_BYTES = 4096
_READ_BYTES = 512
_EMPTY_PAUSE_S = 0.005


def open_usb(address: Address, find_with: Mapping[str, Any] | None = None) -> Transport:
    """Open the USB printer at `address`.

    find_with: further arguments of `usb.core.find`, its backend for one. Raises Unsupported without pyusb, Unplugged,
    NoAccess, PortBusy.
    """
    try:
        usb_core, usb_util = import_module("usb.core"), import_module("usb.util")
    except ImportError as err:
        raise Unsupported("A USB printer needs the Python package pyusb and the system's libusb-1.0.") from err
    vendor, product = (int(number, 16) for number in address.place.split(":"))
    wanted = address.line.get("serial")
    arguments: dict[str, Any] = {"idVendor": vendor, "idProduct": product, **(find_with or {})}
    if wanted is not None:
        arguments["custom_match"] = lambda device: device.serial_number == wanted
    printer = Usb(usb_args=arguments)
    try:
        printer.open()
        return UsbTransport(printer, str(address), usb_core, usb_util)
    except DriverError:
        raise
    except DeviceNotFoundError as err:
        raise _opening_failed(address, err.__context__) from err
    except usb_core.NoBackendError as err:
        raise Unsupported("A USB printer needs the system's libusb-1.0; install libusb-1.0-0.") from err
    except (usb_core.USBError, ValueError) as err:
        # ValueError: a serial number that this user may not read.
        raise _opening_failed(address, err) from err


class UsbTransport:
    """A Transport over the bulk pipes of an open python-escpos `Usb`; `usb_core` and `usb_util` are pyusb."""

    byte_time_s = 0.0

    def __init__(self, printer: Any, name: str, usb_core: Any, usb_util: Any) -> None:
        self._printer, self._name = printer, name
        self._error: type[Exception] = usb_core.USBError
        self._timeout: type[Exception] = usb_core.USBTimeoutError
        configuration = printer.device.get_active_configuration()
        interface = usb_util.find_descriptor(configuration, bInterfaceClass=_PRINTER_CLASS) or configuration[(0, 0)]
        bulk = [end for end in interface if end.bmAttributes & 3 == _BULK]
        to_printer = [end.bEndpointAddress for end in bulk if end.bEndpointAddress < 0x80]
        from_printer = [end.bEndpointAddress for end in bulk if end.bEndpointAddress >= 0x80]
        if not to_printer:
            printer.close()
            raise Unsupported(f"{name} has no pipe for a printer's data; see that it is a printer.")
        self._out, self._in = to_printer[0], from_printer[0] if from_printer else None

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        device = self._device()
        for start in range(0, len(data), _CHUNK_BYTES):
            try:
                device.write(self._out, data[start : start + _CHUNK_BYTES], int(timeout_s * 1000))
            except self._timeout as err:
                raise Mute(f"{self._name} takes no more data; see that it is switched on and ready.") from err
            except self._error as err:
                raise self._gone() from err

    def read(self, timeout_s: float) -> bytes:
        device = self._device()
        deadline = time.monotonic() + timeout_s
        while True:
            # A time-out of 0 would wait for ever. Some printers answer at once that they have nothing to say.
            left_s = max(deadline - time.monotonic(), 0.001)
            if self._in is None:
                time.sleep(left_s)
                return b""
            try:
                data = bytes(device.read(self._in, _READ_BYTES, int(left_s * 1000) or 1))
            except self._timeout:
                return b""
            except self._error as err:
                raise self._gone() from err
            if data or time.monotonic() + _EMPTY_PAUSE_S >= deadline:
                return data
            time.sleep(_EMPTY_PAUSE_S)

    def discard_input(self) -> None:
        for _ in range(64):
            if not self.read(0.0):
                return

    def close(self) -> None:
        printer, self._printer = self._printer, None
        if printer is not None:
            printer.close()

    def _device(self) -> Any:
        if self._printer is None:
            raise Unplugged(f"{self._name} is closed.")
        return self._printer.device

    def _gone(self) -> Unplugged:
        return Unplugged(f"{self._name} was unplugged; the driver tries again by itself.")


def _opening_failed(address: Address, err: BaseException | None) -> DriverError:
    number = getattr(err, "errno", None)
    if number in (errno.EACCES, errno.EPERM) or isinstance(err, ValueError):
        return NoAccess(f"{address} may not be opened by this user; add the udev rule of docs/devices.md.")
    if number == errno.EBUSY:
        return PortBusy(f"{address} is in use by another program; end that program first.")
    return Unplugged(f"{address} is not plugged in; lsusb lists what is.")
