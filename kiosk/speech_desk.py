"""Spoken guidance as the page asks for it: what it may send, and through which device it is heard; knows no words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request

from config.node import DeviceSettings, KioskSettings
from drivers.ports import Speaker
from drivers.registry import open_device
from kiosk.speech import SpokenGuide
from kiosk.wishes import read_guidance, read_speech
from queue_server.node_web import Devices, ProblemError, Slot


class SpeechDesk:
    """The speaker and the headphones of `settings`, and the guide that speaks through them.

    tell(view, data): publishes what the page may follow; may be called from any thread. voices: how a language of a
    pack is read.
    """

    def __init__(
        self,
        settings: KioskSettings,
        devices: Devices,
        tell: Callable[[str, dict[str, Any]], None],
        voices: Callable[[str], Mapping[str, str]],
    ) -> None:
        self._devices, self._voices = devices, voices
        self._slots: dict[bool, Slot[Speaker]] = {
            private: self._add(name, where)
            for private, name, where in (
                (False, "speaker", settings.speaker),
                (True, "headphones", settings.headphones),
            )
            if where is not None
        }
        self.guide = SpokenGuide(
            self._speaker,
            lambda on, private: tell("guidance", {"on": on, "private": private}),
            (False in self._slots, True in self._slots),
        )

    def register(self, app: Flask) -> None:
        app.add_url_rule("/api/guidance", view_func=self._post_guidance, methods=["POST"])
        app.add_url_rule("/api/say", view_func=self._post_say, methods=["POST"])

    def _add(self, name: str, where: DeviceSettings) -> Slot[Speaker]:
        def opened() -> Speaker:
            return open_device("speaker", where.driver, where.address, voices=self._voices)

        return self._devices.add(name, name, opened, driver=where.driver, address=where.address)

    def open_speaker(self) -> Speaker | None:
        """The one that everybody hears, if it is there and works."""
        speaker = self._speaker(False)
        return speaker if speaker is not None and speaker.state().health != "failed" else None

    def _speaker(self, private: bool) -> Speaker | None:
        slot = self._slots.get(private)
        return slot.device if slot else None

    def _post_guidance(self) -> tuple[str, int]:
        on, private = read_guidance(request.get_json())
        if on and not self.guide.available():
            raise ProblemError(409, "no_speaker", "This kiosk has neither a speaker nor headphones.")
        self.guide.switch(on, private)
        return "", 204

    def _post_say(self) -> tuple[str, int]:
        if not self.guide.say(*read_speech(request.get_json())):
            raise ProblemError(409, "guidance_off", "Spoken guidance is off; turn it on first.")
        return "", 204
