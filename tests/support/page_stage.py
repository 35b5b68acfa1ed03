"""Real nodes with simulated devices before a scripted hall, so that a page can be shown in any state at once.

It knows how to start them and how a hall's views look; which states are worth looking at is the tests' business.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from contextlib import ExitStack
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "client"))

from fake_hall import FakeHall, wait_for

from config.load import load_hall
from config.node import DeviceSettings, DisplaySettings, KioskSettings, NodeSettings, PageSettings, PrinterSettings
from display.node import DisplayNode
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import PtyLine
from drivers.simulated.printer import PrinterTwin
from kiosk.node import KioskNode
from queue_server.hall.state import Hall
from queue_server.node_web import NodeServer
from queue_server.readers.board import Calls, board
from queue_server.readers.kiosk import hall_info, kiosk
from queue_server.sealed import public_key

TOWNSHIP = Path(__file__).parents[2] / "config" / "examples" / "township.toml"
View = dict[str, Any]


def moment(in_s: float = 0) -> str:
    """RFC 3339, so many seconds from now."""
    return (datetime.now(UTC) + timedelta(seconds=in_s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class PageStage:
    """A kiosk and a display before one scripted hall: the township's, with nobody in it until `show` says otherwise."""

    def __init__(self, own_numbers: bool = False) -> None:
        """own_numbers: whether the kiosk gives tickets by itself while the server is away."""
        self._stack = ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-pages-")))
        before = os.environ.get("HALL_DEVICES_DIR")
        os.environ["HALL_DEVICES_DIR"] = str(folder)
        self._stack.callback(_restore, before)
        self._hall = Hall(load_hall(TOWNSHIP))
        self._seq = 1
        self.fake = FakeHall()
        self.fake.info = dict(hall_info(self._hall))
        if own_numbers:
            hours = dict.fromkeys(self._hall.settings.services)
            key = public_key(bytes(32))
            self.fake.info["offline"] = {"now": moment(), "first": 801, "last": 899, "key": key, "hours": hours}
        self.clear()
        self.fake.start()
        self._stack.callback(self.fake.stop)
        self.printer = PrinterTwin()
        self.reader = IdCardTwin()
        for name, twin in (("printer", self.printer), ("reader", self.reader)):
            self._stack.callback(PtyLine(twin, folder / name).close)
        node = NodeSettings("kiosk-1", self.fake.url, folder / "token", folder / "kiosk")
        self.kiosk_node = KioskNode(
            KioskSettings(
                node=node,
                page=PageSettings("127.0.0.1", 8081),
                printer=PrinterSettings("escpos", "simulated://printer", 80),
                idcard=DeviceSettings("sdt", "simulated://reader"),
            ),
            "secret",
            deadline_s=2.0,
        )
        node = NodeSettings("display-1", self.fake.url, folder / "token", folder / "display")
        self.display_node = DisplayNode(DisplaySettings(node=node, page=PageSettings("127.0.0.1", 8082)), "secret")
        self.kiosk = self._serve(self.kiosk_node)
        self.display = self._serve(self.display_node)
        wait_for(lambda: all(device["health"] == "ok" for device in self.kiosk_node.state.view()["devices"]))
        wait_for(lambda: self.display_node.state.view()["server"]["connected"])

    def close(self) -> None:
        self._stack.close()

    def _serve(self, node: KioskNode | DisplayNode) -> str:
        server = NodeServer(node.app, "127.0.0.1", 0)
        server.start()
        self._stack.callback(server.close)
        node.start()
        self._stack.callback(node.close)
        return f"http://127.0.0.1:{server.port}"

    # -- what the hall says ------------------------------------------------------------------------------------------

    def clear(self) -> None:
        """An open hall with nobody in it."""
        self.show("kiosk", dict(kiosk(self._hall, int(time.time() * 1000))))
        self.show("board", dict(board(self._hall, Calls())))
        for window in self._hall.settings.windows:
            self.show(f"window:{window}", self.window_view(window))

    def view(self, name: str) -> View:
        """A copy of what the hall said last, to be changed and shown."""
        return deepcopy(self.fake.views[name][1])

    def show(self, name: str, view: View) -> None:
        self._seq += 1
        self.fake.publish(name, self._seq, {**view, "seq": self._seq})

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
