"""How loud a sound is to an ear: integrated loudness after ITU-R BS.1770-4, mono; knows no word and no file.

Both filters are computed for our own rate from the constants that give the standard's coefficients at 48 kHz, so that a
reading at 22,050 Hz is within about 0.1 LU of a full meter's for speech. True peak is not measured, only sample peak.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence

from drivers.sound import RATE_HZ, Sound

TARGET_LUFS = -16.0
PEAK_DBFS = -1.0
SILENT_LUFS = -70.0
_FULL = 32_768
_BLOCK_S, _STEP_S = 0.4, 0.1
_RELATIVE_LU = -10.0
_ROUNDED_DB = 3.0
_LIMIT = 10 ** (PEAK_DBFS / 20) * _FULL
_KNEE = 0.7 * _FULL


def loudness_lufs(sound: Sound[int]) -> float:
    """Integrated loudness, gated; -70.0 for silence. A sound of less than 0.4 s is measured as one block."""
    filtered = _filtered(_filtered([value / _FULL for value in sound], _shelf()), _high_pass())
    squares = [value * value for value in filtered]
    blocks = [power for power in _blocks(squares) if _lufs(power) > SILENT_LUFS]
    if not blocks:
        return SILENT_LUFS
    gate = _lufs(sum(blocks) / len(blocks)) + _RELATIVE_LU
    loud = [power for power in blocks if _lufs(power) > gate]
    return _lufs(sum(loud) / len(loud))


def peak_dbfs(sound: Sound[int]) -> float:
    """Highest sample against full scale; -96.0 for silence."""
    peak = max(map(abs, sound), default=0)
    return 20 * math.log10(peak / _FULL) if peak else -96.0


def made_loud(sound: Sound[int], target_lufs: float = TARGET_LUFS) -> Sound[int]:
    """As loud as `target_lufs`, with rare peaks rounded off below -1 dBFS; where more than 3 dB of a peak would have to
    go, as loud as that allows. Silence stays silence."""
    now_lufs = loudness_lufs(sound)
    if now_lufs <= SILENT_LUFS:
        return sound
    gain = 10 ** (min(target_lufs - now_lufs, PEAK_DBFS + _ROUNDED_DB - peak_dbfs(sound)) / 20)
    return array("h", (_rounded_off(value * gain) for value in sound))


def _rounded_off(value: float) -> int:
    """Below the knee as it is, above it ever less, never over the limit."""
    size = abs(value)
    if size > _KNEE:
        size = _KNEE + (_LIMIT - _KNEE) * math.tanh((size - _KNEE) / (_LIMIT - _KNEE))
    return int(math.copysign(size, value))


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 0 else -math.inf


def _blocks(squares: Sequence[float]) -> list[float]:
    size, step = round(_BLOCK_S * RATE_HZ), round(_STEP_S * RATE_HZ)
    if not squares:
        return []
    if len(squares) <= size:
        return [sum(squares) / len(squares)]
    sums = [sum(squares[at : at + step]) for at in range(0, len(squares) - step + 1, step)]
    steps = size // step
    return [sum(sums[n : n + steps]) / (steps * step) for n in range(len(sums) - steps + 1)]


_Biquad = tuple[float, float, float, float, float]


def _shelf() -> _Biquad:
    """The head as a sphere: treble is louder."""
    gain_db, q, f0 = 3.999843853973347, 0.7071752369554196, 1681.974450955533
    k, v = math.tan(math.pi * f0 / RATE_HZ), 10 ** (gain_db / 20)
    b = v**0.4996667741545416
    a0 = 1 + k / q + k * k
    return (
        (v + b * k / q + k * k) / a0,
        2 * (k * k - v) / a0,
        (v - b * k / q + k * k) / a0,
        2 * (k * k - 1) / a0,
        (1 - k / q + k * k) / a0,
    )


def _high_pass() -> _Biquad:
    """Rumble does not count."""
    q, f0 = 0.5003270373238773, 38.13547087602444
    k = math.tan(math.pi * f0 / RATE_HZ)
    a0 = 1 + k / q + k * k
    return 1.0, -2.0, 1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0


def _filtered(samples: Sequence[float], biquad: _Biquad) -> list[float]:
    b0, b1, b2, a1, a2 = biquad
    out: list[float] = []
    s1 = s2 = 0.0
    for value in samples:
        result = b0 * value + s1
        s1 = b1 * value - a1 * result + s2
        s2 = b2 * value - a2 * result
        out.append(result)
    return out
