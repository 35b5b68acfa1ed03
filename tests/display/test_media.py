"""The folder between calls: what is shown of it, what is named as broken, and which names are served."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from fake_hall import FakeHall
from PIL import Image
from waiting import wait_for

from config.node import DisplaySettings
from config.wall import MediaSettings, WallSettings
from display.media import FILES, MediaFolder
from queue_server.wire.wall import MediaItem

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(100)


class Shown:
    """What a folder told last."""

    def __init__(self) -> None:
        self.items: list[MediaItem] = []
        self.troubles: dict[str, str] = {}
        self.times = 0

    def take(self, items: list[MediaItem], troubles: dict[str, str]) -> None:
        self.items, self.troubles, self.times = items, troubles, self.times + 1

    def names(self) -> list[str]:
        return [item["name"] for item in self.items]


def picture(path: Path) -> None:
    Image.new("RGB", (64, 36), "navy").save(path)


@pytest.fixture
def shown() -> Shown:
    return Shown()


@pytest.fixture
def folder(tmp_path: Path, shown: Shown) -> MediaFolder:
    return MediaFolder(tmp_path, shown.take)


def twice(folder: MediaFolder) -> None:
    """A file must have stopped changing between two looks."""
    folder.look()
    folder.look()


def test_what_can_be_shown_is_shown_by_name(folder: MediaFolder, shown: Shown, tmp_path: Path) -> None:
    for name in ("3 开放日.jpg", "1.png", "2.webp"):
        picture(tmp_path / name)
    (tmp_path / "0.mp4").write_bytes(MP4)
    (tmp_path / "4.webm").write_bytes(b"\x1a\x45\xdf\xa3" + bytes(100))
    (tmp_path / "5.txt").write_text("国庆放假\n10 月 1 日至 3 日放假。", "utf-8")
    for ignored in ("readme.md", ".hidden.png", "script.svg", "page.html"):
        (tmp_path / ignored).write_text("x")
    twice(folder)
    assert shown.names() == ["0.mp4", "1.png", "2.webp", "3 开放日.jpg", "4.webm", "5.txt"]
    assert [item["kind"] for item in shown.items] == ["video", "picture", "picture", "picture", "video", "notice"]
    assert shown.items[-1]["text"] == "国庆放假\n10 月 1 日至 3 日放假。"
    assert shown.troubles == {}
    assert folder.file("1.png") == tmp_path / "1.png"
    for stranger in ("readme.md", ".hidden.png", "../secret", "/etc/passwd", "5.txt", "1.png/"):
        assert folder.file(stranger) is None


def test_broken_files_are_named_and_left_out(folder: MediaFolder, shown: Shown, tmp_path: Path) -> None:
    picture(tmp_path / "good.jpg")
    whole = (tmp_path / "good.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "no.png").write_text("<svg/>")
    (tmp_path / "gif.png").write_bytes(b"GIF89a" + bytes(50))
    (tmp_path / "no.mp4").write_bytes(b"nothing of a film here")
    (tmp_path / "gbk.txt").write_bytes("国庆放假".encode("gbk"))
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "long.txt").write_text("长" * 1_001, "utf-8")
    (tmp_path / "longer.txt").write_text("长" * 100_000, "utf-8")
    (tmp_path / "a;b.png").write_bytes(whole)
    twice(folder)
    assert shown.names() == ["good.jpg"]
    broken = {"cut.jpg", "no.png", "gif.png", "no.mp4", "gbk.txt", "empty.txt", "long.txt", "longer.txt", "a;b.png"}
    assert set(shown.troubles) == broken
    assert "UTF-8" in shown.troubles["gbk.txt"]


def test_a_file_that_is_still_copied_waits_and_changes_are_seen(
    folder: MediaFolder, shown: Shown, tmp_path: Path
) -> None:
    picture(tmp_path / "a.png")
    whole = (tmp_path / "a.png").read_bytes()
    (tmp_path / "a.png").write_bytes(whole[:20])
    folder.look()
    (tmp_path / "a.png").write_bytes(whole)
    folder.look()
    assert (shown.names(), shown.troubles) == ([], {}), "it was not the same twice yet"
    folder.look()
    assert shown.names() == ["a.png"]
    first, times = shown.items[0]["url"], shown.times
    folder.look()
    assert shown.times == times, "nothing changed, nothing is told"
    os.utime(tmp_path / "a.png", (1, 1))
    twice(folder)
    assert shown.items[0]["url"] != first, "a page must load the new one"
    (tmp_path / "a.png").unlink()
    folder.look()
    assert shown.names() == []


def test_what_a_screen_cannot_play_is_left_out_until_it_changes(
    folder: MediaFolder, shown: Shown, tmp_path: Path
) -> None:
    (tmp_path / "a.mp4").write_bytes(MP4)
    twice(folder)
    assert folder.refuse("a.mp4")
    assert folder.refuse("a.mp4"), "a second wall says so as well"
    assert not folder.refuse("b.mp4")
    assert (shown.names(), set(shown.troubles)) == ([], {"a.mp4"})
    os.utime(tmp_path / "a.mp4", (1, 1))
    twice(folder)
    assert shown.names() == ["a.mp4"]


def test_too_many_files_and_no_folder(folder: MediaFolder, shown: Shown, tmp_path: Path) -> None:
    for n in range(FILES + 1):
        (tmp_path / f"{n:02}.txt").write_text(str(n))
    twice(folder)
    assert len(shown.items) == FILES
    assert list(shown.troubles) == [f"{FILES}.txt"]
    nothing = Shown()
    MediaFolder(tmp_path / "gone", nothing.take).look()
    assert (nothing.items, nothing.troubles) == ([], {})


def test_a_node_serves_the_folder_and_nothing_else(
    settings: DisplaySettings, hall: FakeHall, open_display: Callable[..., Any], tmp_path: Path
) -> None:
    media = tmp_path / "media"
    media.mkdir()
    display = open_display(settings=replace(settings, speaker=None, ratingpads=(), media=MediaSettings(media)))
    newest = lambda: display.node._relay.newest("wall") or {}  # noqa: E731
    wait_for(lambda: newest().get("media") == [])
    picture(media / "a.png")
    (media / "b.png").write_text("no picture")
    wait_for(lambda: [item["name"] for item in newest()["media"]] == ["a.png"])
    wait_for(lambda: display.device("media") == "media_unreadable")
    answer = requests.get(display.url + newest()["media"][0]["url"], timeout=5, headers={"Range": "bytes=0-3"})
    assert (answer.status_code, answer.content) == (206, b"\x89PNG")
    for stranger in ("b.png", "..%2fdata%2fannounced.json", "%2e%2e/token", "a.png%00", ".", "a.png%2f"):
        assert requests.get(f"{display.url}/media/{stranger}", timeout=5).status_code == 404, stranger
    told = requests.post(f"{display.url}/api/media/trouble", json={"name": "a.png"}, timeout=5)
    assert told.status_code == 204
    assert newest()["media"] == []
    for wrong in ({"name": "c.png"}, {"name": 1}, [], {"name": "../x"}):
        assert requests.post(f"{display.url}/api/media/trouble", json=wrong, timeout=5).status_code == 404


def test_a_zone_that_the_hall_lacks_is_a_warning(
    settings: DisplaySettings, hall: FakeHall, open_display: Callable[..., Any]
) -> None:
    display = open_display(settings=replace(settings, speaker=None, ratingpads=(), wall=WallSettings(zones=("f9",))))
    wait_for(lambda: display.device("wall") == "zone_unknown")
    hall.publish("board", 2, {"seq": 2, "calls": [], "zones": [{"zone": "f9", "name": {}}]})
    wait_for(lambda: display.device("wall") == "ok")
