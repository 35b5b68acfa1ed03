"""Sound without words: WAV files, recordings of other shapes, silence, loudness, and what the twin takes."""

from __future__ import annotations

import io
import json
import wave
from array import array

import pytest

from drivers.errors import BadFrame
from drivers.simulated.speaker import SpeakerTwin
from drivers.sound import (
    RATE_HZ,
    announcement_comment,
    chime,
    duration_s,
    joined,
    levelled,
    read_comment,
    read_wav,
    rms,
    silence,
    trimmed,
    write_wav,
)


def tone(seconds: float, loud: int = 8000):
    return array("h", [loud if at // 20 % 2 else -loud for at in range(round(seconds * RATE_HZ))])


def test_a_wav_carries_its_words_and_plays_anywhere():
    comment = announcement_comment("zh-CN", ["chime", "A", "1"])
    data = write_wav(tone(0.1), comment)
    with wave.open(io.BytesIO(data)) as heard:
        assert (heard.getnchannels(), heard.getsampwidth(), heard.getframerate()) == (1, 2, 22_050)
        assert heard.getnframes() == len(tone(0.1))
    assert json.loads(read_comment(data)) == {"language": "zh-CN", "tokens": ["chime", "A", "1"]}
    assert data.index(b"LIST") < data.index(b"data"), "a player that reads a stream stops after its data"
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    assert read_wav(data) == tone(0.1)
    assert read_comment(write_wav(tone(0.1))) == ""


@pytest.mark.parametrize(
    ("channels", "width", "rate_hz"), [(1, 1, 8000), (2, 2, 44_100), (1, 3, 48_000), (2, 4, 22_050)]
)
def test_recordings_of_other_shapes_are_taken(channels, width, rate_hz):
    count = rate_hz // 10
    sample = (192).to_bytes(1, "little") if width == 1 else (1 << (8 * width - 2)).to_bytes(width, "little")
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(sample * channels * count)
    sound = read_wav(out.getvalue())
    assert duration_s(sound) == pytest.approx(0.1, abs=0.001)
    assert set(sound) == {16_384}


def test_what_is_no_recording_is_refused():
    for data in (
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        write_wav(tone(0.1)).replace(b"\x01\x00\x01\x00\x22", b"\x03\x00\x01\x00\x22"),
    ):
        with pytest.raises(BadFrame):
            read_wav(data)


def test_silence_goes_and_all_are_equally_loud():
    sound = silence(0.5) + tone(0.2, loud=900) + silence(0.5)
    assert duration_s(trimmed(sound)) == pytest.approx(0.21, abs=0.005)
    assert trimmed(silence(1.0)) == array("h")
    quiet, loud = levelled(tone(0.2, loud=900)), levelled(tone(0.2, loud=30_000))
    assert rms(quiet) == pytest.approx(rms(loud), rel=0.01)
    spike = tone(0.2, loud=10)
    spike[100] = 20_000
    assert max(map(abs, levelled(spike))) < 32_767
    assert levelled(silence(0.1)) == silence(0.1)


def test_gaps_and_chime():
    assert duration_s(joined([tone(0.1), tone(0.1)], 0.04)) == pytest.approx(0.24, abs=0.001)
    assert 0.8 < duration_s(chime()) < 1.6
    assert max(map(abs, chime())) < 32_767


@pytest.mark.parametrize(
    ("stream", "answer"),
    [
        (b"", b"no WAV file"),
        (b"RIFF\x24\0\0\0WAVEjunk", b"no WAV file"),
        (write_wav(tone(0.1))[:-100], b"cut off"),
        (write_wav(tone(0.1)).replace((22_050).to_bytes(4, "little"), (8000).to_bytes(4, "little")), b"22050"),
    ],
)
def test_the_twin_refuses_what_a_card_would(stream, answer):
    twin = SpeakerTwin()
    assert answer in twin.play(stream)
    assert twin.said() == []


def test_the_twin_plays_a_sound_without_words():
    twin = SpeakerTwin()
    assert twin.play(write_wav(tone(0.1), "not json")) == b"played\n"
    assert twin.said()[0].tokens == ()
