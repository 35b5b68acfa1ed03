"""A real kiosk node with the real drivers on twins behind ptys, against the fake hall; knows no page."""

from __future__ import annotations

import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

sys.path.insert(0, str(Path(__file__).parent.parent / "client"))

from fake_hall import FakeHall, wait_for

from config.node import DeviceSettings, KioskSettings, NodeSettings, PageSettings, PrinterSettings
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import PtyLine
from drivers.simulated.printer import PrinterTwin
from kiosk.node import KioskNode
from queue_server.node_web import NodeServer


class Kiosk:
    """A running node, and what a page would do with it."""

    def __init__(self, settings: KioskSettings, **options: Any) -> None:
        self.node = KioskNode(settings, "secret", **options)
        self.server = NodeServer(self.node.app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.server.start()
        self.node.start()

    def close(self) -> None:
        self.server.close()
        self.node.close()

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        return requests.post(f"{self.url}{path}", json={} if body is None else body, headers=headers, timeout=30)

    def take(self, tap: str | None = None, **wish: Any) -> requests.Response:
        return self.post("/api/tickets", {"tap_id": tap or uuid.uuid4().hex, "service": "shebao", **wish})

    def view(self) -> Any:
        return self.node.state.view()

    def device(self, name: str) -> str:
        return next((device["code"] for device in self.view()["devices"] if device["name"] == name), "missing")


@pytest.fixture
def hall() -> Iterator[FakeHall]:
    fake = FakeHall()
    fake.views["kiosk"] = (1, {"seq": 1, "requeue_within_s": 1800, "services": []})
    yield fake.start()
    fake.stop()


@pytest.fixture
def devices_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        monkeypatch.setenv("HALL_DEVICES_DIR", folder)
        yield Path(folder)


@pytest.fixture
def printer(devices_dir: Path) -> Iterator[PrinterTwin]:
    twin = PrinterTwin()
    line = PtyLine(twin, devices_dir / "printer")
    yield twin
    line.close()


@pytest.fixture
def reader(devices_dir: Path) -> Iterator[IdCardTwin]:
    twin = IdCardTwin()
    line = PtyLine(twin, devices_dir / "reader")
    yield twin
    line.close()


@pytest.fixture
def settings(hall: FakeHall, tmp_path: Path) -> KioskSettings:
    return KioskSettings(
        node=NodeSettings("kiosk-1", hall.url, tmp_path / "token", tmp_path / "data"),
        page=PageSettings("127.0.0.1", 8081),
        printer=PrinterSettings("escpos", "simulated://printer", 80),
        idcard=DeviceSettings("sdt", "simulated://reader"),
    )


@pytest.fixture
def open_kiosk(settings: KioskSettings) -> Iterator[Callable[..., Kiosk]]:
    opened: list[Kiosk] = []

    def make(**options: Any) -> Kiosk:
        kiosk = Kiosk(settings, **options)
        opened.append(kiosk)
        return kiosk

    yield make
    for kiosk in opened:
        kiosk.close()


@pytest.fixture
def kiosk(open_kiosk: Callable[..., Kiosk], printer: PrinterTwin, reader: IdCardTwin) -> Kiosk:
    made = open_kiosk(deadline_s=5.0)
    wait_for(lambda: made.view()["server"]["connected"])
    wait_for(lambda: made.device("printer") == "ok" and made.device("idcard") == "ok")
    return made
