"""A kiosk's devices besides printer and card reader: scanner, key pad, lamp; knows no protocol and no page."""

from __future__ import annotations

import threading
from collections.abc import Callable

from config.node import DeviceSettings, KioskSettings
from config.window_devices import LampSettings
from drivers.ports import KeyPad, Lamp, Lamps, Scanner
from drivers.registry import open_device
from kiosk.scans import Scans
from queue_server.node_web import Devices, Slot
from queue_server.wire.nodes import NodeView


class MoreDevices:
    """Opens what `settings` name. on_key(name): a key of the key pad, named as a browser names it."""

    def __init__(self, settings: KioskSettings, devices: Devices, scans: Scans, on_key: Callable[[str], None]) -> None:
        self._devices, self._scans, self._on_key = devices, scans, on_key
        self._scanner: Slot[Scanner] | None = None
        self._keypad: Slot[KeyPad] | None = None
        self._lamps: Slot[Lamps] | None = None
        self._colour: Lamp = "free"
        self._broken = self._calling = False
        self._lock = threading.Lock()
        if scanner := settings.scanner:
            self._scanner = devices.add("scanner", "scanner", lambda: self._open_scanner(scanner))
        if keypad := settings.keypad:
            self._keypad = devices.add("keypad", "keypad", lambda: self._open_keypad(keypad))
        if lamps := settings.lamps:
            self._pins = lamps.pins
            self._lamps = devices.add("lamps", "lamps", lambda: self._open_lamps(lamps))

    def node_changed(self, view: NodeView) -> None:
        """Alarm while the printer cannot print or somebody calls for help, free otherwise."""
        with self._lock:
            self._broken = any(d["kind"] == "printer" and d["health"] == "failed" for d in view["devices"])
            self._colour_again()

    def call(self, on: bool) -> bool:
        """Somebody calls for help here. Says whether there is a lamp that shows it."""
        with self._lock:
            self._calling = on
            self._colour_again()
            lamps = self._lamps.device if self._lamps is not None else None
            return lamps is not None and lamps.state().health != "failed" and "alarm" in self._pins

    def _colour_again(self) -> None:
        colour: Lamp = "alarm" if self._broken or self._calling else "free"
        if colour == self._colour:
            return
        self._colour = colour
        if self._lamps is not None and self._lamps.device is not None:
            self._light(self._lamps.device)

    def _light(self, lamps: Lamps) -> None:
        lamps.light(self._colour if self._colour in self._pins else "off")

    def _open_scanner(self, settings: DeviceSettings) -> Scanner:
        scanner = open_device("scanner", settings.driver, settings.address)
        slot = self._scanner
        scanner.listen(self._scans.scanned, lambda state: self._devices.report(slot, state) if slot else None)
        return scanner

    def _open_keypad(self, settings: DeviceSettings) -> KeyPad:
        keypad = open_device("keypad", settings.driver, settings.address)
        slot = self._keypad
        keypad.listen(
            lambda _line: None, lambda state: self._devices.report(slot, state) if slot else None, self._on_key
        )
        return keypad

    def _open_lamps(self, settings: LampSettings) -> Lamps:
        lamps = open_device(
            "lamps", settings.driver, settings.address, pins=settings.pins, active_low=settings.active_low
        )
        with self._lock:
            self._light(lamps)
        return lamps
