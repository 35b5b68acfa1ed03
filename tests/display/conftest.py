"""A real display node with the real drivers on twins, against the fake hall; knows no page."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

sys.path.insert(0, str(Path(__file__).parent.parent / "client"))

from fake_hall import FakeHall, wait_for

from config.node import DeviceSettings, DisplaySettings, NodeSettings, PageSettings, VoiceSettings
from config.window_devices import RatingPadSettings
from display.node import DisplayNode
from drivers.simulated.line import PtyLine, UnixLine
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.speaker import SpeakerTwin
from queue_server.node_web import NodeServer


class Display:
    """A running node, and what a tablet would do with it."""

    def __init__(self, settings: DisplaySettings, **options: Any) -> None:
        self.node = DisplayNode(settings, "secret", **options)
        self.server = NodeServer(self.node.app, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.server.port}"
        self.server.start()
        self.node.start()

    def close(self) -> None:
        self.server.close()
        self.node.close()

    def rate(self, window: int, **body: Any) -> requests.Response:
        return requests.post(f"{self.url}/api/windows/{window}/rating", json=body, timeout=30)

    def view(self) -> Any:
        return self.node.state.view()

    def device(self, name: str) -> str:
        return next((device["code"] for device in self.view()["devices"] if device["name"] == name), "missing")


@pytest.fixture
def hall() -> Iterator[FakeHall]:
    fake = FakeHall()
    fake.views["board"] = (1, {"seq": 1, "calls": []})
    for number in (2, 3):
        fake.views[f"window:{number}"] = (1, {"seq": 1, "window": number, "rate": None})
    yield fake.start()
    fake.stop()


@pytest.fixture
def devices_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        monkeypatch.setenv("HALL_DEVICES_DIR", folder)
        yield Path(folder)


@pytest.fixture
def speaker(devices_dir: Path) -> Iterator[SpeakerTwin]:
    twin = SpeakerTwin()
    line = UnixLine(twin, devices_dir / "speaker")
    yield twin
    line.close()


@pytest.fixture
def pads(devices_dir: Path) -> Iterator[RatingPadTwin]:
    twin = RatingPadTwin((1, 2))
    line = PtyLine(twin, devices_dir / "pads")
    yield twin
    line.close()


@pytest.fixture
def settings(hall: FakeHall, tmp_path: Path) -> DisplaySettings:
    return DisplaySettings(
        node=NodeSettings("display-1", hall.url, tmp_path / "token", tmp_path / "data"),
        page=PageSettings("127.0.0.1", 8082),
        voice=VoiceSettings(languages=("zh-CN", "en"), repeats=2),
        speaker=DeviceSettings("speech", "simulated://speaker"),
        ratingpads=(RatingPadSettings("ff68", "simulated://pads", {1: 2, 2: 3}, {0: 2, 1: 3, 2: 4, 3: 5}),),
    )


@pytest.fixture
def open_display(settings: DisplaySettings) -> Iterator[Callable[..., Display]]:
    opened: list[Display] = []

    def make(settings: DisplaySettings = settings, **options: Any) -> Display:
        display = Display(settings, **options)
        opened.append(display)
        return display

    yield make
    for display in opened:
        display.close()


@pytest.fixture
def display(open_display: Callable[..., Display], speaker: SpeakerTwin, pads: RatingPadTwin) -> Display:
    made = open_display(deadline_s=5.0)
    wait_for(lambda: made.view()["server"]["connected"])
    wait_for(lambda: made.device("speaker") == "ok" and made.device("ratingpads") == "ok")
    return made
