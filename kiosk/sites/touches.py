"""What our page passes on of touches and keys, checked; knows no browser and no site.

Keys that a browser acts upon by itself (with Control, Alt, the function keys) are no such key: a site gets letters and
what one needs to fill in a form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from queue_server.node_web import ProblemError

LARGEST_PX: Final = 8_000
SMALLEST_PX: Final = 200
SCALES: Final = (1.0, 4.0)
MOST_EVENTS: Final = 64
MOST_POINTS: Final = 2
MOST_LETTERS: Final = 64
# Key -> its code for old pages, and the text that it writes.
KEYS: Final[dict[str, tuple[int, str]]] = {
    "Enter": (13, "\r"), "Tab": (9, ""), "Backspace": (8, ""), "Delete": (46, ""), "ArrowUp": (38, ""),
    "ArrowDown": (40, ""), "ArrowLeft": (37, ""), "ArrowRight": (39, ""), "Home": (36, ""), "End": (35, ""),
    "PageUp": (33, ""), "PageDown": (34, ""),
}  # fmt: skip
_TOUCHES: Final[dict[str, Literal["touchStart", "touchMove", "touchEnd", "touchCancel"]]] = {
    "start": "touchStart", "move": "touchMove", "end": "touchEnd", "cancel": "touchCancel",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touch:
    """points: where fingers are, in pixels of our page; none when the last was lifted."""

    kind: Literal["touchStart", "touchMove", "touchEnd", "touchCancel"]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Wheel:
    x: float
    y: float
    dx: float
    dy: float


@dataclass(frozen=True, slots=True)
class Keys:
    """Named keys and letters in their order."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size:
    width: int
    height: int
    scale: float


@dataclass(frozen=True, slots=True)
class Answered:
    ask: int
    accepted: bool
    option: int | None


@dataclass(frozen=True, slots=True)
class Go:
    """stay: somebody is there, and nothing else."""

    where: Literal["back", "start", "stay"]


Event = Touch | Wheel | Keys | Size | Answered | Go


def read_events(body: Any) -> tuple[str, list[Event]]:
    """Of `{session, events}`. Raises ProblemError."""
    session, events = _get(body, "session", str), _get(body, "events", list)
    if len(events) > MOST_EVENTS:
        raise _wrong("too many events")
    return session, [_read(event) for event in events]


def read_size(body: Any) -> Size:
    size = Size(_whole(body, "width"), _whole(body, "height"), _number(body, "scale", *SCALES))
    if min(size.width, size.height) < SMALLEST_PX:
        raise _wrong("too small")
    return size


def _read(event: Any) -> Event:
    kind = _get(event, "type", str)
    if kind == "touch":
        points = _get(event, "points", list)
        touch = _TOUCHES.get(_get(event, "kind", str))
        if touch is None or len(points) > MOST_POINTS:
            raise _wrong("no such touch")
        return Touch(touch, tuple((_place(point, "x"), _place(point, "y")) for point in points))
    if kind == "wheel":
        return Wheel(*(_number(event, name, -LARGEST_PX, LARGEST_PX) for name in ("x", "y", "dx", "dy")))
    if kind == "key":
        key = _get(event, "key", str)
        if key not in KEYS and not (len(key) == 1 and key.isprintable()):
            raise _wrong("no such key")
        return Keys((key,))
    if kind == "text":
        text = _get(event, "text", str)
        if len(text) > MOST_LETTERS or not text.isprintable():
            raise _wrong("no such text")
        return Keys(tuple(text))
    if kind == "size":
        return read_size(event)
    if kind == "answer":
        option = event.get("option")
        return Answered(_whole(event, "ask"), _get(event, "accepted", bool), option if type(option) is int else None)
    if kind in ("back", "start", "stay"):
        return Go(kind)
    raise _wrong("no such event")


def _place(point: Any, name: str) -> float:
    return _number(point, name, 0, LARGEST_PX)


def _whole(body: Any, name: str) -> int:
    return round(_number(body, name, 0, LARGEST_PX))


def _number(body: Any, name: str, low: float, high: float) -> float:
    value = body.get(name) if isinstance(body, dict) else None
    if type(value) not in (int, float) or not low <= value <= high:  # type: ignore[operator]
        raise _wrong(f"{name} is missing or out of range")
    return float(value)  # type: ignore[arg-type]


def _get(body: Any, name: str, kind: type) -> Any:
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, kind):
        raise _wrong(f"{name} is missing")
    return value


def _wrong(why: str) -> ProblemError:
    return ProblemError(422, "invalid_values", f"This is not how a site is touched: {why}.")
