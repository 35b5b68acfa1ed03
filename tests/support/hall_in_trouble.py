"""A whole hall as processes behind bad lines: kiosks with printers, walls with speakers, staff; knows no assertion.

Every process is the real one. Only printers and speakers are twins, and they live here, so that what they printed and
said outlives every kill.
"""

from __future__ import annotations

import os
import random
import re
import tempfile
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import socketio
from bad_network import BadNetwork
from hall_process import Client, HallProcess
from live_page import LivePage
from node_process import PRINTER, start_node
from waiting import wait_for

from drivers.simulated.line import PtyLine, UnixLine
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.speaker import SpeakerTwin

WINDOWS = (1, 2, 3)
LABEL = re.compile(r"\b[A-Z]{1,2}\d{3,4}\b")

_SPEAKER = """
[voice]
languages = ["zh-CN"]
repeats = 1
drop_after_s = 3600
[devices.speaker]
driver = "speech"
address = "simulated://speaker"
"""


class RecordingSpeaker(SpeakerTwin):
    """Keeps the tokens of everything it ever said, oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, ...]] = []

    def play(self, stream: bytes) -> bytes:
        answer = super().play(stream)
        if answer == b"played\n":
            self.heard.append(self.said()[0].tokens)
        return answer


class Node:
    """One node process behind its line. kills: how often it was ended by force."""

    def __init__(self, kind: str, name: str, folder: Path, line: BadNetwork, token: str) -> None:
        self.name, self.line, self.kills = name, line, 0
        devices = (PRINTER if kind == "kiosk" else _SPEAKER).replace("simulated://", f"simulated://{name}-")
        self.process = start_node(kind, folder, line.url, token, name=name, rest=devices)
        self.url = self.process.url

    def kill(self) -> None:
        self.process.kill()
        self.kills += 1

    def is_up(self) -> bool:
        return self.process.health() is not None

    def view(self, name: str) -> dict[str, Any]:
        """What its page would show."""
        with LivePage(self.url) as page:
            return page.follow(name)


class HallInTrouble:
    """`kiosks` and `walls` of them, and everything that can happen to them drawn from `seed`."""

    def __init__(self, folder: Path, seed: int, kiosks: int = 3, walls: int = 5) -> None:
        self.random = random.Random(seed)
        self._devices = tempfile.TemporaryDirectory(prefix="hall-")
        os.environ["HALL_DEVICES_DIR"] = self._devices.name
        ranges = "".join(f'kiosk-{n} = "{n}001-{n}999"\n' for n in range(1, kiosks + 1))
        self.server = HallProcess(folder, extra=f"[rules]\ncall_gap_s = 0\n[offline]\n{ranges}")
        self.printers = {f"kiosk-{n}": PrinterTwin() for n in range(1, kiosks + 1)}
        self.speakers = {f"wall-{n}": RecordingSpeaker() for n in range(1, walls + 1)}
        place = Path(self._devices.name)
        self._lines = [PtyLine(twin, place / f"{name}-printer") for name, twin in self.printers.items()]
        self._sockets = [UnixLine(twin, place / f"{name}-speaker") for name, twin in self.speakers.items()]
        self.kiosks: list[Node] = []
        self.walls: list[Node] = []
        self._folder = folder
        self.papers: dict[str, dict[int, str]] = {name: {} for name in self.printers}
        self.taps: dict[str, str] = {}
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    @property
    def nodes(self) -> list[Node]:
        return [*self.kiosks, *self.walls]

    def _node(self, kind: str, name: str) -> Node:
        line = BadNetwork(self.server.port, self.random.randrange(2**32))
        return Node(kind, name, self._folder, line, self.server.token("node", name=name))

    # -- what goes on in it ------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start every process; then citizens at every kiosk and staff at every window, until `calm`."""
        self.server.start()
        self.manager: Client = self.server.client("manager")
        for name in self.printers:
            self.kiosks.append(self._node("kiosk", name))
        for name in self.speakers:
            self.walls.append(self._node("display", name))
        self.wait(lambda: all(node.is_up() for node in self.nodes), "the nodes to start")
        work = [(self._citizens, kiosk, self.random.randrange(2**32)) for kiosk in self.kiosks]
        work += [(self._staff, window, self.random.randrange(2**32)) for window in WINDOWS]  # type: ignore[misc, list-item]
        self._threads = [threading.Thread(target=do, args=rest, daemon=True) for do, *rest in work]
        self._threads.append(threading.Thread(target=self._collect, daemon=True))
        for thread in self._threads:
            thread.start()

    def trouble(self) -> str:
        """One thing goes wrong and is put right again; returns what it was."""
        what = self.random.choice(("kill", "kill", "cut", "cut", "server"))
        node = self.random.choice(self.nodes)
        if what == "kill":
            node.kill()
            self._stop.wait(self.random.uniform(0, 1))
            node.process.start()
        elif what == "cut":
            node.line.cut()
            self._stop.wait(self.random.uniform(0.2, 3))
            node.line.mend()
        else:
            self.server.kill()
            self._stop.wait(self.random.uniform(0, 2))
            self.server.start()
        return f"{what} {node.name if what != 'server' else ''}"

    def calm(self) -> None:
        """Nobody takes or calls any more, every line is good, and everything that was on its way has arrived."""
        self._stop.set()
        for node in self.nodes:
            node.line.heal()
        for thread in self._threads:
            thread.join(60)
        self.wait(lambda: all(node.is_up() for node in self.nodes), "the nodes to be up")
        self.wait(lambda: all(self._handed_in(kiosk) for kiosk in self.kiosks), "the tickets to be handed in")
        self._look()

    def walls_agree(self) -> list[str]:
        """The walls that show something else than the server; empty when all are equal."""
        board = self.manager.get("/board").json()
        return [wall.name for wall in self.walls if _shown(wall.view("board")["data"]) != _shown(board)]

    def journal(self) -> list[dict[str, Any]]:
        events: list[dict[str, Any]] = []
        while page := self.manager.get(f"/journal?after={len(events)}&limit=1000").json()["events"]:
            events += page
        return events

    def close(self) -> None:
        self._stop.set()
        for node in self.nodes:
            node.line.close()
            node.process.close()
        for line in [*self._lines, *self._sockets]:
            line.close()
        self.server.close()
        self._devices.cleanup()

    # -- people --------------------------------------------------------------------------------------------------------

    def _citizens(self, kiosk: Node, seed: int) -> None:
        """One after the other; each tap is repeated by the page until it is answered, as a page does."""
        chance = random.Random(seed)
        while not self._stop.wait(chance.uniform(0.3, 1.5)):
            tap, service = uuid.uuid4().hex, chance.choice(("hukou", "social"))
            while not self._stop.is_set():
                try:
                    answer = requests.post(
                        f"{kiosk.url}/api/tickets", json={"tap_id": tap, "service": service}, timeout=20
                    )
                except requests.RequestException:
                    self._stop.wait(0.1)
                    continue
                if answer.status_code == 201:
                    self.taps[tap] = answer.json()["ticket"]["label"]
                    break
                self._stop.wait(0.2)

    def _staff(self, window: int, seed: int) -> None:
        """Calls and serves all day. They sit beside the server: what is tried here are the nodes' lines."""
        chance = random.Random(seed)
        self._ask(f"/windows/{window}/open", {})
        while not self._stop.wait(chance.uniform(0.5, 2.0)):
            if self._ask(f"/windows/{window}/next", {}) == 200:
                self._ask(f"/windows/{window}/start", {})

    def _ask(self, path: str, body: dict[str, Any]) -> int:
        key = uuid.uuid4().hex
        while not self._stop.is_set():
            try:
                answer = self.manager.post(path, body, key)
            except requests.RequestException:
                self._stop.wait(0.05)
                continue
            if answer.status_code != 503:
                return answer.status_code
        return 0

    def _collect(self) -> None:
        while not self._stop.wait(0.2):
            self._look()

    def _look(self) -> None:
        """Take the papers out of the printers before they are forgotten."""
        for name, printer in self.printers.items():
            self.papers[name].update({slip.n: slip.text for slip in printer.slips() if slip.complete})

    def _handed_in(self, kiosk: Node) -> bool:
        offline = kiosk.view("node")["data"].get("offline")
        return offline is not None and not offline["active"] and offline["waiting"] == 0

    def wait(self, look: Callable[[], bool], what: str) -> None:
        """Until it is so; meanwhile any of its processes may be dead or a line be down."""

        def seen() -> bool:
            try:
                return look()
            except (requests.RequestException, socketio.exceptions.SocketIOError):
                return False

        wait_for(seen, 60, what)


def _shown(board: dict[str, Any]) -> Any:
    """What people see: calls, windows, who waits. Estimates change with time alone."""
    waiting = [(each["service"], each["waiting"], each["next"]) for each in board["waiting"]]
    return board["calls"], board["windows"], waiting
