"""The guide at a kiosk: what a citizen looks up, lists to bring and notices on paper; knows no page, no driver."""

from __future__ import annotations

from collections.abc import Callable

from drivers.document import Document
from drivers.ports import PrintResult
from kiosk.errors import UnknownGuide, UnknownNotice
from kiosk.guide_slip import materials_slip
from kiosk.notice_slip import notice_slip
from kiosk.offline_memory import HallMemory, rfc3339
from kiosk.once import Once
from kiosk.slip import HallWords
from kiosk.tickets import Printed


class GuideDesk:
    """Prints what to bring, and notices, once per tap; from what the hall said last, so also while the server is away.

    words: of the hall; may raise HallUnreachable when nothing was ever heard of it.
    """

    def __init__(
        self, memory: HallMemory, words: Callable[[], HallWords], print_: Callable[[Document], PrintResult]
    ) -> None:
        self._memory, self._words, self._print = memory, words, print_
        self._once = Once()

    def print(self, tap_id: str, service: str, language: str) -> Printed:
        """One list per tap. Raises UnknownGuide, KeyReused."""
        printed: Printed = self._once.do(tap_id, ("materials", service), lambda: self._printed(service, language))
        return printed

    def _printed(self, service: str, language: str) -> Printed:
        guide = self._memory.guide
        says = next((each for each in guide["services"] if each["service"] == service), None) if guide else None
        if says is None:
            raise UnknownGuide("the hall publishes no guide to that service")
        result = self._print(materials_slip(says, self._words(), language, rfc3339(self._memory.now().at_ms)))
        return {"outcome": result.outcome, "code": result.code}

    def print_notice(self, tap_id: str, notice: str, language: str) -> Printed:
        """One slip per tap. Raises UnknownNotice, also of one that is too long for a slip, KeyReused."""
        printed: Printed = self._once.do(tap_id, ("notice", notice), lambda: self._printed_notice(notice, language))
        return printed

    def _printed_notice(self, notice: str, language: str) -> Printed:
        notices = self._memory.guide.get("notices", []) if self._memory.guide else []
        said = next((each for each in notices if each["notice"] == notice and each["printable"]), None)
        if said is None:
            raise UnknownNotice("no such notice can be printed")
        result = self._print(notice_slip(said, self._words(), language, rfc3339(self._memory.now().at_ms)))
        return {"outcome": result.outcome, "code": result.code}
