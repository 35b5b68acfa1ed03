"""Driver name -> device: the one place where nodes get their devices; knows no driver before it is asked for.

A new driver adds a line to DRIVERS, or, from another package, an entry point in the group `hall_queue.drivers` named
"kind.driver".
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Literal, overload

from drivers.address import parse_address
from drivers.errors import Unsupported
from drivers.ports import (
    Buttons,
    CallPad,
    Device,
    IdCardReader,
    KeyPad,
    Lamps,
    Printer,
    RatingPad,
    Scanner,
    Sign,
    Speaker,
)

DRIVERS: dict[str, str] = {
    "printer.escpos": "drivers.printer:create",
    "idcard.sdt": "drivers.idcard:create",
    "ratingpad.ff68": "drivers.ratingpad:create",
    "ratingpad.dialect": "drivers.ratingpad:create_dialect",
    "callpad.ff68": "drivers.callpad:create",
    "callpad.dialect": "drivers.callpad:create_dialect",
    "lamps.gpio": "drivers.gpio:create_lamps",
    "buttons.gpio": "drivers.gpio:create_buttons",
    "keypad.evdev": "drivers.keys:create_keypad",
    "scanner.evdev": "drivers.keys:create_scanner",
    "sign.kanban": "drivers.sign:create_kanban",
    "sign.alpha": "drivers.sign:create_alpha",
    "sign.ledstrip": "drivers.sign:create_led_strip",
    "sign.dialect": "drivers.sign:create_dialect",
    "speaker.speech": "drivers.speaker:create",
}
ENTRY_POINT_GROUP = "hall_queue.drivers"


@overload
def open_device(kind: Literal["printer"], driver: str, address: str, **options: Any) -> Printer: ...
@overload
def open_device(kind: Literal["idcard"], driver: str, address: str, **options: Any) -> IdCardReader: ...
@overload
def open_device(kind: Literal["ratingpad"], driver: str, address: str, **options: Any) -> RatingPad: ...
@overload
def open_device(kind: Literal["speaker"], driver: str, address: str, **options: Any) -> Speaker: ...
@overload
def open_device(kind: Literal["callpad"], driver: str, address: str, **options: Any) -> CallPad: ...
@overload
def open_device(kind: Literal["sign"], driver: str, address: str, **options: Any) -> Sign: ...
@overload
def open_device(kind: Literal["keypad"], driver: str, address: str, **options: Any) -> KeyPad: ...
@overload
def open_device(kind: Literal["scanner"], driver: str, address: str, **options: Any) -> Scanner: ...
@overload
def open_device(kind: Literal["lamps"], driver: str, address: str, **options: Any) -> Lamps: ...
@overload
def open_device(kind: Literal["buttons"], driver: str, address: str, **options: Any) -> Buttons: ...
@overload
def open_device(kind: str, driver: str, address: str, **options: Any) -> Device: ...
def open_device(kind: str, driver: str, address: str, **options: Any) -> Any:
    """The device of `kind` at the URL `address` through `driver`, with the driver's own options.

    It need not be plugged in: the driver connects by itself. Raises BadAddress, and Unsupported for an unknown driver
    or option.
    """
    create = _factory(kind, driver)
    known = [
        name
        for name, parameter in inspect.signature(create).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    ]
    for name in options:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else f"; it has {', '.join(known) or 'none'}."
            raise Unsupported(f"The driver {driver} has no setting {name!r}{hint}")
    return create(parse_address(address), **options)


def drivers_of(kind: str) -> list[str]:
    """Names of the drivers for `kind`, sorted."""
    return sorted({name.partition(".")[2] for name in _names() if name.partition(".")[0] == kind})


def kinds() -> list[str]:
    """Kinds of device that there is a driver for, sorted."""
    return sorted({name.partition(".")[0] for name in _names()})


def _names() -> set[str]:
    return set(DRIVERS) | {point.name for point in entry_points(group=ENTRY_POINT_GROUP)}


def _factory(kind: str, driver: str) -> Callable[..., Device]:
    name = f"{kind}.{driver}"
    if name in DRIVERS:
        module, _, function = DRIVERS[name].partition(":")
        factory: Callable[..., Device] = getattr(import_module(module), function)
        return factory
    for point in entry_points(group=ENTRY_POINT_GROUP, name=name):
        loaded: Callable[..., Device] = point.load()
        return loaded
    if not drivers_of(kind):
        raise Unsupported(f"There is no kind of device {kind!r}; there are {', '.join(kinds())}.")
    raise Unsupported(f"There is no driver {driver!r} for a {kind}; there is {', '.join(drivers_of(kind))}.")
