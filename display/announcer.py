"""Says every call of the board once and in order, an emergency before them; knows no sound and no wall.

What waits longer than it is worth is dropped: a call shouted a minute late sends people to a window that serves
somebody else.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

import structlog

from display.announced import Announced
from display.voice import announcement, words
from display.zones import known_zones
from drivers.errors import DriverError
from queue_server.wire.board import BoardView, Call
from queue_server.wire.wall import Spoken


@dataclass(slots=True)
class _Item:
    label: str
    window: int
    seqs: list[int]
    called_s: float  # by our monotonic clock; of the newest call merged into it
    kind: Literal["call", "recall"] = "call"
    zone: str = ""


class Announcer:
    """One audio zone.

    say(tokens, language) and speak(text, language): play one announcement to its end, raise DriverError when nothing
    could be heard; a call is then tried again every `retry_s` while it is young enough. languages: one after the other,
    the whole `repeats` times. drop_after_s: older calls are not said. announced: what was said before this start.
    zones: only calls of these, none: all. emergency_every_s: how long after an emergency message was said it is said
    again. tell: gets the `saying` view without its `seq` at every change of it, in order, from any thread.
    """

    def __init__(
        self,
        say: Callable[[Sequence[str], str], None],
        announced: Announced,
        *,
        speak: Callable[[str, str], None],
        languages: Sequence[str] = ("zh-CN",),
        repeats: int = 2,
        drop_after_s: float = 60.0,
        retry_s: float = 1.0,
        zones: Sequence[str] = (),
        emergency_every_s: float = 30.0,
        tell: Callable[[dict[str, Any]], None] = lambda _view: None,
    ) -> None:
        self._say, self._speak, self._announced, self._tell_view = say, speak, announced, tell
        self._languages, self._repeats = tuple(languages), repeats
        self._drop_after_s, self._retry_s = drop_after_s, retry_s
        self._zones, self._emergency_every_s = tuple(zones), emergency_every_s
        self._waiting: deque[_Item] = deque()
        self._saying: _Item | None = None
        self._emergency = ""
        self._emergency_due_s = 0.0
        # What walls are told: the words on the air, whether they are heard, and which calls we know of.
        self._now: Spoken | None = None
        self._voice = True
        self._heard = 0
        self._changed = threading.Condition()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcer", daemon=True)
        self._log = structlog.get_logger()

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Say nothing more. An announcement that is being played ends by itself and counts as not said."""
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout=0.5)

    def hear(self, board: BoardView, server_now_s: float | None) -> None:
        """Take the calls and the emergency of a board that are new. server_now_s: Unix seconds at the server; None: our
        own clock."""
        now_s = time.time() if server_now_s is None else server_now_s
        zones = known_zones(self._zones, board)
        with self._changed:
            if board["seq"] < self._announced.floor:
                self._announced.begin_anew()
            if board["seq"] < self._heard:
                self._heard = 0
            known = {seq for item in self._items() for seq in item.seqs}
            for call in sorted(board["calls"], key=lambda call: call["seq"]):
                self._heard = max(self._heard, call["seq"])
                if call["seq"] in self._announced or call["seq"] in known:
                    continue
                if not zones or call.get("zone", "") in zones:
                    self._queue(_item(call, now_s))
            emergency = board.get("emergency")
            text = emergency["text"] if emergency else ""
            if text != self._emergency:
                self._emergency, self._emergency_due_s = text, time.monotonic()
            self._tell()
            self._changed.notify_all()

    def _queue(self, new: _Item) -> None:
        for item in self._waiting:
            if (item.label, item.window) == (new.label, new.window):
                # Called again before the first call was said: one announcement, in the place of the earlier call.
                item.seqs += new.seqs
                item.called_s = max(item.called_s, new.called_s)
                return
        self._waiting.append(new)

    def _items(self) -> list[_Item]:
        return [*self._waiting, *([self._saying] if self._saying else [])]

    # -- the thread --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            self._speak_emergency()
            with self._changed:
                self._changed.wait_for(self._has_something_to_say, self._until_emergency_s())
                if self._closing.is_set() or self._emergency_is_due() or not self._waiting:
                    continue
                item = self._saying = self._waiting.popleft()
            said = self._announce(item)
            if self._closing.is_set():
                return
            with self._changed:
                self._saying = self._now = None
                self._announced.add(item.seqs, [seq for other in self._waiting for seq in other.seqs])
                self._tell()
            self._log.info(
                "call_announced" if said else "call_dropped",
                label=item.label,
                window=item.window,
                seqs=item.seqs,
                after_s=round(time.monotonic() - item.called_s, 1),
            )

    def _has_something_to_say(self) -> bool:
        return bool(self._waiting) or self._emergency_is_due() or self._closing.is_set()

    def _announce(self, item: _Item) -> bool:
        """Say all of it, going on where a speaker failed when it is back; False when it became too old."""
        languages = list(self._languages) * self._repeats
        begun = False
        while languages and not self._closing.is_set():
            self._speak_emergency()
            if not begun and time.monotonic() - item.called_s > self._drop_after_s:
                return False
            language = languages[0]
            tokens = announcement(item.label, item.window, language)
            if self._heard_by_somebody(_spoken(item, language), partial(self._say, tokens, language)):
                begun = True
                del languages[0]
            elif time.monotonic() - item.called_s > self._drop_after_s:
                return begun
            else:
                self._closing.wait(self._retry_s)
        return True

    def _heard_by_somebody(self, spoken: Spoken, play: Callable[[], None]) -> bool:
        """Play it, and let walls know meanwhile; False when nothing could be heard."""
        with self._changed:
            self._now = spoken
            self._tell()
        failure = ""
        try:
            play()
        except DriverError as err:
            failure = err.code
            self._log.warning("announcement_failed", code=err.code)
        with self._changed:
            if self._voice == bool(failure):
                self._voice = not failure
                self._tell()
        return not failure

    # -- emergency ---------------------------------------------------------------------------------------------------

    def _until_emergency_s(self) -> float | None:
        return max(0.0, self._emergency_due_s - time.monotonic()) if self._emergency else None

    def _emergency_is_due(self) -> bool:
        return bool(self._emergency) and time.monotonic() >= self._emergency_due_s

    def _speak_emergency(self) -> None:
        """Say the message if it is time; it does not wait for the end of a call's repetitions."""
        with self._changed:
            if not self._emergency_is_due() or self._closing.is_set():
                return
            text, language, before = self._emergency, self._languages[0], self._now
        spoken: Spoken = {
            "kind": "emergency", "seqs": [], "label": "", "window": 0, "zone": "", "language": language, "text": text,
        }  # fmt: skip
        heard = self._heard_by_somebody(spoken, partial(self._speak, text, language))
        with self._changed:
            if self._emergency == text:
                self._emergency_due_s = time.monotonic() + (self._emergency_every_s if heard else self._retry_s)
            self._now = before
            self._tell()
        self._log.info("emergency_announced" if heard else "emergency_not_heard", characters=len(text))

    def _tell(self) -> None:
        """Under the lock, so that views leave in the order of what happened."""
        waiting = [seq for item in self._items() for seq in item.seqs]
        self._tell_view(
            {
                "voice": self._voice,
                "zones": list(self._zones),
                "heard": self._heard,
                "waiting": waiting,
                "now": self._now,
            }
        )


def _item(call: Call, now_s: float) -> _Item:
    age_s = max(0.0, now_s - datetime.fromisoformat(call["at"]).timestamp())
    called_s = time.monotonic() - age_s
    return _Item(call["label"], call["window"], [call["seq"]], called_s, call["kind"], call.get("zone", ""))


def _spoken(item: _Item, language: str) -> Spoken:
    return {
        "kind": item.kind,
        "seqs": item.seqs.copy(),
        "label": item.label,
        "window": item.window,
        "zone": item.zone,
        "language": language,
        "text": words(item.label, item.window, language),
    }
