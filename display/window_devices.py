"""Opens what stands at windows and wires it: keys to the hall, the hall to pads, signs and lamps; knows no protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Protocol, TypeVar

from config.node import DisplaySettings
from config.window_devices import (
    ButtonSettings,
    CallPadSettings,
    KeyPadSettings,
    RatingPadSettings,
    SignSettings,
    WindowLampSettings,
)
from display.keys import KeyDesk, Verdict
from display.outputs import LampOutput, Output, PadOutput, SignOutput
from display.ratings import RatingDesk
from display.window_board import WindowBoard
from drivers.errors import Unplugged
from drivers.ports import (
    Buttons,
    CallPad,
    Device,
    DeviceState,
    GradePressed,
    KeyPad,
    KeyPressed,
    Lamps,
    RatingPad,
    Sign,
)
from drivers.registry import open_device
from queue_server.client import HallClient
from queue_server.node_web import Devices, Slot


class Placed(Protocol):
    """Settings of any device."""

    @property
    def driver(self) -> str: ...
    @property
    def address(self) -> str: ...


S = TypeVar("S", bound=Placed)
D = TypeVar("D", bound=Device)


class WindowDevices:
    """What a display node has at windows. `ratings` is told of grades; `views` names what it needs to know."""

    def __init__(self, settings: DisplaySettings, devices: Devices, client: HallClient, ratings: RatingDesk) -> None:
        self._devices, self._ratings = devices, ratings
        self.keys = KeyDesk(client, self._answer, pause_reason=settings.actions.pause_reason)
        self._callpads = self._add("callpads", "callpad", settings.callpads, self._open_call_pads)
        # Rating pads on the line of call pads come with these: a line can be opened only once.
        lines = {pads.address for pads in settings.callpads}
        self._shared = [pads for pads in settings.ratingpads if pads.address in lines]
        alone = [pads for pads in settings.ratingpads if pads.address not in lines]
        self._ratingpads = self._add("ratingpads", "ratingpad", alone, self._open_rating_pads)
        signs = self._add("signs", "sign", settings.signs, self._open_signs)
        lamps = self._add("lamps", "lamps", settings.lamps, self._open_lamps)
        self._add("buttons", "buttons", settings.buttons, self._open_buttons)
        self._add("keypads", "keypad", settings.keypads, self._open_key_pad)
        outputs: list[Output] = [PadOutput(line.windows, _device_of(slot)) for line, slot in self._callpads]
        outputs += [SignOutput(line, _device_of(slot)) for line, slot in signs]
        outputs += [LampOutput(one, _device_of(slot)) for one, slot in lamps]
        self.board = WindowBoard(outputs)
        shown = {window for output in outputs for window in output.windows}
        rated = {window for pads in settings.ratingpads for window in pads.windows.values()}
        typed = {pad.window for pad in settings.keypads if pad.use == "grades"}
        self.views = [f"window:{window}" for window in sorted(shown | rated | typed)]
        if any(line.elsewhere for line in settings.signs):
            self.views.append("kiosk")

    def start(self) -> None:
        self.board.start()

    def close(self) -> None:
        self.keys.close()
        self.board.close()

    def open_rating(self, window: int) -> None:
        """Let the rating pads of `window` ask for a grade. Raises DriverError."""
        for line, slot in self._ratingpads:
            self._ask_for_grade(line, window, slot.device)
        for line in self._shared:
            for pads, call_slot in self._callpads:
                if pads.address == line.address:
                    self._ask_for_grade(line, window, call_slot.device)

    def _ask_for_grade(self, line: RatingPadSettings, window: int, device: RatingPad | CallPad | None) -> None:
        for address, of_window in line.windows.items():
            if of_window == window:
                if device is None:
                    raise Unplugged("The rating pads could not be opened.")
                device.open_rating(address)

    def _answer(self, window: int, verdict: Verdict, _code: str) -> None:
        self.board.answer(window, verdict)

    def _add(
        self, name: str, kind: str, settings: Iterable[S], open_: Callable[[S, Callable[[DeviceState], None]], D]
    ) -> list[tuple[S, Slot[D]]]:
        """A place for each, named "signs", or "signs-1" where there are several."""
        every = list(settings)
        added: list[tuple[S, Slot[D]]] = []
        for number, one in enumerate(every, start=1):
            slot: Slot[D]

            def told(state: DeviceState, one: S = one) -> None:
                self._devices.report(next(slot for known, slot in added if known is one), state)

            slot = self._devices.add(
                name if len(every) == 1 else f"{name}-{number}",
                kind,
                partial(open_, one, told),
                driver=one.driver,
                address=one.address,
            )
            added.append((one, slot))
        return added

    # -- opening -----------------------------------------------------------------------------------------------------

    def _open_call_pads(self, line: CallPadSettings, told: Callable[[DeviceState], None]) -> CallPad:
        pads = open_device("callpad", line.driver, line.address, **_dialect(line))
        shared = [rating for rating in self._shared if rating.address == line.address]
        windows = sorted(set(line.windows.values()))

        def on_state(state: DeviceState) -> None:
            told(state)
            if state.health != "failed":
                self.board.refresh(windows)

        pads.listen(partial(self._key, line), on_state, partial(self._grade_of_shared, shared))
        return pads

    def _key(self, line: CallPadSettings, press: KeyPressed) -> None:
        window = line.windows.get(press.address)
        if window is not None:
            self.keys.pressed(window, line.keys.get(press.event, ""), press.digits)

    def _grade_of_shared(self, lines: list[RatingPadSettings], press: GradePressed) -> None:
        for line in lines:
            if press.address in line.windows and press.grade in line.grades:
                grade = GradePressed(press.address, line.grades[press.grade])
                self._ratings.pressed(line.windows[press.address], grade)

    def _open_rating_pads(self, line: RatingPadSettings, told: Callable[[DeviceState], None]) -> RatingPad:
        pads = open_device("ratingpad", line.driver, line.address, grades=line.grades, **_dialect(line))
        pads.listen(lambda press: self._ratings.pressed(line.windows.get(press.address), press), told)
        return pads

    def _open_signs(self, line: SignSettings, _told: Callable[[DeviceState], None]) -> Sign:
        signs = open_device("sign", line.driver, line.address, **_dialect(line))
        self.board.refresh(line.windows.values())
        return signs

    def _open_lamps(self, one: WindowLampSettings, _told: Callable[[DeviceState], None]) -> Lamps:
        lamps = open_device("lamps", one.driver, one.address, pins=one.pins, active_low=one.active_low)
        self.board.refresh([one.window])
        return lamps

    def _open_buttons(self, one: ButtonSettings, told: Callable[[DeviceState], None]) -> Buttons:
        buttons = open_device("buttons", one.driver, one.address, pins=one.pins)
        buttons.listen(partial(self.keys.pressed, one.window), told)
        return buttons

    def _open_key_pad(self, pad: KeyPadSettings, told: Callable[[DeviceState], None]) -> KeyPad:
        keys = open_device("keypad", pad.driver, pad.address)
        keys.listen(partial(self._typed, pad), told)
        return keys

    def _typed(self, pad: KeyPadSettings, line: str) -> None:
        if pad.use == "grades":
            if line in ("1", "2", "3", "4", "5"):
                self._ratings.pressed(pad.window, GradePressed(0, int(line)))
        else:
            self.keys.pressed(pad.window, pad.keys.get(line, ""))


def _device_of(slot: Slot[D]) -> Callable[[], D | None]:
    return lambda: slot.device


def _dialect(line: CallPadSettings | RatingPadSettings | SignSettings) -> Mapping[str, Any]:
    return {"dialect": str(line.dialect)} if line.dialect is not None else {}
