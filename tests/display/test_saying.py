"""What a voice says besides calls in their order: its own floor only, emergencies, and what it tells the walls."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from waiting import wait_for

from display.announced import Announced
from display.announcer import Announcer
from drivers.errors import SpeakerError

NOW = datetime(2026, 11, 20, 2, 24, tzinfo=UTC)
AT = "2026-11-20T02:24:00.000Z"


def call(seq: int, label: str, zone: str = "", window: int = 3, kind: str = "call") -> dict[str, Any]:
    return {"seq": seq, "at": AT, "kind": kind, "label": label, "window": window, "service": "a", "zone": zone}


class Room:
    """A speaker that plays one sound at each `let`, and what walls were told at that moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.views: list[dict[str, Any]] = []
        self.broken = False
        self._allowed = threading.Semaphore(0)
        self._made: list[Announcer] = []

    def say(self, tokens: Sequence[str], _language: str) -> None:
        self._play("".join(token for token in tokens if len(token) == 1))

    def speak(self, text: str, _language: str) -> None:
        self._play(text)

    def _play(self, what: str) -> None:
        self._allowed.acquire(timeout=20)
        if self.broken:
            raise SpeakerError("no sound card")
        self.said.append(what)

    def let(self, sounds: int = 1) -> None:
        self._allowed.release(sounds)

    def now(self) -> dict[str, Any] | None:
        return self.views[-1]["now"] if self.views else None

    def open(self, **options: Any) -> Announcer:
        made = Announcer(
            self.say,
            Announced(self.folder),
            speak=self.speak,
            tell=self.views.append,
            **{"repeats": 1, "retry_s": 0.02, **options},
        )
        self._made.append(made)
        made.start()
        return made

    def close(self) -> None:
        self.let(10_000)
        for made in self._made:
            made.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.close()


def hear(announcer: Announcer, *calls: Any, emergency: str = "", zones: Sequence[str] = ("f1", "f2")) -> None:
    board: Any = {
        "seq": max([0, *(each["seq"] for each in calls)]),
        "calls": sorted(calls, key=lambda each: -each["seq"]),
        "zones": [{"zone": zone, "name": {}} for zone in zones],
        "emergency": {"text": emergency, "at": AT} if emergency else None,
    }
    announcer.hear(board, NOW.timestamp())


def test_a_voice_keeps_to_its_floor(room: Room) -> None:
    announcer = room.open(zones=["f2"])
    room.let(100)
    hear(announcer, call(1, "A1", "f1"), call(2, "A2", "f2"), call(3, "A3", ""), call(4, "A4", "f2"))
    wait_for(lambda: room.said == ["A23", "A43"])
    wait_for(lambda: Announced(room.folder).floor == 4, what="calls of other floors to be done with as well")


def test_a_floor_that_the_hall_does_not_have_silences_nobody(room: Room) -> None:
    announcer = room.open(zones=["second"])
    room.let(100)
    hear(announcer, call(1, "A1", "f1"), call(2, "A2", "f2"))
    wait_for(lambda: room.said == ["A13", "A23"])


def test_an_emergency_goes_before_calls_that_wait_and_they_follow_in_order(room: Room) -> None:
    announcer = room.open(repeats=2, emergency_every_s=600)
    hear(announcer, call(1, "A1"))
    wait_for(lambda: room.now() is not None)
    hear(announcer, call(1, "A1"), call(2, "A2"), call(3, "A3"), emergency="fire")
    room.let(100)
    wait_for(lambda: len(room.said) == 7)
    assert room.said == ["A13", "fire", "A13", "A23", "A23", "A33", "A33"]


def test_an_emergency_is_repeated_until_it_is_cleared_and_a_new_text_at_once(room: Room) -> None:
    announcer = room.open(emergency_every_s=0.05)
    room.let(10_000)
    hear(announcer, emergency="fire")
    wait_for(lambda: room.said.count("fire") >= 3)
    hear(announcer, call(1, "A1"), emergency="fire")
    wait_for(lambda: "A13" in room.said)
    hear(announcer, call(1, "A1"), emergency="all is well")
    wait_for(lambda: "all is well" in room.said)
    hear(announcer, call(1, "A1"))
    hear(announcer, call(1, "A1"), call(2, "A2"))
    wait_for(lambda: "A23" in room.said)
    after = len(room.said)
    hear(announcer, call(1, "A1"), call(2, "A2"), call(3, "A3"))
    wait_for(lambda: room.said[after:] == ["A33"])
    assert room.said.count("A13") == 1


def test_a_standing_emergency_does_not_starve_calls(room: Room) -> None:
    announcer = room.open(emergency_every_s=600)
    room.let(10_000)
    hear(announcer, emergency="fire")
    wait_for(lambda: room.said == ["fire"])
    hear(announcer, call(1, "A1"), call(2, "A2"), emergency="fire")
    wait_for(lambda: room.said == ["fire", "A13", "A23"])


def test_walls_are_told_what_is_said_while_it_is_said(room: Room) -> None:
    announcer = room.open(languages=("zh-CN", "en"))
    hear(announcer, call(5, "A042", "f2"), call(6, "A043", "f1", 12, "recall"))
    wait_for(lambda: room.now() is not None)
    view = room.views[-1]
    assert view["now"] == {
        "kind": "call", "seqs": [5], "label": "A042", "window": 3, "zone": "f2", "language": "zh-CN",
        "text": "请A042号到3号窗口办理",
    }  # fmt: skip
    assert (view["voice"], view["heard"], view["waiting"]) == (True, 6, [6, 5])
    room.let()
    wait_for(lambda: (room.now() or {}).get("language") == "en")
    assert (room.now() or {})["text"] == "Ticket A042, please go to window 3"
    room.let()
    wait_for(lambda: (room.now() or {}).get("seqs") == [6])
    assert ((room.now() or {})["kind"], room.views[-1]["waiting"]) == ("recall", [6])
    room.let(2)
    wait_for(lambda: room.now() is None and room.views[-1]["waiting"] == [])
    hear(announcer, call(6, "A043", "f1", 12), emergency="离开")
    wait_for(lambda: (room.now() or {}).get("kind") == "emergency")
    assert (room.now() or {})["text"] == "离开"


def test_walls_are_told_that_nobody_hears_the_voice_and_when_it_is_back(room: Room) -> None:
    room.broken = True
    room.let(10_000)
    announcer = room.open()
    hear(announcer, call(1, "A1"))
    wait_for(lambda: room.views and not room.views[-1]["voice"])
    room.broken = False
    wait_for(lambda: room.views[-1]["voice"])
    wait_for(lambda: room.said == ["A13"])
