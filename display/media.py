"""The folder of pictures, videos and notices between calls: what of it can be shown, and what is wrong with the rest.

It knows no page. Files are looked at when they have stopped changing, so that one that is being copied is not called
broken, and each only once.
"""

from __future__ import annotations

import re
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import structlog
from PIL import Image

from queue_server.wire.wall import MediaItem

NAME = re.compile(r"[^\W_][\w .()-]{0,99}")
KINDS = {
    ".jpg": "picture", ".jpeg": "picture", ".png": "picture", ".webp": "picture",
    ".mp4": "video", ".webm": "video",
    ".txt": "notice",
}  # fmt: skip
FILES = 60
PICTURE_BYTES = 20 * 1024 * 1024
PICTURE_PIXELS = 50_000_000
VIDEO_BYTES = 500 * 1024 * 1024
NOTICE_CHARACTERS = 1_000
LOOK_EVERY_S = 2.0
# A picture is judged by its contents, not by its name: browsers do the same.
_FORMATS = ("JPEG", "PNG", "WEBP")

Stamp = tuple[int, int]  # nanoseconds of its last change, bytes


class MediaFolder:
    """folder: may come and go. changed(items, troubles): told the files to show, by name, and a sentence for each of
    the others by its name, whenever that is not what it was; from a thread of its own."""

    def __init__(self, folder: Path, changed: Callable[[list[MediaItem], dict[str, str]], None]) -> None:
        self._folder, self._changed = folder, changed
        self._seen: dict[str, Stamp] = {}
        self._judged: dict[str, tuple[Stamp, MediaItem | str]] = {}
        self._refused: dict[str, Stamp] = {}
        self._told: tuple[list[MediaItem], dict[str, str]] | None = None
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """May be called twice."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=1.0)

    def file(self, name: str) -> Path | None:
        """A picture or video that is shown now; None for every other name."""
        with self._lock:
            judged = self._judged.get(name)
        known = judged is not None and not isinstance(judged[1], str) and judged[1]["kind"] != "notice"
        return self._folder / name if known else None

    def refuse(self, name: str) -> bool:
        """A page could not play it: it is left out until the file changes. Several walls may say so of one file. False
        for what is no file of the folder."""
        with self._lock:
            judged = self._judged.get(name)
            if judged is None:
                return False
            self._refused[name] = judged[0]
        self.look()
        return True

    def look(self) -> None:
        """Look once at all files."""
        stamps = self._stamps()
        with self._lock:
            for name in [name for name in self._judged if name not in stamps]:
                del self._judged[name]
            for name, stamp in stamps.items():
                settled = self._seen.get(name) == stamp
                if settled and (name not in self._judged or self._judged[name][0] != stamp):
                    self._judged[name] = (stamp, judge(self._folder / name, stamp))
                if self._refused.get(name) == stamp and name in self._judged:
                    self._judged[name] = (stamp, "the screen cannot play it; save it as JPEG, PNG, MP4 (H.264) or WebM")
            self._seen = stamps
            good = [item for _, (_, item) in sorted(self._judged.items()) if not isinstance(item, str)]
            troubles = {name: item for name, (_, item) in sorted(self._judged.items()) if isinstance(item, str)}
            troubles |= {item["name"]: f"only the first {FILES} files are shown" for item in good[FILES:]}
            now = (good[:FILES], troubles)
            if now == self._told:
                return
            self._told = now
        self._changed(*now)

    def _stamps(self) -> dict[str, Stamp]:
        found = {}
        try:
            for path in self._folder.iterdir():
                if path.suffix.lower() in KINDS and path.is_file() and not path.name.startswith("."):
                    stat = path.stat()
                    found[path.name] = (stat.st_mtime_ns, stat.st_size)
        except OSError as err:
            structlog.get_logger().debug("media_folder_unreadable", reason=err.strerror)
        return found

    def _run(self) -> None:
        while True:
            self.look()
            if self._closing.wait(LOOK_EVERY_S):
                return


def judge(path: Path, stamp: Stamp) -> MediaItem | str:
    """What is shown of a file, or why it is not."""
    if not NAME.fullmatch(path.name):
        return "name it with letters, digits, spaces, points, - and _ only"
    kind = KINDS[path.suffix.lower()]
    url = f"/media/{path.name}?v={stamp[0]:x}"
    try:
        if kind == "picture":
            wrong = _picture(path, stamp[1])
        elif kind == "video":
            wrong = _video(path, stamp[1])
        else:
            return _notice(path)
    except OSError as err:
        wrong = f"it cannot be read ({err.strerror or 'broken picture'})"
    return wrong or MediaItem(name=path.name, kind="picture" if kind == "picture" else "video", url=url, text="")


def _picture(path: Path, size: int) -> str:
    if size > PICTURE_BYTES:
        return f"it has more than {PICTURE_BYTES // 1024 // 1024} MB; save it smaller"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as picture:
                if picture.width * picture.height > PICTURE_PIXELS:
                    return f"it has more than {PICTURE_PIXELS // 1_000_000} million pixels; save it smaller"
                picture.load()
    except (ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return "it is no JPEG, PNG or WebP picture, or broken; save it anew"
    return ""


def _video(path: Path, size: int) -> str:
    if size > VIDEO_BYTES:
        return f"it has more than {VIDEO_BYTES // 1024 // 1024} MB; save it smaller"
    with path.open("rb") as file:
        head = file.read(12)
    is_video = head[4:8] == b"ftyp" if path.suffix.lower() == ".mp4" else head[:4] == b"\x1a\x45\xdf\xa3"
    return "" if is_video else "it is no MP4 or WebM video, or broken; save it anew"


def _notice(path: Path) -> MediaItem | str:
    too_long = f"it has more than {NOTICE_CHARACTERS:,} characters; shorten it"
    if path.stat().st_size > 4 * NOTICE_CHARACTERS + 3:
        return too_long
    try:
        text = path.read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        return "it is no text in UTF-8; save it so"
    if not text:
        return "it is empty"
    if len(text) > NOTICE_CHARACTERS:
        return too_long
    return MediaItem(name=path.name, kind="notice", url="", text=text)
