"""Says every call of the board once, in order, one after the other; knows no sound and no wall.

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

import structlog

from display.announced import Announced
from display.voice import announcement
from drivers.errors import DriverError
from queue_server.wire import BoardView


@dataclass(slots=True)
class _Item:
    label: str
    window: int
    seqs: list[int]
    called_s: float  # by our monotonic clock; of the newest call merged into it


class Announcer:
    """One audio zone.

    say: plays one announcement to its end, raises DriverError when nothing could be heard; it is then tried again
    every `retry_s` while the call is young enough. languages: one after the other, the whole `repeats` times.
    drop_after_s: older calls are not said. announced: what was said before this start.
    """

    def __init__(
        self,
        say: Callable[[Sequence[str], str], None],
        announced: Announced,
        *,
        languages: Sequence[str] = ("zh-CN",),
        repeats: int = 2,
        drop_after_s: float = 60.0,
        retry_s: float = 1.0,
    ) -> None:
        self._say, self._announced = say, announced
        self._languages, self._repeats = tuple(languages), repeats
        self._drop_after_s, self._retry_s = drop_after_s, retry_s
        self._waiting: deque[_Item] = deque()
        self._saying: _Item | None = None
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
        """Take the calls of a board that are new. server_now_s: Unix seconds at the server; None: our own clock."""
        now_s = time.time() if server_now_s is None else server_now_s
        with self._changed:
            if board["seq"] < self._announced.floor:
                self._announced.begin_anew()
            known = {seq for item in self._items() for seq in item.seqs}
            for call in sorted(board["calls"], key=lambda call: call["seq"]):
                if call["seq"] in self._announced or call["seq"] in known:
                    continue
                age_s = max(0.0, now_s - datetime.fromisoformat(call["at"]).timestamp())
                self._queue(_Item(call["label"], call["window"], [call["seq"]], time.monotonic() - age_s))
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

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing.is_set())
                if self._closing.is_set():
                    return
                item = self._saying = self._waiting.popleft()
            said = self._announce(item)
            if self._closing.is_set():
                return
            with self._changed:
                self._saying = None
                self._announced.add(item.seqs, [seq for other in self._waiting for seq in other.seqs])
            self._log.info(
                "call_announced" if said else "call_dropped",
                label=item.label,
                window=item.window,
                seqs=item.seqs,
                after_s=round(time.monotonic() - item.called_s, 1),
            )

    def _announce(self, item: _Item) -> bool:
        """Say all of it, going on where a speaker failed when it is back; False when it became too old."""
        todo = [(language, announcement(item.label, item.window, language)) for language in self._languages]
        todo *= self._repeats
        begun = False
        while todo and not self._closing.is_set():
            if not begun and time.monotonic() - item.called_s > self._drop_after_s:
                return False
            language, tokens = todo[0]
            try:
                self._say(tokens, language)
                begun = True
                del todo[0]
            except DriverError as err:
                if time.monotonic() - item.called_s > self._drop_after_s:
                    return begun
                self._log.warning("announcement_failed", code=err.code)
                self._closing.wait(self._retry_s)
        return True
