"""A language pack as one file: what is compared, what is found wrong, and how a node and a voice use it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from fake_hall import FakeHall
from hall_process import script
from pseudo_language import TAG, pseudo_pack

from drivers.clips import Clips
from kiosk.slip import WORDS as SLIP
from kiosk.slip import HallWords
from queue_server import language_packs
from queue_server.node_web import Packs


def test_the_reference_is_what_is_said() -> None:
    assert dict(SLIP["en"]) == language_packs.SLIP
    assert set(language_packs.reference()) == {*language_packs.PAGES, "slip", "voice"}


def test_a_complete_pack_has_nothing_to_say() -> None:
    pack = pseudo_pack()
    pack["words"]["voice"] = {**language_packs.VOICE, "espeak": "ar"}
    report = language_packs.check(pack, TAG)
    assert (report.missing, report.mistakes) == ([], [])
    assert report.words == report.of > 500


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "en"}, "built in"),
        ({"language": "fr"}, "fr.json"),
        ({"name": {"short": "X"}}, "short and long"),
        ({"direction": "down"}, "ltr"),
        ({"word": {}}, 'did you mean "words"'),
        ({"words": {"kiosc": {}}}, 'did you mean "kiosk"'),
        ({"words": {"kiosk": {"titel": "x"}}}, 'did you mean "title"'),
        ({"words": {"kiosk": {"closed_until": "later"}}}, "lacks {time}"),
        ({"words": {"kiosk": {"title": "for {name}"}}}, "has {name}"),
        ({"words": {"kiosk": {"title": 7}}}, "wants text"),
        ({"words": []}, "sections"),
    ],
)
def test_a_mistake_is_named_with_its_place(change: dict[str, Any], said: str) -> None:
    report = language_packs.check({**pseudo_pack(), **change}, TAG)
    assert [line for line in report.mistakes if said in line], report.mistakes


def test_the_command_makes_a_file_and_checks_it(tmp_path: Path) -> None:
    def words(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [script("queue-server"), "words", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    file = tmp_path / "ug.json"
    assert words("new", "ug", "--to", str(file)).returncode == 0
    assert words("new", "ug", "--to", str(file)).returncode == 1  # what is there is not lost
    assert words("check", str(file)).stdout.startswith("ok: ")
    pack = json.loads(file.read_text("utf-8"))
    del pack["words"]["wall"]["title"]
    file.write_text(json.dumps(pack), "utf-8")
    done = words("check", str(file))
    assert (done.returncode, "missing wall.title" in done.stdout, "first language" in done.stdout) == (0, True, True)
    pack["words"]["wall"]["titel"] = "x"
    file.write_text(json.dumps(pack), "utf-8")
    assert words("check", str(file)).returncode == 2
    file.write_text("{", "utf-8")
    assert "no JSON: line 1" in words("check", str(file)).stderr


def test_a_node_keeps_a_pack_for_when_the_server_is_away(tmp_path: Path) -> None:
    hall = FakeHall().start()
    hall.packs[TAG] = pseudo_pack()
    try:
        assert Packs(hall.url, tmp_path).pack(TAG) == pseudo_pack()
        assert Packs(hall.url, tmp_path).pack("fr") is None
    finally:
        hall.stop()
    later = Packs(hall.url, tmp_path)
    assert later.pack(TAG) == pseudo_pack()
    assert later.section(TAG, "slip")["priority"] == pseudo_pack()["words"]["slip"]["priority"]
    assert later.section("en", "slip") == {}
    assert later.pack("../../etc") is None


def test_a_mistake_in_a_pack_costs_nobody_a_slip() -> None:
    broken = {"ahead": "{who} before", "next": "{", "priority": "!", "strange": "x", "due": 7}
    words = HallWords({}, "Asia/Shanghai", ("en", "ug"), {}, pack=lambda _tag, _section: broken)  # type: ignore[arg-type, return-value]
    assert words.slip("ug") == ("ug", {**SLIP["en"], "priority": "!"})
    assert words.slip("en") == ("en", SLIP["en"])
    assert HallWords({}, "Asia/Shanghai", ("en",), {}).slip("ug") == ("en", SLIP["en"])


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_packs_voice_reads_calls_and_free_words() -> None:
    clips = Clips(voices=lambda tag: {"espeak": "vi", "ticket": "vé số"} if tag == "vi" else {})
    assert len(clips.get("ticket", "vi")) > 1000
    assert clips.get("7", "vi") != clips.get("7", "en")
    assert len(clips.free("xin mời chọn", "vi")) > 1000
