"""A hall's own recordings of the words of a call: makes what is missing, finds what is wrong; knows no speaker.

A bank is a folder: `chime.wav`, and one WAV for each token in a folder for each language, `zh-CN/number.wav`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.announcement import compose
from drivers.clips import Clips
from drivers.errors import BadFrame, Unsupported
from drivers.loudness import PEAK_DBFS, loudness_lufs, peak_dbfs
from drivers.sound import Sound, duration_s, levelled, read_wav, rms, trimmed, write_wav
from drivers.speech_words import CHIME, READINGS, TOKEN, TOKENS

LONGEST_CLIP_S = 3.0
QUIETEST_DBFS = -40.0
CLIPPED_SAMPLES = 8
BELOW_OTHERS_DB = -6.0
_TARGET_DBFS = -20.0
_FULL = 32_768


@dataclass(frozen=True, slots=True)
class Built:
    """What `build` did: clips made, clips that were there before."""

    made: tuple[str, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class Measured:
    """A composed announcement. loudness_lufs as measured, not as wished; peak is the highest sample."""

    sound: Sound[int]
    seconds: float
    loudness_lufs: float
    peak_dbfs: float


def build(bank: Path, language: str, espeak: str = "espeak-ng") -> Built:
    """Make every missing clip of `language` with espeak-ng; recordings are never touched. Raises Unsupported,
    SpeechMissing, OSError."""
    _known(language)
    clips = Clips(bank, espeak)
    missing = [token for token in sorted(TOKENS) if not _path(bank, language, token).is_file()]
    (bank / language).mkdir(parents=True, exist_ok=True)
    for token in missing:
        _path(bank, language, token).write_bytes(write_wav(clips.get(token, language)))
    return Built(tuple(missing), len(TOKENS) - len(missing))


def check(bank: Path, languages: Sequence[str] = ()) -> list[str]:
    """One line for each mistake in the clips of `languages`, by preset of those that have a folder."""
    if not bank.is_dir():
        return [f"{bank}: is no folder; bank build makes one."]
    found = languages or sorted(path.name for path in bank.iterdir() if path.is_dir())
    if not found:
        return [f"{bank}: has no folder of a language, like zh-CN; bank build makes one."]
    lines = []
    for language in found:
        for token in sorted(TOKENS):
            path = _path(bank, language, token)
            if not path.is_file():
                lines.append(f"{path}: is missing; record it, or let bank build make it.")
        if language not in READINGS:
            lines.append(f"{bank / language}: is no language that is spoken; there are {', '.join(READINGS)}.")
    for path in [bank / "chime.wav", *(one for language in found for one in sorted((bank / language).glob("*")))]:
        if path.is_file():
            lines += [f"{path}: {mistake}" for mistake in _mistakes(path)]
    return list(dict.fromkeys(lines))


def measured(clips: Clips, tokens: Sequence[str], language: str) -> Measured:
    """The announcement as a speaker would play it. Raises SpeechMissing, Unsupported."""
    sound = compose(tokens, [clips.get(token, language) for token in tokens])
    return Measured(sound, duration_s(sound), loudness_lufs(sound), peak_dbfs(sound))


def _mistakes(path: Path) -> Iterator[str]:
    if path.suffix != ".wav" or not TOKEN.fullmatch(path.stem):
        yield "is no clip; a clip is named after its word, like window.wav."
        return
    try:
        sound = read_wav(path.read_bytes())
    except (BadFrame, OSError) as err:
        yield err.strerror or "cannot be read." if isinstance(err, OSError) else str(err)
        return
    heard = trimmed(sound)
    if not heard:
        yield "is silent; record it again."
        return
    if duration_s(heard) > LONGEST_CLIP_S:
        yield f"is {duration_s(heard):.1f} s long; one word is at most {LONGEST_CLIP_S:.0f} s."
    if _dbfs(rms(heard)) < QUIETEST_DBFS:
        yield f"is too quiet ({_dbfs(rms(heard)):.0f} dBFS); record it at -30 dBFS or louder."
    if sum(abs(value) >= _FULL - 2 for value in sound) >= CLIPPED_SAMPLES:
        yield "is cut off at full scale; record it with less gain."
    elif _dbfs(rms(levelled(heard))) - _TARGET_DBFS < BELOW_OTHERS_DB:
        yield f"would be quieter than the others: its peak is {_crest_db(heard):.0f} dB above its level; compress it."


def _crest_db(sound: Sound[int]) -> float:
    return peak_dbfs(sound) - _dbfs(rms(sound))


def _dbfs(level: float) -> float:
    return 20 * math.log10(level / _FULL) if level else -96.0


def _path(bank: Path, language: str, token: str) -> Path:
    return bank / "chime.wav" if token == CHIME else bank / language / f"{token}.wav"


def _known(language: str) -> None:
    if language not in READINGS:
        raise Unsupported(f"There is no voice for {language!r}; there are {', '.join(READINGS)}.")


def as_sentence(announcement: Measured) -> str:
    """What was measured, and when it stayed quieter than wanted, why."""
    told = (
        f"{announcement.seconds:.1f} s, {announcement.loudness_lufs:.1f} LUFS (BS.1770, mono), "
        f"sample peak {announcement.peak_dbfs:.1f} dBFS"
    )
    if announcement.loudness_lufs < -17.0 and announcement.peak_dbfs > PEAK_DBFS - 0.5:
        return f"{told}; its peaks keep it from -16 LUFS"
    return told
