"""Announcements: which sound each token gets, what one WAV carries, and what is heard when something is missing."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.address import parse_address
from drivers.clips import Clips
from drivers.errors import BadAddress, SpeakerError, SpeechMissing, Unplugged, Unsupported
from drivers.free_text import readings
from drivers.players import AplayPlayer, TwinPlayer
from drivers.simulated.line import UnixLine
from drivers.simulated.speaker import SpeakerTwin
from drivers.sound import (
    RATE_HZ,
    duration_s,
    silence,
    write_wav,
)
from drivers.speaker import TokenSpeaker, create
from drivers.speech_words import CHIME, READINGS, TOKENS

CALL = ["chime", "please", "A", "0", "0", "1", "number", "to", "3", "window", "service"]
CALL_EN = ["chime", "ticket", "A", "0", "0", "1", "please", "go", "to", "window", "3"]

speech = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
no_aplay = pytest.mark.skipif(shutil.which("aplay") is None, reason="aplay (alsa-utils) is not installed")


def tone(seconds: float, loud: int = 8000):
    return array("h", [loud if at // 20 % 2 else -loud for at in range(round(seconds * RATE_HZ))])


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path: a unix socket's is limited."""
    with tempfile.TemporaryDirectory(prefix="hall-") as name:
        yield Path(name)


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A hall's own recordings of every Chinese token, each of another length."""
    (tmp_path / "zh-CN").mkdir()
    for n, token in enumerate(sorted(TOKENS - {CHIME})):
        (tmp_path / "zh-CN" / f"{token}.wav").write_bytes(
            write_wav(silence(0.3) + tone(0.10 + 0.01 * n) + silence(0.3))
        )
    return tmp_path


@pytest.fixture
def twin(folder: Path) -> Iterator[SpeakerTwin]:
    device = SpeakerTwin()
    line = UnixLine(device, folder / "speaker")
    yield device
    device.close()
    line.close()


@pytest.fixture
def player(folder: Path, twin: SpeakerTwin) -> TwinPlayer:
    return TwinPlayer(folder / "speaker")


@pytest.mark.speech
@speech
@pytest.mark.parametrize(("language", "tokens"), [("zh-CN", CALL), ("en", CALL_EN)])
def test_a_call_is_said_without_any_recording(player, twin, language, tokens):
    speaker = TokenSpeaker(player, Clips())
    speaker.say(tokens, language)
    (said,) = twin.said()
    assert (said.language, list(said.tokens)) == (language, tokens)
    assert 3 < said.duration_s < 12
    assert speaker.state().code == "ok"


@pytest.mark.speech
@speech
@pytest.mark.parametrize("language", sorted(READINGS))
def test_every_token_has_a_voice(language):
    clips = Clips()
    sounds = {token: clips.get(token, language) for token in TOKENS}
    for sound in sounds.values():
        assert 0.05 < duration_s(sound) < 2.0
        assert max(map(abs, sound)) < 32_767
    assert len({sound.tobytes() for sound in sounds.values()}) == len(TOKENS), "two tokens sound alike"


def test_the_halls_own_recordings_come_first(player, twin, bank):
    speaker = TokenSpeaker(player, Clips(bank, espeak="no-such-program"))
    speaker.say(CALL, "zh-CN")
    (said,) = twin.said()
    assert list(said.tokens) == CALL
    clips = Clips(bank)
    spoken = sum(duration_s(clips.get(token, "zh-CN")) for token in CALL)
    assert said.duration_s == pytest.approx(spoken + 0.25 + 0.04 * (len(CALL) - 1), abs=0.01)
    assert speaker.state().code == "ok"


def test_a_recorded_chime_and_further_words(player, twin, bank):
    (bank / "chime.wav").write_bytes(write_wav(tone(0.2)))
    (bank / "zh-CN" / "lunch-break.wav").write_bytes(write_wav(tone(0.5)))
    TokenSpeaker(player, Clips(bank, espeak="no-such-program")).say(["chime", "lunch-break"], "zh-CN")
    assert twin.said()[0].duration_s == pytest.approx(0.2 + 0.5 + 0.25 + 0.04, abs=0.01)


def test_without_voice_and_clip_the_chime_is_heard_and_said_so(player, twin):
    speaker = TokenSpeaker(player, Clips(espeak="no-such-program"))
    speaker.say(CALL, "zh-CN")
    assert twin.said()[0].tokens == ("chime",)
    assert (speaker.state().health, speaker.state().code) == ("warning", "speech_missing")


def test_nothing_to_be_heard_is_an_error(player, twin):
    speaker = TokenSpeaker(player, Clips(espeak="no-such-program"))
    with pytest.raises(SpeakerError):
        speaker.say(["please"], "zh-CN")
    assert twin.said() == []
    assert (speaker.state().health, speaker.state().code) == ("failed", "speech_missing")
    with pytest.raises(Unsupported):
        speaker.say([], "zh-CN")


def test_an_unknown_language_or_word_is_named(tmp_path):
    with pytest.raises(SpeechMissing, match="fr"):
        Clips().get("please", "fr")
    for token in ("../../etc/passwd", "", "号", "a b", "x" * 33):
        with pytest.raises(Unsupported):
            Clips(tmp_path).get(token, "zh-CN")


@pytest.mark.speech
@speech
def test_a_recording_that_cannot_be_used_gives_way_to_the_voice(bank, caplog):
    (bank / "zh-CN" / "to.wav").write_bytes(b"RIFF nonsense")
    assert Clips(bank).get("to", "zh-CN") == Clips().get("to", "zh-CN")
    assert "to.wav" in caplog.text


def test_a_paced_speaker_takes_its_time(folder, bank):
    twin = SpeakerTwin(pace=True)
    line = UnixLine(twin, folder / "slow")
    speaker = TokenSpeaker(TwinPlayer(folder / "slow"), Clips(bank))
    for _ in range(2):
        speaker.say(["A", "1"], "zh-CN")
    second, first = twin.said()
    assert (second.at - first.at).total_seconds() >= first.duration_s * 0.9
    line.close()


def test_announcements_never_overlap(bank):
    class OneAtATime:
        """A player that notices a second sound while one is playing."""

        def __init__(self) -> None:
            self.busy = threading.Lock()
            self.overlapped = False
            self.played = 0

        def play(self, wav: bytes, duration_s: float) -> None:
            if not self.busy.acquire(blocking=False):
                self.overlapped = True
                return
            threading.Event().wait(0.05)
            self.played += 1
            self.busy.release()

        def check(self) -> None:
            return None

    player = OneAtATime()
    speaker = TokenSpeaker(player, Clips(bank))
    threads = [threading.Thread(target=speaker.say, args=(["A", "1"], "zh-CN")) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (player.played, player.overlapped) == (4, False)


def test_a_speaker_that_is_gone_or_refuses_is_named(folder, bank):
    speaker = TokenSpeaker(TwinPlayer(folder / "away"), Clips(bank))
    assert speaker.state().code == "unplugged"
    with pytest.raises(SpeakerError):
        speaker.say(["A"], "zh-CN")
    assert speaker.state().health == "failed"
    twin = SpeakerTwin()
    line = UnixLine(twin, folder / "away")
    speaker.say(["A"], "zh-CN")
    assert speaker.state().code == "ok"
    twin.broken = True
    with pytest.raises(SpeakerError, match="no sound card"):
        speaker.say(["A"], "zh-CN")
    assert speaker.state().code == "speaker_error"
    line.close()
    assert not (folder / "away").exists()
    with pytest.raises(Unplugged):
        TwinPlayer(folder / "away").check()
    speaker.close()
    with pytest.raises(SpeakerError):
        speaker.say(["A"], "zh-CN")


@no_aplay
def test_a_real_player_takes_the_same_bytes(bank, tmp_path, monkeypatch):
    (tmp_path / "asound.conf").write_text("pcm.!default { type null }\n")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    speaker = TokenSpeaker(AplayPlayer("default"), Clips(bank))
    assert speaker.state().code == "ok"
    speaker.say(["A", "1"], "zh-CN")
    assert speaker.state().code == "ok"


@no_aplay
def test_no_sound_card_is_an_error_with_its_reason(bank, tmp_path, monkeypatch):
    (tmp_path / "asound.conf").write_text("")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    speaker = TokenSpeaker(AplayPlayer("default"), Clips(bank))
    assert speaker.state().code == "speaker_error"
    with pytest.raises(SpeakerError, match="sound card default"):
        speaker.say(["A"], "zh-CN")


def test_addresses_of_speakers(monkeypatch, folder):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(folder))
    assert create(parse_address("simulated://speaker")).state().code == "unplugged"
    with pytest.raises(BadAddress):
        create(parse_address("serial:///dev/ttyS0"))


@pytest.mark.speech
@speech
@pytest.mark.parametrize("text", ["请由东侧出口离开。Please leave by the east exit.", "-12%", "3号门 5G"])
def test_any_words_are_spoken_after_the_chime(player, twin, text):
    speaker = TokenSpeaker(player, Clips())
    speaker.speak(text, "zh-CN")
    speaker.speak(text, "zh-CN")
    first, second = twin.said()
    assert list(first.tokens) == ["chime", text]
    assert first.wav == second.wav
    assert first.duration_s > duration_s(Clips().get(CHIME, "zh-CN")) + 0.5
    assert speaker.state().code == "ok"


def test_words_without_a_voice_are_a_chime_and_a_warning(player, twin):
    speaker = TokenSpeaker(player, Clips(espeak="no-such-program"))
    speaker.speak("请离开", "zh-CN")
    assert list(twin.said()[0].tokens) == ["chime"]
    assert speaker.state().code == "speech_missing"


@pytest.mark.parametrize(
    ("text", "language", "voices"),
    [
        ("请离开。Please leave, 3 exits!谢谢", "zh-CN", ["cmn-latn-pinyin", "en", "cmn-latn-pinyin"]),
        ("Exit 3", "zh-CN", ["en"]),
        ("119", "zh-CN", ["cmn-latn-pinyin"]),
        ("119", "en", ["en"]),
        (" \n!", "zh-CN", []),
    ],
)
def test_each_voice_reads_its_own_words(text, language, voices):
    found = readings(text, language)
    assert [each.voice for each in found] == voices
    assert voices == [] or "".join(each.text for each in found).replace(" ", "") == text.replace(" ", "")


@speech
def test_what_is_read_to_one_person_has_no_chime_and_can_be_cut_short(player: TwinPlayer, twin: SpeakerTwin) -> None:
    speaker = TokenSpeaker(player, Clips(None))
    speaker.hush()  # nothing is playing: nothing happens
    speaker.read("Please choose a service", "en")
    assert twin.said()[0].tokens == ("Please choose a service",)
    twin.pace = True
    ended = threading.Event()
    reading = threading.Thread(target=lambda: (speaker.read("one two three four five " * 8, "en"), ended.set()))
    reading.start()
    deadline = time.monotonic() + 20
    while len(twin.said()) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    speaker.hush()
    assert ended.wait(5), "it would go on for half a minute"
    assert twin.said()[0].duration_s > 10
    assert speaker.state().health == "ok"


def test_a_sound_of_a_card_can_be_cut_short_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a program that takes its time as aplay does; ALSA's null card is done at once."""
    (tmp_path / "aplay").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "aplay").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    player = AplayPlayer("default")
    done = threading.Event()
    thread = threading.Thread(target=lambda: (player.play(write_wav(tone(1.0)), 60.0), done.set()))
    thread.start()
    deadline = time.monotonic() + 20
    while not done.wait(0.05) and time.monotonic() < deadline:
        player.stop()
    assert done.is_set()
