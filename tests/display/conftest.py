"""A real display node with the real drivers on twins, against the fake hall; knows no page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from fake_hall import FakeHall
from node_here import NodeHere
from waiting import wait_for

from config.node import DeviceSettings, DisplaySettings, NodeSettings, PageSettings, VoiceSettings
from config.window_devices import RatingPadSettings
from display.node import DisplayNode
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.speaker import SpeakerTwin


class Display(NodeHere):
    """A running node, and what a tablet would do with it."""

    def rate(self, window: int, **body: Any) -> requests.Response:
        return self.post(f"/api/windows/{window}/rating", body)


@pytest.fixture
def hall() -> Iterator[FakeHall]:
    fake = FakeHall()
    fake.views["board"] = (1, {"seq": 1, "calls": []})
    for number in (2, 3):
        fake.views[f"window:{number}"] = (1, {"seq": 1, "window": number, "rate": None})
    yield fake.start()
    fake.stop()


@pytest.fixture
def speaker(plug_in_at: Callable[[Any, str], Any]) -> SpeakerTwin:
    twin: SpeakerTwin = plug_in_at(SpeakerTwin(), "speaker")
    return twin


@pytest.fixture
def pads(plug_in_at: Callable[[Any, str], Any]) -> RatingPadTwin:
    twin: RatingPadTwin = plug_in_at(RatingPadTwin((1, 2)), "pads")
    return twin


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
        display = Display(DisplayNode(settings, "secret", **options))
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
