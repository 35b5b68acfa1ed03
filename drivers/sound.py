"""Sound in memory: WAV in and out, level, silence, the chime; knows no word and no sound card.

Everything inside is 16-bit mono at 22,050 Hz, as an `array("h")`. The standard library is enough for a few seconds of
speech.
"""

from __future__ import annotations

import json
import math
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from drivers.errors import BadFrame

RATE_HZ = 22_050
_FULL = 32_767
_TARGET_RMS = 0.10 * _FULL
_PEAK = 0.89 * _FULL  # one decibel below full scale
_SILENCE = 0.01 * _FULL
_EDGE_S = 0.005

Sound = array  # of "h"


def silence(seconds: float) -> Sound[int]:
    """So long nothing."""
    return array("h", bytes(2 * round(seconds * RATE_HZ)))


def duration_s(sound: Sound[int]) -> float:
    """Length in seconds."""
    return len(sound) / RATE_HZ


def rms(sound: Sound[int]) -> float:
    """Root mean square, 0–32,767."""
    return math.sqrt(sum(value * value for value in sound) / len(sound)) if sound else 0.0


def trimmed(sound: Sound[int]) -> Sound[int]:
    """Without the silence before and after, but for 5 ms."""
    loud = [at for at, value in enumerate(sound) if abs(value) > _SILENCE]
    if not loud:
        return array("h")
    edge = round(_EDGE_S * RATE_HZ)
    return sound[max(0, loud[0] - edge) : loud[-1] + edge]


def levelled(sound: Sound[int]) -> Sound[int]:
    """As loud as every other clip, with the peak below full scale."""
    peak = max(map(abs, sound), default=0)
    if not peak:
        return sound
    gain = min(_TARGET_RMS / rms(sound), _PEAK / peak)
    return array("h", (round(value * gain) for value in sound))


def joined(sounds: Iterable[Sound[int]], gap_s: float) -> Sound[int]:
    """One after the other with `gap_s` between."""
    out: Sound[int] = array("h")
    for sound in sounds:
        if out:
            out.extend(silence(gap_s))
        out.extend(sound)
    return out


@lru_cache(maxsize=1)
def chime() -> Sound[int]:
    """Two falling bell tones, about a second."""
    tones = []
    for pitch_hz, length_s in ((659.26, 0.45), (523.25, 0.75)):
        count = round(length_s * RATE_HZ)
        tones.append(
            array(
                "h",
                (
                    round(
                        _FULL
                        * 0.4
                        * min(1.0, at / 110)
                        * math.exp(-4.0 * at / count)
                        * (math.sin(phase := math.tau * pitch_hz * at / RATE_HZ) + 0.3 * math.sin(2 * phase))
                    )
                    for at in range(count)
                ),
            )
        )
    return levelled(joined(tones, 0.0))


def write_wav(sound: Sound[int], comment: str = "") -> bytes:
    """A WAV file; `comment` (ASCII) becomes its LIST/INFO/ICMT chunk, which players pass over."""
    samples = array("h", sound)
    if sys.byteorder == "big":
        samples.byteswap()
    fmt = (
        b"\x01\x00\x01\x00" + RATE_HZ.to_bytes(4, "little") + (2 * RATE_HZ).to_bytes(4, "little") + b"\x02\x00\x10\x00"
    )
    body = _chunk(b"fmt ", fmt)
    if comment:
        body += _chunk(b"LIST", b"INFO" + _chunk(b"ICMT", comment.encode("ascii") + b"\0"))
    body += _chunk(b"data", samples.tobytes())
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WAVE" + body


def read_wav(data: bytes) -> Sound[int]:
    """Sound of a PCM WAV file, 8 to 32 bits, any channels and rate; mixed down and resampled. Raises BadFrame."""
    chunks = dict(riff_chunks(data))
    fmt, raw = chunks.get(b"fmt ", b""), chunks.get(b"data", b"")
    if len(fmt) < 16:
        raise BadFrame("This is no WAV file; record the clip as PCM WAV.")
    kind, channels = int.from_bytes(fmt[0:2], "little"), int.from_bytes(fmt[2:4], "little")
    rate_hz, width = int.from_bytes(fmt[4:8], "little"), int.from_bytes(fmt[14:16], "little") // 8
    if (
        kind not in (1, 0xFFFE)
        or not 1 <= channels <= 8
        or not 8_000 <= rate_hz <= 192_000
        or width not in (1, 2, 3, 4)
    ):
        raise BadFrame("This WAV file is not plain PCM; record the clip as PCM, 8 to 192 kHz, 8 to 32 bits.")
    if (width, channels, rate_hz) == (2, 1, RATE_HZ):  # what espeak-ng says, heard while somebody waits
        ours = array("h", raw[: len(raw) - len(raw) % 2])
        if sys.byteorder == "big":
            ours.byteswap()
        return ours
    frame_bytes = width * channels
    mono = [
        sum(_sample(raw[at + width * channel : at + width * (channel + 1)]) for channel in range(channels)) // channels
        for at in range(0, len(raw) - frame_bytes + 1, frame_bytes)
    ]
    return _resampled(mono, rate_hz)


def riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Chunks of a RIFF file; a size beyond its end (a stream of unknown length) means up to the end."""
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def announcement_comment(language: str, tokens: Sequence[str]) -> str:
    """What the twin of a speaker reads out of the bytes: language and tokens as JSON."""
    return json.dumps({"language": language, "tokens": list(tokens)}, separators=(",", ":"))


def read_comment(data: bytes) -> str:
    """The ICMT text of a WAV file, "" without one."""
    for name, chunk in riff_chunks(data):
        if name == b"LIST" and chunk[:8] == b"INFOICMT":
            size = int.from_bytes(chunk[8:12], "little")
            return chunk[12 : 12 + size].rstrip(b"\0").decode("ascii", "replace")
    return ""


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + len(data).to_bytes(4, "little") + data + b"\0" * (len(data) % 2)


def _sample(raw: bytes) -> int:
    """One sample of any width as 16 bits; 8-bit WAV is unsigned."""
    if len(raw) == 1:
        return (raw[0] - 128) << 8
    return int.from_bytes(raw[-2:], "little", signed=True)


def _resampled(mono: Sequence[int], rate_hz: int) -> Sound[int]:
    if rate_hz == RATE_HZ or len(mono) < 2:
        return array("h", mono)
    step = rate_hz / RATE_HZ
    out: Sound[int] = array("h")
    for n in range(int((len(mono) - 1) / step) + 1):
        at = int(n * step)
        after = mono[min(at + 1, len(mono) - 1)]
        out.append(round(mono[at] + (after - mono[at]) * (n * step - at)))
    return out
