"""Pads, signs and lamps as something that shows a window; knows what each can show, not where its bytes go."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from config.window_devices import SignSettings, WindowLampSettings
from display.keys import Verdict
from display.scene import Scene, digits, lamp
from drivers.errors import Unsupported
from drivers.ports import CallPad, Lamps, Sign

BLINK_S = 0.25
BEEPS: Mapping[Verdict, int] = {"done": 0, "nobody": 1, "refused": 2, "lost": 3}


class Output(Protocol):
    """Shows windows at a device that may be absent. Methods raise DriverError."""

    @property
    def windows(self) -> Sequence[int]: ...

    def show(self, window: int, scene: Scene, time: str, again: bool) -> None:
        """Show it, if it is not shown already or `again`. time: "HH:MM" in the hall, "" while that is not known."""

    def answer(self, window: int, verdict: Verdict, scene: Scene) -> None:
        """Let whoever pressed a key know what became of it; may take a second."""


class PadOutput:
    """The call pads of one line. windows: pad address -> window."""

    def __init__(self, addresses: Mapping[int, int], device: Callable[[], CallPad | None]) -> None:
        self._addresses, self._device = addresses, device
        self._shown: dict[int, tuple[str, int]] = {}
        self._pause = threading.Event()
        self.windows = sorted(set(addresses.values()))

    def show(self, window: int, scene: Scene, time: str, again: bool) -> None:  # noqa: ARG002
        pads = self._device()
        wanted = (digits(scene.label), scene.waiting)
        for address in self._at(window):
            if pads is not None and (again or self._shown.get(address) != wanted):
                self._shown.pop(address, None)  # unknown until the line has taken it
                pads.show(address, *wanted)
                self._shown[address] = wanted

    def answer(self, window: int, verdict: Verdict, scene: Scene) -> None:
        """Beeps, and the number goes out and comes back: once for nobody waiting, twice for a refusal, three times
        when the hall could not be asked."""
        pads = self._device()
        if pads is None:
            return
        for address in self._at(window):
            for _ in range(BEEPS[verdict]):
                pads.beep(address)
                pads.show_ticket(address, "")
                self._pause.wait(BLINK_S)
                pads.show(address, digits(scene.label), scene.waiting)
                self._pause.wait(BLINK_S)

    def _at(self, window: int) -> list[int]:
        return [address for address, of_window in self._addresses.items() if of_window == window]


class SignOutput:
    """The signs of one line."""

    def __init__(self, settings: SignSettings, device: Callable[[], Sign | None]) -> None:
        self._settings, self._device = settings, device
        self._shown: dict[int, Scene] = {}
        self._percent: int | None = None
        self.windows = sorted(set(settings.windows.values()))

    def show(self, window: int, scene: Scene, time: str, again: bool) -> None:
        signs = self._device()
        if signs is None:
            return
        for address, of_window in self._settings.windows.items():
            if of_window == window and (again or self._shown.get(address) != scene):
                self._shown[address] = scene
                self._write(signs, address, scene)
        self._dim(signs, time, again)

    def answer(self, window: int, verdict: Verdict, scene: Scene) -> None:
        """A sign is for citizens: staff's keys do not show on it."""

    def _write(self, signs: Sign, address: int, scene: Scene) -> None:
        """The best that this kind of sign can show: a number sign has no letters, some have no Chinese."""
        if scene.state == "paused" and not scene.label:
            settings = self._settings
            comma = ", " if settings.elsewhere.isascii() else "、"
            elsewhere = settings.elsewhere.replace("{windows}", comma.join(map(str, scene.elsewhere)))
            both = f"{settings.paused} {elsewhere}".strip() if scene.elsewhere and elsewhere else ""
            say: Callable[[str, int], None] = signs.pause
            texts = (both, settings.paused)
        else:
            say, texts = signs.show, (scene.label, digits(scene.label, 5))
        for text in filter(None, texts):
            try:
                say(text, address)
                return
            except Unsupported:
                continue
        signs.clear(address)

    def _dim(self, signs: Sign, time: str, again: bool) -> None:
        percent = brightness(self._settings.brightness, time)
        if percent is None or (percent == self._percent and not again):
            return
        if percent != self._percent:
            structlog.get_logger().info("sign_brightness", percent=percent)
        self._percent = percent
        for address in self._settings.windows:
            signs.set_brightness(percent, address)


class LampOutput:
    """The lamp of one window. A colour without a pin stays dark."""

    def __init__(self, settings: WindowLampSettings, device: Callable[[], Lamps | None]) -> None:
        self._settings, self._device = settings, device
        self._pause = threading.Event()
        self.windows = [settings.window]

    def show(self, window: int, scene: Scene, time: str, again: bool) -> None:  # noqa: ARG002
        lamps, colour = self._device(), lamp(scene)
        if lamps is not None:
            lamps.light(colour if colour in self._settings.pins else "off")

    def answer(self, window: int, verdict: Verdict, scene: Scene) -> None:
        """The alarm lamp lights for a moment when a key was refused: a button has nothing else to say it with."""
        lamps = self._device()
        if lamps is not None and verdict in ("refused", "lost") and "alarm" in self._settings.pins:
            lamps.light("alarm")
            self._pause.wait(4 * BLINK_S)
            self.show(window, scene, "", True)


def brightness(times: Mapping[str, int], time: str) -> int | None:
    """What holds at `time`, "HH:MM": the newest entry of the day, or the last one of the day before."""
    if not times or not time:
        return None
    past = [start for start in times if start <= time]
    return times[max(past or times)]
