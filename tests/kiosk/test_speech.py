"""Spoken guidance at a kiosk: heard when it was asked for, cut short by the next words, silent about persons aloud."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from waiting import wait_for

from config.node import DeviceSettings, KioskSettings
from drivers.errors import SpeakerError
from drivers.simulated.speaker import SpeakerTwin
from kiosk.speech import SpokenGuide, sentences

GREETING = {"text": "您好", "private": "李*，您好", "language": "zh-CN"}


class Heard:
    """A speaker that plays each sentence until it is told to stop, or `end` lets it come to its end."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.cut: list[str] = []
        self.end = threading.Event()
        self.broken = False
        self._stop = threading.Event()

    def read(self, text: str, language: str, wanted: Callable[[], bool] = lambda: True) -> None:
        if self.broken:
            raise SpeakerError("no card")
        self.begun.append(text)
        while not (self.end.is_set() or self._stop.wait(0.01)):
            if not wanted():
                break
        if self._stop.is_set():
            self.cut.append(text)
            self._stop.clear()

    def hush(self) -> None:
        self._stop.set()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def open_guide(heard: Heard) -> Iterator[Callable[..., SpokenGuide]]:
    made: list[SpokenGuide] = []

    def opened(ways: tuple[bool, bool] = (True, False), **options: Any) -> SpokenGuide:
        shown: list[tuple[bool, bool]] = []
        guide = SpokenGuide(lambda _private: heard, lambda on, private: shown.append((on, private)), ways, **options)
        guide.shown = shown  # type: ignore[attr-defined]
        guide.start()
        made.append(guide)
        return guide

    yield opened
    for guide in made:
        guide.close()


def test_new_words_cut_the_old_ones_short(open_guide: Any, heard: Heard) -> None:
    guide = open_guide()
    assert not guide.say("nobody asked for it", "", "en", True)
    guide.switch(True)
    assert guide.say("One. Two. Three.", "", "en", True)
    wait_for(lambda: heard.begun == ["One."])
    assert guide.say("Four.", "", "en", True)
    wait_for(lambda: heard.begun == ["One.", "Four."])
    assert heard.cut == ["One."]
    assert guide.say("Five.", "", "en", False)  # after what is being said
    assert heard.begun == ["One.", "Four."]
    heard.end.set()
    wait_for(lambda: heard.begun == ["One.", "Four.", "Five."])
    heard.end.clear()
    guide.say("Six.", "", "en", False)
    wait_for(lambda: len(heard.begun) == 4)
    guide.switch(False)
    wait_for(lambda: heard.cut == ["One.", "Six."])
    assert guide.shown == [(False, False), (True, False), (False, False)]


def test_a_name_is_for_headphones_only(open_guide: Any, heard: Heard) -> None:
    heard.end.set()
    aloud, alone, both = open_guide((True, False)), open_guide((False, True)), open_guide((True, True))
    for guide in (aloud, alone, both):
        guide.switch(True)
        guide.say("您好", "李*，您好", "zh-CN", True)
        wait_for(lambda: heard.begun)
        guide.said = heard.begun.pop()
    assert [guide.said for guide in (aloud, alone, both)] == ["您好", "李*，您好", "您好"]
    both.switch(True, private=True)  # a jack noticed them
    both.say("您好", "李*，您好", "zh-CN", True)
    wait_for(lambda: heard.begun == ["李*，您好"])
    aloud.switch(True, private=True)  # there are none here, whatever a key says
    aloud.say("号码 138 0013 8000，A042", "", "zh-CN", True)
    wait_for(lambda: heard.begun[1:] == ["号码 ，A042"])


def test_a_speaker_that_fails_ends_no_visit_and_silence_ends_the_guidance(open_guide: Any, heard: Heard) -> None:
    guide = open_guide(forget_after_s=0.3)
    guide.switch(True)
    heard.broken = True
    assert guide.say("One. Two.", "", "en", True)
    heard.end.set()
    wait_for(lambda: guide.shown[-1] == (False, False) and len(guide.shown) == 3)
    heard.broken = False
    guide.switch(True)
    assert guide.say("Three.", "", "en", True)
    wait_for(lambda: heard.begun == ["Three."])


def test_pieces_are_heard_soon() -> None:
    assert sentences("取号成功。您的号码 A 0 4 2！前面等候 5 人。") == [
        "取号成功。",
        "您的号码 A 0 4 2！",
        "前面等候 5 人。",
    ]
    assert sentences("Take a number. Button, 1.5 of 4.\nThen?") == ["Take a number.", "Button, 1.5 of 4.", "Then?"]
    assert sentences(" 。 · \n") == []


# -- at a real node ---------------------------------------------------------------------------------------------------


@pytest.fixture
def way() -> str | None:
    """Where the kiosk is heard; a test says where."""
    return None


@pytest.fixture
def settings(settings: KioskSettings, way: str | None) -> KioskSettings:
    where = DeviceSettings("speech", "simulated://ear")
    return replace(
        settings, speaker=where if way == "speaker" else None, headphones=where if way == "headphones" else None
    )


@pytest.fixture
def speaker(plug_in_at: Callable[[Any, str], Any]) -> Iterator[SpeakerTwin]:
    twin: SpeakerTwin = plug_in_at(SpeakerTwin(), "ear")
    yield twin
    twin.close()


def test_a_kiosk_without_a_speaker_says_so(kiosk: Any) -> None:
    assert kiosk.post("/api/guidance", {"on": True}).json()["code"] == "no_speaker"
    assert kiosk.post("/api/guidance", {"on": False}).status_code == 204
    assert kiosk.post("/api/say", GREETING).json()["code"] == "guidance_off"


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("way", ["speaker", "headphones"])
def test_the_page_is_heard_through_the_kiosks_own_device(
    capfd: pytest.CaptureFixture[str], speaker: SpeakerTwin, open_kiosk: Any, way: str
) -> None:
    kiosk = open_kiosk()
    wait_for(lambda: kiosk.device(way) == "ok")
    assert kiosk.post("/api/guidance", {"on": True}).status_code == 204
    view = kiosk.node._relay.newest("guidance")
    assert (view["on"], view["private"]) == (True, way == "headphones")
    assert kiosk.post("/api/say", GREETING).status_code == 204
    wait_for(lambda: speaker.said())
    assert (speaker.said()[0].language, speaker.said()[0].tokens) == (
        "zh-CN",
        ("您好",) if way == "speaker" else ("李*，您好",),
    )
    assert "您好" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("say", {"text": "x" * 1001, "language": "en"}, "text"),
        ("say", {"text": "", "language": "en"}, "text"),
        ("say", {"text": "x", "language": "../en"}, "language"),
        ("say", {"text": "x", "language": "en", "interrupt": 1}, "interrupt"),
        ("say", {"text": "x", "language": "en", "device": "alsa://hw"}, "device"),
        ("guidance", {"on": "yes"}, "on"),
        ("guidance", {"on": True, "private": "yes"}, "private"),
    ],
)
def test_a_wrong_wish_is_named(kiosk: Any, path: str, body: Any, field: str) -> None:
    answer = kiosk.post(f"/api/{path}", body)
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, field)
