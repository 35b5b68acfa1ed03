"""Small helpers that turn errors into device states; knows no device."""

from __future__ import annotations

from drivers.errors import DriverError
from drivers.ports import DeviceState

OK = DeviceState("ok", "ok", "The device works.")
STARTING = DeviceState("warning", "starting", "The device has not been asked yet.")
CLOSED = DeviceState("failed", "closed", "The device was closed.")


def failed(error: DriverError) -> DeviceState:
    """The state of a device that cannot work because of `error`."""
    return DeviceState("failed", error.code, str(error))


def warning(error: DriverError) -> DeviceState:
    """The state of a device that still works although `error` happened."""
    return DeviceState("warning", error.code, str(error))
