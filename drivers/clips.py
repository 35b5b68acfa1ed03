"""Where the sound of a token comes from: the hall's own clip bank first, then espeak-ng; knows no announcement."""

from __future__ import annotations

import logging
import shutil
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from drivers.errors import BadFrame, SpeechMissing, Unsupported
from drivers.free_text import readings
from drivers.sound import Sound, chime, joined, levelled, read_wav, trimmed
from drivers.speech_words import CHIME, READINGS, TOKEN, Reading

_log = logging.getLogger(__name__)
_ESPEAK_TIMEOUT_S = 10.0
_WORDS_PER_MINUTE = "150"
_BETWEEN_LANGUAGES_S = 0.3


Voices = Callable[[str], Mapping[str, str]]
"""How a language beside those of drivers.speech_words is read: `espeak`, the voice, and words by token; or empty."""


def no_voice(_language: str) -> Mapping[str, str]:
    return {}


class Clips:
    """Clips of all tokens, trimmed and equally loud, made once and kept.

    bank: folder with one WAV per token, `bank/zh-CN/number.wav`; a chime of the hall's own is `bank/chime.wav` ·
    espeak: name or path of the program · voices: of further languages.
    """

    def __init__(self, bank: Path | None = None, espeak: str = "espeak-ng", voices: Voices = no_voice) -> None:
        self._bank = bank
        self._voices = voices
        self._espeak = espeak
        self._made: dict[tuple[str, str], Sound[int]] = {}
        self._lock = threading.Lock()

    def get(self, token: str, language: str) -> Sound[int]:
        """The sound of `token`. Raises Unsupported for what is no token, SpeechMissing when there is neither clip nor
        voice."""
        if not TOKEN.fullmatch(token):
            raise Unsupported(f"{token!r} is no word of an announcement; see drivers/speech_words.py.")
        with self._lock:
            if (language, token) not in self._made:
                self._made[language, token] = self._make(token, language)
            return self._made[language, token]

    def free(self, text: str, language: str) -> Sound[int]:
        """The sound of any words, Chinese and English mixed. Raises SpeechMissing without a voice or words."""
        sounds = [trimmed(self._synthesise(reading.voice, reading.text)) for reading in self._readings(text, language)]
        if not any(sounds):
            raise SpeechMissing("espeak-ng is silent for this text; write it in Chinese or English.")
        return joined((levelled(sound) for sound in sounds if sound), _BETWEEN_LANGUAGES_S)

    def _readings(self, text: str, language: str) -> list[Reading]:
        voice = self._voices(language).get("espeak")
        return [Reading(voice, text)] if voice else readings(text, language)

    def _reading(self, token: str, language: str) -> Reading | None:
        further = self._voices(language)
        if "espeak" in further:
            return Reading(further["espeak"], further.get(token, token))
        return READINGS.get(language, {}).get(token)

    def _make(self, token: str, language: str) -> Sound[int]:
        recorded = self._recorded(token, language)
        if recorded is not None:
            return recorded
        if token == CHIME:
            return chime()
        reading = self._reading(token, language)
        if reading is None:
            raise SpeechMissing(
                f"No clip for {token!r} in {language}; record {language}/{token}.wav into the clip bank."
            )
        sound = trimmed(self._synthesise(reading.voice, reading.text))
        if not sound:
            raise SpeechMissing(f"espeak-ng is silent for {token!r}; record {language}/{token}.wav into the clip bank.")
        return levelled(sound)

    def _recorded(self, token: str, language: str) -> Sound[int] | None:
        if self._bank is None:
            return None
        path = self._bank / "chime.wav" if token == CHIME else self._bank / language / f"{token}.wav"
        try:
            sound = trimmed(read_wav(path.read_bytes()))
        except FileNotFoundError:
            return None
        except (OSError, BadFrame) as err:
            _log.warning("clip %s cannot be used: %s", path, err)
            return None
        return levelled(sound) if sound else None

    def _synthesise(self, voice: str, text: str) -> Sound[int]:
        if shutil.which(self._espeak) is None:
            raise SpeechMissing("espeak-ng is not installed, and the clip bank lacks words; install espeak-ng.")
        command = [self._espeak, "-v", voice, "-s", _WORDS_PER_MINUTE, "--stdout", "--", text]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_ESPEAK_TIMEOUT_S, check=True)
            return read_wav(done.stdout)
        except (OSError, subprocess.SubprocessError, BadFrame) as err:
            raise SpeechMissing("espeak-ng fails; see that its voices are installed (espeak-ng-data).") from err
