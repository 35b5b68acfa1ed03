"""Real nodes with simulated devices before a scripted hall, so that a page can be shown in any state at once.

It knows how to start them and how a hall's views look; which states are worth looking at is the tests' business.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fake_hall import FakeHall
from node_here import NodeHere
from site_server import SANDBOX
from waiting import wait_for

from config.load import load_hall
from config.node import (
    BrowserSettings,
    DeviceSettings,
    DisplaySettings,
    KioskSettings,
    NodeSettings,
    PageSettings,
    PrinterSettings,
)
from config.wall import MediaSettings, WallSettings
from display.node import DisplayNode
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import PtyLine, UnixLine
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.speaker import SpeakerTwin
from kiosk.node import KioskNode
from queue_server.hall.state import Hall
from queue_server.readers.board import Calls, board
from queue_server.readers.guide import guide
from queue_server.readers.kiosk import hall_info, kiosk
from queue_server.readers.public import NOTHING
from queue_server.sealed import public_key

TOWNSHIP = Path(__file__).parents[2] / "config" / "examples" / "township.toml"
AIDS: dict[str, Any] = {"scanner": "evdev", "keypad": "evdev", "speaker": "speech", "headphones": "speech"}
View = dict[str, Any]


def moment(in_s: float = 0) -> str:
    """RFC 3339, so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=in_s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class PageStage:
    """A kiosk and a display before one scripted hall: the township's, with nobody in it until `show` says otherwise."""

    def __init__(self, own_numbers: bool = False, wall: WallSettings | None = None, aids: bool = False) -> None:
        """own_numbers: whether the kiosk gives tickets by itself while the server is away. wall: the display's. aids:
        whether the kiosk has a scanner, a key pad without arrows, a speaker and headphones."""
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-pages-")))
        before = os.environ.get("HALL_DEVICES_DIR")
        os.environ["HALL_DEVICES_DIR"] = str(folder)
        self._stack.callback(_restore, before)
        self._hall = Hall(load_hall(TOWNSHIP))
        self._seq = 1_000  # a hall's seq is never below that of its calls
        self.fake = FakeHall()
        self.fake.info = dict(hall_info(self._hall))
        if own_numbers:
            hours = dict.fromkeys(self._hall.settings.services)
            key = public_key(bytes(32))
            self.fake.info["offline"] = {
                "now": moment(),
                "first": 801,
                "last": 899,
                "key": key,
                "hours": hours,
                "appointments": True,
            }
        self.clear()
        self.fake.start()
        self._stack.callback(self.fake.stop)
        self.printer = PrinterTwin()
        self.reader = IdCardTwin()
        for name, twin in (("printer", self.printer), ("reader", self.reader)):
            self._stack.callback(PtyLine(twin, folder / name).close)
        self.scanner, self.keypad = KeysTwin(), KeysTwin(keypad=True)
        self.speaker, self.headphones = SpeakerTwin(), SpeakerTwin()
        if aids:
            for name, typing in (("scanner", self.scanner), ("keypad", self.keypad)):
                self._stack.callback(PtyLine(typing, folder / name).close)
            for name, sound in (("speaker", self.speaker), ("headphones", self.headphones)):
                self._stack.callback(UnixLine(sound, folder / name).close)
        node = NodeSettings("kiosk-1", self.fake.url, folder / "token", folder / "kiosk")
        self.kiosk_node = KioskNode(
            KioskSettings(
                node=node,
                page=PageSettings("127.0.0.1", 8081),
                printer=PrinterSettings("escpos", "simulated://printer", 80),
                idcard=DeviceSettings("sdt", "simulated://reader"),
                browser=BrowserSettings(arguments=SANDBOX),
                **{name: DeviceSettings(AIDS[name], f"simulated://{name}") for name in (AIDS if aids else ())},
            ),
            "secret",
            deadline_s=2.0,
        )
        node = NodeSettings("display-1", self.fake.url, folder / "token", folder / "display")
        self.media = folder / "media"  # what lies in it is shown on walls between calls
        self.media.mkdir()
        show = MediaSettings(self.media, item_s=3, between_s=0, away_s=5)
        display = DisplaySettings(
            node=node, page=PageSettings("127.0.0.1", 8082), wall=wall or WallSettings(), media=show
        )
        self.display_node = DisplayNode(display, "secret")
        self.kiosk = self._serve(self.kiosk_node)
        self.display = self._serve(self.display_node)
        wait_for(lambda: all(device["health"] == "ok" for device in self.kiosk_node.state.view()["devices"]))
        wait_for(lambda: self.display_node.state.view()["server"]["connected"])

    def close(self) -> None:
        self._stack.close()

    def _serve(self, node: KioskNode | DisplayNode) -> str:
        here = NodeHere(node)
        self._stack.callback(here.close)
        return here.url

    # -- what the hall says ------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """An open hall with nobody in it."""
        self.show("kiosk", dict(kiosk(self._hall, int(time.time() * 1000))))
        self.show("guide", dict(guide(self._hall, NOTHING, int(time.time() * 1000))))
        self.show("board", dict(board(self._hall, Calls())))
        for window in self._hall.settings.windows:
            self.show(f"window:{window}", self.window_view(window))

    def view(self, name: str) -> View:
        """A copy of what the hall said last, to be changed and shown."""
        return deepcopy(self.fake.views[name][1])

    def show(self, name: str, view: View) -> None:
        self._seq += 1
        self.fake.publish(name, self._seq, {**view, "seq": self._seq})

    def say(
        self, now: View | None, *, heard: int = 10**9, waiting: Sequence[int] = (), zones: Sequence[str] = ()
    ) -> None:
        """What the display's speaker says; it has none of its own here."""
        view = {"voice": True, "zones": list(zones), "heard": heard, "waiting": list(waiting), "now": now}
        self.display_node._relay.tell("saying", view)

    def be_silent(self) -> None:
        self.display_node._relay.tell("saying", {"voice": False, "zones": [], "heard": 0, "waiting": [], "now": None})

    def window_view(self, window: int, **facts: Any) -> View:
        settings = self._hall.settings
        nothing = dict.fromkeys(("staff", "label", "ticket_state", "pause_reason", "back_at", "rate"))
        return {
            "seq": 0,
            "timezone": settings.timezone,
            "window": window,
            "name": dict(settings.windows[window].name),
            "state": "closed",
            **nothing,
            **facts,
        }


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop("HALL_DEVICES_DIR", None)
    else:
        os.environ["HALL_DEVICES_DIR"] = before
