"""Help at a kiosk whose server is away: it rings itself, if it can be heard or seen, until nobody needs it any more."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fake_hall import FakeHall
from waiting import wait_for

from config.node import DeviceSettings, KioskSettings
from config.window_devices import LampSettings
from drivers.errors import SpeakerError
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.speaker import SpeakerTwin
from drivers.speech_words import CHIME
from kiosk.help_bell import HelpBell

QUIET, ALARM = {17: 1, 23: 0}, {17: 0, 23: 1}


@pytest.fixture
def speaker(plug_in_at: Callable[[Any, str], Any]) -> Iterator[SpeakerTwin]:
    twin: SpeakerTwin = plug_in_at(SpeakerTwin(), "ear")
    yield twin
    twin.close()


@pytest.fixture
def lamp(plug_in_at: Callable[[Any, str], Any]) -> PinsTwin:
    twin: PinsTwin = plug_in_at(PinsTwin(), "lamp")
    return twin


@pytest.fixture
def settings(settings: KioskSettings) -> KioskSettings:
    return replace(
        settings,
        speaker=DeviceSettings("speech", "simulated://ear"),
        lamps=LampSettings("gpio", "simulated://lamp", {"free": 17, "alarm": 23}),
    )


def ask(kiosk: Any, what: str = "") -> Any:
    return kiosk.post(f"/api/help{what}", {"tap_id": uuid.uuid4().hex})


def test_a_kiosk_rings_itself_while_the_reception_cannot_hear_it(
    hall: FakeHall, speaker: SpeakerTwin, lamp: PinsTwin, kiosk: Any
) -> None:
    wait_for(lambda: {kiosk.device(name) for name in ("speaker", "lamps")} == {"ok"})
    wait_for(lambda: lamp.outputs() == QUIET)
    hall.stop()
    wait_for(lambda: not kiosk.node.state.connected())
    assert ask(kiosk).json() == {"rings": "here"}
    wait_for(lambda: lamp.outputs() == ALARM and speaker.said())
    assert speaker.said()[0].tokens == (CHIME,)
    assert ask(kiosk, "/withdraw").status_code == 204
    wait_for(lambda: lamp.outputs() == QUIET)


def test_a_kiosk_that_nobody_can_hear_says_that_nobody_was_called(hall: FakeHall, kiosk: Any) -> None:
    hall.stop()
    answer = ask(kiosk)
    assert (answer.status_code, answer.json()["code"]) == (503, "server_unreachable")


class Broken:
    def say(self, tokens: list[str], language: str) -> None:
        raise SpeakerError("no sound card")


@pytest.mark.parametrize("speaker_", [None, Broken()])
def test_the_bell_ends_by_itself_and_can_ring_again(speaker_: Broken | None) -> None:
    alarms: list[bool] = []

    def alarm(on: bool) -> bool:
        alarms.append(on)
        return True

    bell = HelpBell(lambda: speaker_, alarm, every_s=0.01, longest_s=0.05)
    for turn in (1, 2):
        assert bell.ring()
        wait_for(lambda turn=turn: alarms == [True, False] * turn)
        assert not bell.stop()


def test_a_bell_that_is_stopped_leaves_no_alarm() -> None:
    alarms: list[bool] = []
    bell = HelpBell(lambda: None, lambda on: alarms.append(on) or False)  # type: ignore[func-returns-value]
    assert not bell.ring()
    assert alarms == [True, False]
    assert not bell.stop()
