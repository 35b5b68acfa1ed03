"""Work that is done once per tap, however often the tap is sent; knows no paper and no ticket."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from kiosk.errors import KeyReused

REMEMBERED = 256


class Once:
    """Remembers the last taps and what came of them. May be used by many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._doing: OrderedDict[str, tuple[object, Future[Any]]] = OrderedDict()

    def do(self, tap_id: str, what: object, work: Callable[[], Any]) -> Any:
        """Do `work` for the first who asks with this tap, and give its result to all others; a failure is not kept.

        Raises KeyReused when the tap was sent for something else than `what`.
        """
        with self._lock:
            known = self._doing.get(tap_id)
            if known is not None:
                if known[0] != what:
                    raise KeyReused("this tap_id stands for another wish; make a new one for every tap")
            else:
                mine: Future[Any] = Future()
                self._doing[tap_id] = (what, mine)
                while len(self._doing) > REMEMBERED and next(iter(self._doing.values()))[1].done():
                    self._doing.popitem(last=False)
        if known is not None:
            return known[1].result()
        try:
            mine.set_result(work())
        except BaseException as err:
            with self._lock:
                del self._doing[tap_id]
            mine.set_exception(err)
            raise
        return mine.result()

    def change(self, tap_id: str, change: Callable[[Any], Any]) -> None:
        """Whoever asks for the tap again gets what `change` makes of its result, if it has one."""
        with self._lock:
            what, before = self._doing.get(tap_id, (None, None))
            if before is not None and before.done():
                now: Future[Any] = Future()
                now.set_result(change(before.result()))
                self._doing[tap_id] = (what, now)

    def results(self) -> list[Any]:
        """Of every tap that is remembered and done."""
        with self._lock:
            return [future.result() for _, future in self._doing.values() if future.done() and not future.exception()]
