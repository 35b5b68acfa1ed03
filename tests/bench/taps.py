"""From a tap at the kiosk to the first byte of its slip, with a real server, a real kiosk and the printer's twin.

Knows how to run them and what to time, not what is allowed. The tap is the request that the page sends; the byte is the
one with which every slip begins, as it arrives at the printer.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from hall_process import HallProcess, free_port, script
from load import quantile

from drivers.simulated.line import PtyLine
from drivers.simulated.printer import PrinterTwin
from queue_server.client import new_key

INITIALISE = b"\x1b@"
PATIENCE_S = 30.0
CONFIG = """
[node]
id = "kiosk-1"
server = "{server}"
[page]
port = {port}
[devices.printer]
driver = "escpos"
address = "simulated://printer"
"""


class TimedPrinter(PrinterTwin):
    """Notes when a slip begins to arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.began_s: list[float] = []

    def feed(self, data: bytes) -> bytes:
        if INITIALISE in data:
            self.began_s.append(time.perf_counter())
        return super().feed(data)


class Kiosk:
    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.hall = HallProcess(folder / "hall", extra='[offline]\nkiosk-1 = "5001-9999"\n')
        self.hall.start()
        made = self.hall.run("token", "create", "--role", "node", "--name", "kiosk-1")
        (folder / "kiosk-1.token").write_text(made.stdout.splitlines()[-1])
        self.printer = TimedPrinter()
        os.environ["HALL_DEVICES_DIR"] = str(folder)
        self.line = PtyLine(self.printer, folder / "printer")
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        (folder / "kiosk.toml").write_text(CONFIG.format(server=self.hall.url, port=port))
        command = [script("kiosk-node"), "run", "--config", str(folder / "kiosk.toml")]
        with (folder / "kiosk.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.page = requests.Session()
        _until(self._ready)
        _until((folder / "kiosk-1" / "hall.json").exists)

    def tap_ms(self) -> float:
        """One tap: from the request to the first byte at the printer."""
        slips = len(self.printer.began_s)
        began_s = time.perf_counter()
        body = {"tap_id": new_key(), "service": "hukou"}
        answer = self.page.post(f"{self.url}/api/tickets", json=body, timeout=PATIENCE_S)
        answer.raise_for_status()
        _until(lambda: len(self.printer.began_s) > slips)
        return 1000 * (self.printer.began_s[slips] - began_s)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.page.close()
        self.line.close()
        self.hall.close()

    def _ready(self) -> bool:
        try:
            health = self.page.get(f"{self.url}/healthz", timeout=5).json()
        except requests.ConnectionError:
            return False
        return bool(health["server"]["connected"] and health["devices"].get("printer") == "ok")


@contextmanager
def kiosk(folder: Path) -> Iterator[Kiosk]:
    made = Kiosk(folder)
    try:
        yield made
    finally:
        made.close()


def p95_ms(taps_ms: list[float]) -> float:
    return quantile(sorted(taps_ms), 0.95)


def server_ms(hall: HallProcess, taps: int) -> list[float]:
    """What the server takes of it: a ticket asked for directly, one at a time."""
    client = hall.client("node")
    took_ms = []
    for _ in range(taps):
        began_s = time.perf_counter()
        client.post("/tickets", {"service": "hukou", "channel": "kiosk"}, key=new_key()).raise_for_status()
        took_ms.append(1000 * (time.perf_counter() - began_s))
    return took_ms


def _until(condition: object) -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not condition():  # type: ignore[operator]
        if time.monotonic() > end_s:
            raise RuntimeError("the kiosk does not come up; see its kiosk.log")
        time.sleep(0.002)
