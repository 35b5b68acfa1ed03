"""A speaker that says announcements made of tokens, one after the other; knows no ticket and no queue of calls."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from drivers.address import Address, twin_path
from drivers.announcement import compose
from drivers.clips import Clips, Voices, no_voice
from drivers.errors import BadAddress, DriverError, SpeakerError, SpeechMissing, Unsupported
from drivers.players import AplayPlayer, Player, TwinPlayer
from drivers.ports import DeviceState
from drivers.sound import Sound, announcement_comment, duration_s, write_wav
from drivers.speech_words import CHIME
from drivers.states import CLOSED, OK, STARTING, failed, warning

_log = logging.getLogger(__name__)
_CHECK_EVERY_S = {"ok": 60.0, "warning": 10.0, "failed": 5.0}


class TokenSpeaker:
    """One zone of sound. player: where it is heard · clips: where the tokens' sounds come from."""

    def __init__(self, player: Player, clips: Clips) -> None:
        self._player = player
        self._clips = clips
        self._say_lock = threading.Lock()
        self._state = STARTING
        self._checked_s = 0.0
        self._closed = False
        self._spoken: tuple[str, str, Sound[int]] | None = None

    def say(self, tokens: Sequence[str], language: str) -> None:
        """Play one announcement to its end; a second caller waits, so that none overlap.

        When a word has neither clip nor voice, only the chime is played and the state is a warning. Raises
        SpeakerError when
        nothing can be heard, Unsupported for what is no token.
        """
        with self._say_lock:
            if self._closed:
                raise SpeakerError(CLOSED.detail)
            if not tokens:
                raise Unsupported("An announcement needs at least one word.")
            try:
                self._play(tokens, [self._clips.get(token, language) for token in tokens], language, OK)
            except SpeechMissing as err:
                if CHIME not in tokens:
                    self._state = failed(err)
                    raise SpeakerError(f"There is nothing to be heard: {err}") from err
                self._chime_alone(err, language)

    def speak(self, text: str, language: str) -> None:
        """Play the chime and any words to their end; see `say` for what is raised, and the chime alone."""
        with self._say_lock:
            if self._closed:
                raise SpeakerError(CLOSED.detail)
            try:
                if self._spoken is None or self._spoken[:2] != (text, language):
                    # What is repeated every half minute is not made anew each time.
                    self._spoken = (text, language, self._clips.free(text, language))
                self._play([CHIME, text], [self._clips.get(CHIME, language), self._spoken[2]], language, OK)
            except SpeechMissing as err:
                self._chime_alone(err, language)

    def read(self, text: str, language: str, wanted: Callable[[], bool] = lambda: True) -> None:
        """Play any words without the chime, to their end or until `hush`, if still `wanted`. Raises SpeakerError."""
        with self._say_lock:
            if self._closed:
                raise SpeakerError(CLOSED.detail)
            try:
                sound = self._clips.free(text, language)
                if not wanted():
                    return
                comment = announcement_comment(language, [text])
                # As loud as every clip is; making it loud as a call would keep its listener waiting.
                self._player.play(write_wav(sound, comment), duration_s(sound), wanted)
            except DriverError as err:
                self._state, self._checked_s = failed(err), time.monotonic()
                raise SpeakerError(str(err)) from err
            self._state, self._checked_s = OK, time.monotonic()

    def hush(self) -> None:
        """Cut short what is being played. From any thread; without a sound nothing happens."""
        self._player.stop()

    def _chime_alone(self, why: SpeechMissing, language: str) -> None:
        _log.warning("an announcement is reduced to its chime: %s", why)
        self._play([CHIME], [self._clips.get(CHIME, language)], language, warning(why))

    def _play(self, words: Sequence[str], sounds: Sequence[Sound[int]], language: str, state: DeviceState) -> None:
        sound = compose(words, sounds)
        try:
            self._player.play(write_wav(sound, announcement_comment(language, words)), duration_s(sound))
        except DriverError as err:
            self._state, self._checked_s = failed(err), time.monotonic()
            raise SpeakerError(str(err)) from err
        self._state, self._checked_s = state, time.monotonic()

    def state(self) -> DeviceState:
        """What the last announcement met with; before the first one and after a failure the card is tried without a
        sound."""
        if self._closed or self._state.code == SpeechMissing.code:
            return self._state
        now_s = time.monotonic()
        due = self._state is STARTING or now_s - self._checked_s > _CHECK_EVERY_S[self._state.health]
        if due and self._say_lock.acquire(blocking=False):
            try:
                self._checked_s = now_s
                self._player.check()
                self._state = OK
            except DriverError as err:
                self._state = failed(err)
            finally:
                self._say_lock.release()
        return self._state

    def close(self) -> None:
        """No further announcement; one that is being played goes on to its end."""
        self._closed = True
        self._state = CLOSED


def create(
    address: Address, *, bank: str = "", espeak: str = "espeak-ng", voices: Voices | None = None
) -> TokenSpeaker:
    """The speaker at `address`: alsa://CARD, or simulated://NAME. bank: folder of the hall's own clips, "" for none ·
    voices: of languages that the driver does not know."""
    player: Player
    if address.scheme == "alsa":
        player = AplayPlayer(address.place)
    elif address.scheme == "simulated":
        player = TwinPlayer(twin_path(address.place))
    else:
        raise BadAddress(f"{address} is no speaker; write alsa://default or simulated://NAME.")
    return TokenSpeaker(player, Clips(Path(bank) if bank else None, espeak, voices or no_voice))
