"""A real kiosk node with the real drivers on twins behind ptys, against the fake hall; knows no page."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from fake_hall import FakeHall
from node_here import NodeHere
from waiting import wait_for

from config.node import DeviceSettings, KioskSettings, NodeSettings, PageSettings, PrinterSettings
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.printer import PrinterTwin
from kiosk.node import KioskNode


class Kiosk(NodeHere):
    """A running node, and what its page would do with it."""

    def take(self, tap: str | None = None, **wish: Any) -> requests.Response:
        return self.post("/api/tickets", {"tap_id": tap or uuid.uuid4().hex, "service": "shebao", **wish})


@pytest.fixture
def hall() -> Iterator[FakeHall]:
    fake = FakeHall()
    fake.views["kiosk"] = (1, {"seq": 1, "requeue_within_s": 1800, "services": []})
    yield fake.start()
    fake.stop()


@pytest.fixture
def printer(plug_in_at: Callable[[Any, str], Any]) -> PrinterTwin:
    twin: PrinterTwin = plug_in_at(PrinterTwin(), "printer")
    return twin


@pytest.fixture
def reader(plug_in_at: Callable[[Any, str], Any]) -> IdCardTwin:
    twin: IdCardTwin = plug_in_at(IdCardTwin(), "reader")
    return twin


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
        kiosk = Kiosk(KioskNode(settings, "secret", **options))
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
