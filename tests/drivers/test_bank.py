"""A hall's own recordings: what is missing is made, what is wrong is named, and a call is as loud as it says."""

from __future__ import annotations

import math
import shutil
import tempfile
import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from display.voice import announcement
from drivers.announcement import call_tokens, compose
from drivers.bank import Measured, as_sentence, build, check, measured
from drivers.cli import main
from drivers.clips import Clips
from drivers.errors import Unsupported
from drivers.loudness import SILENT_LUFS, loudness_lufs, made_loud, peak_dbfs
from drivers.simulated.line import UnixLine
from drivers.simulated.speaker import SpeakerTwin
from drivers.sound import RATE_HZ, silence, write_wav
from drivers.speech_words import CHIME, TOKENS

speech = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def tone(seconds: float, level: float = 0.2, hertz: float = 997.0):
    count = round(seconds * RATE_HZ)
    return array("h", (round(32_767 * level * math.sin(math.tau * hertz * at / RATE_HZ)) for at in range(count)))


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Recordings of every Chinese word, all good."""
    folder = tmp_path / "bank"
    (folder / "zh-CN").mkdir(parents=True)
    for token in TOKENS:
        path = folder / "chime.wav" if token == CHIME else folder / "zh-CN" / f"{token}.wav"
        path.write_bytes(write_wav(silence(0.2) + tone(0.4) + silence(0.2)))
    return folder


def run(*arguments: object):
    return CliRunner().invoke(main, [str(one) for one in arguments])


# -- loudness ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("level", "lufs"), [(1.0, -3.01), (0.1, -23.01), (0.01, -43.01)])
def test_the_meter_reads_what_the_standard_says(level, lufs):
    """BS.1770: a sine of 997 Hz at full scale in one channel reads -3.01 LUFS."""
    assert loudness_lufs(tone(3.0, level)) == pytest.approx(lufs, abs=0.1)


def test_silence_does_not_count():
    assert loudness_lufs(silence(2.0)) == SILENT_LUFS
    assert loudness_lufs(array("h")) == SILENT_LUFS
    assert peak_dbfs(silence(1.0)) == -96.0
    assert made_loud(silence(1.0)) == silence(1.0)
    loud = tone(2.0, 0.1)
    assert loudness_lufs(loud + silence(6.0)) == pytest.approx(loudness_lufs(loud), abs=0.6)
    assert loudness_lufs(tone(0.1, 0.1)) == pytest.approx(-23.0, abs=0.7)


def test_made_loud_and_never_beyond_full_scale():
    quiet = tone(2.0, 0.02)
    assert loudness_lufs(made_loud(quiet)) == pytest.approx(-16.0, abs=0.1)
    peaky = tone(2.0, 0.01)
    for at in range(0, len(peaky), 2000):
        peaky[at] = 30_000
    made = made_loud(peaky)
    assert peak_dbfs(made) <= -0.9
    assert loudness_lufs(made) < -16.5, "what its peaks do not allow is not pretended"


@speech
@pytest.mark.speech
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_call_has_the_loudness_that_is_claimed(language):
    told = measured(Clips(), call_tokens("A001", 3, language), language)
    assert told.loudness_lufs == pytest.approx(-16.0, abs=1.0)
    assert told.peak_dbfs < -0.5
    assert 3 < told.seconds < 12


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_words_are_those_of_the_node(language):
    assert call_tokens("a042", 12, language) == announcement("A042", 12, language)


def test_what_cannot_be_spelt_is_refused():
    for label, language in (("号1", "zh-CN"), ("", "en"), ("A001", "tlh")):
        with pytest.raises(Unsupported):
            call_tokens(label, 3, language)


def test_gaps_between_words():
    word = tone(0.5)
    assert len(compose(["A", "1"], [word, word])) == 2 * len(word) + round(0.04 * RATE_HZ)
    assert len(compose(["chime", "1"], [word, word])) == 2 * len(word) + round(0.04 * RATE_HZ) + round(0.25 * RATE_HZ)


# -- the bank ----------------------------------------------------------------------------------------------------------


@speech
@pytest.mark.speech
def test_what_is_missing_is_made_and_recordings_are_kept(tmp_path):
    own = write_wav(tone(0.3))
    (tmp_path / "b" / "zh-CN").mkdir(parents=True)
    (tmp_path / "b" / "zh-CN" / "number.wav").write_bytes(own)
    result = run("bank", "build", tmp_path / "b", "--language", "zh-CN")
    assert result.exit_code == 0, result.output
    assert f"{len(TOKENS) - 1} clips made, 1 were there" in result.output
    assert (tmp_path / "b" / "zh-CN" / "number.wav").read_bytes() == own
    assert run("bank", "check", tmp_path / "b").exit_code == 0
    assert "nothing was missing" in run("bank", "build", tmp_path / "b").output
    assert build(tmp_path / "b", "en").kept == 1, "the chime is of every language"
    target = tmp_path / "call.wav"
    played = run("bank", "play", tmp_path / "b", "A001", 3, "--to", target)
    assert (played.exit_code, "LUFS" in played.output) == (0, True)
    with wave.open(str(target)) as wav:
        assert (wav.getnchannels(), wav.getsampwidth(), wav.getframerate()) == (1, 2, RATE_HZ)
        assert 2 < wav.getnframes() / RATE_HZ < 15


def test_a_good_bank_has_no_mistake(bank):
    assert check(bank) == []
    result = run("bank", "check", bank, "--language", "zh-CN")
    assert (result.exit_code, "every word" in result.output) == (0, True)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("zh-CN/A.wav", None, "is missing"),
        ("chime.wav", None, "is missing"),
        ("zh-CN/A.wav", b"RIFFnothing", "no WAV file"),
        ("zh-CN/A.wav", write_wav(silence(1.0)), "is silent"),
        ("zh-CN/A.wav", write_wav(tone(3.5)), "3.5 s long"),
        ("zh-CN/A.wav", write_wav(tone(0.4, 0.012)), "too quiet (-41 dBFS)"),
        ("zh-CN/A.wav", write_wav(array("h", [32_767, -32_768] * 4000)), "cut off at full scale"),
        (
            "zh-CN/A.wav",
            write_wav(array("h", [(30_000 if at % 1500 == 0 else 800) for at in range(9000)])),
            "compress it",
        ),
        ("zh-CN/A.mp3", b"x", "is no clip"),
        ("zh-CN/a b.wav", b"x", "is no clip"),
    ],
)
def test_each_mistake_is_one_line(bank, name, data, says):
    path = bank / name
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    (line,) = check(bank)
    assert line.startswith(f"{path}: ")
    assert says in line
    result = run("bank", "check", bank)
    assert result.exit_code == 2
    assert result.output == line + "\n"


def test_folders_that_are_no_bank(bank, tmp_path):
    assert "is no folder" in check(tmp_path / "nowhere")[0]
    (tmp_path / "empty").mkdir()
    assert "no folder of a language" in check(tmp_path / "empty")[0]
    (bank / "tlh").mkdir()
    assert any("no language that is spoken" in line for line in check(bank))
    unreadable = bank / "zh-CN" / "B.wav"
    unreadable.unlink()
    unreadable.symlink_to(unreadable)
    assert any("B.wav: is missing" in line for line in check(bank, ["zh-CN"]))


def test_mistakes_of_the_person_are_one_sentence(bank, tmp_path):
    for arguments, code, says in (
        (("bank", "build", bank, "--language", "tlh"), 2, "no voice"),
        (("bank", "build", tmp_path / "bank" / "chime.wav" / "x"), 1, "cannot be written"),
        (("bank", "play", bank, "号", 3, "--to", tmp_path / "x.wav"), 2, "cannot be spelt"),
        (("bank", "play", bank, "A001", 3, "--to", tmp_path / "no" / "x.wav"), 1, "cannot be written"),
        (("say", "A001", 0), 2, "1<=x<=999"),
        (("say", "A001", 3, "--speaker", "serial:///dev/ttyS0"), 2, "alsa://default"),
        (("say", "A001", 3, "--speaker", "simulated://away"), 1, "not there"),
    ):
        result = run(*arguments)
        assert (result.exit_code, says in result.output) == (code, True), result.output
        assert "Traceback" not in result.output


@pytest.fixture
def speaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[SpeakerTwin]:
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        monkeypatch.setenv("HALL_DEVICES_DIR", folder)
        twin = SpeakerTwin()
        line = UnixLine(twin, Path(folder) / "hall")
        yield twin
        twin.close()
        line.close()


def test_a_call_is_said(bank, speaker):
    result = run("say", "A001", 3, "--speaker", "simulated://hall", "--bank", bank)
    assert result.exit_code == 0, result.output
    (said,) = speaker.said()
    assert list(said.tokens) == call_tokens("A001", 3, "zh-CN")


def test_only_a_chime_is_no_call(bank, speaker):
    for path in (bank / "zh-CN").iterdir():
        path.unlink()
    result = CliRunner(env={"PATH": "/nowhere"}).invoke(
        main, ["say", "A001", "3", "--speaker", "simulated://hall", "--bank", str(bank)]
    )
    assert result.exit_code == 1
    assert "Only the chime was heard" in result.output
    assert list(speaker.said()[0].tokens) == ["chime"]


def test_what_was_measured_is_said():
    assert as_sentence(Measured(tone(1.0), 1.0, -16.04, -1.2)).endswith(
        "-16.0 LUFS (BS.1770, mono), sample peak -1.2 dBFS"
    )
    assert "keep it from -16" in as_sentence(Measured(tone(1.0), 1.0, -18.0, -1.0))
