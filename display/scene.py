"""What is to be seen at a window, out of the hall's views; pure functions that know no device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.ports import Lamp
from queue_server.wire.board import BoardView
from queue_server.wire.kiosk import KioskView
from queue_server.wire.staff import WindowLiveView


@dataclass(frozen=True, slots=True)
class Scene:
    """A window now. label: of the ticket in hand, "" for none · waiting: how many it may call · elsewhere: open
    windows that serve something of the same, when this one is paused · emergency: the hall shows an emergency message.
    """

    state: Literal["closed", "open", "paused"]
    label: str
    waiting: int
    elsewhere: tuple[int, ...] = ()
    emergency: bool = False


def scene(view: WindowLiveView, board: BoardView | None, kiosk: KioskView | None) -> Scene:
    """Of the newest views; `waiting` may be missing in the one of an older server."""
    return Scene(
        state=view["state"],
        label=view["label"] or "",
        waiting=view.get("waiting", 0),
        elsewhere=_elsewhere(view["window"], board, kiosk) if view["state"] == "paused" else (),
        emergency=board is not None and board.get("emergency") is not None,
    )


def lamp(scene: Scene) -> Lamp:
    """The lamp of the window."""
    if scene.emergency:
        return "alarm"
    if scene.state == "closed":
        return "off"
    if scene.label:
        return "serving"
    return "paused" if scene.state == "paused" else "free"


def digits(label: str, most: int = 3) -> str:
    """The number of a label, without its letters and not longer than a pad's display: A042 is 042."""
    return "".join(character for character in label if character in "0123456789")[-most:]


def _elsewhere(window: int, board: BoardView | None, kiosk: KioskView | None) -> tuple[int, ...]:
    if board is None or kiosk is None:
        return ()
    services = {one["window"]: set(one["services"]) for one in kiosk["windows"]}
    open_windows = (one["window"] for one in board["windows"] if one["state"] == "open")
    here = services.get(window, set())
    return tuple(other for other in open_windows if other != window and here & services.get(other, set()))
