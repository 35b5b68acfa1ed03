"""Values of the options of `queue-server simulate`, each refused with what would be right; knows no simulation."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from queue_server.simulate.recommend import Promise

MOST_WINDOWS = 99
_PROMISE = re.compile(r"(?:target=)?(\d{1,2}(?:\.\d+)?)\s*%\s*<\s*(\d{1,5})\s*s?")
_RANGE = re.compile(r"(\d{1,2})\.\.(\d{1,2})|(\d{1,2})")


class WindowRange(click.ParamType[tuple[int, int]]):
    name = "A..B"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        found = _RANGE.fullmatch(str(value))
        fewest, most = (int(found[1] or found[3]), int(found[2] or found[3])) if found else (0, 0)
        if not 1 <= fewest <= most <= MOST_WINDOWS:
            self.fail(f"{value!r}: write the fewest and the most windows, such as 3..8", param, ctx)
        return fewest, most


class DayRange(click.ParamType[tuple[date, date]]):
    name = "DATE..DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, date]:
        first, _, last = str(value).partition("..")
        try:
            days = date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            days = date.max, date.min
        if days[0] > days[1]:
            self.fail(f"{value!r}: write the first and the last day, such as 2026-10-01..2026-10-31", param, ctx)
        return days


class Target(click.ParamType["Promise"]):
    name = "target=90%<900s"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Promise:
        from queue_server.simulate.recommend import Promise

        found = _PROMISE.fullmatch(str(value).strip())
        if found is None or not 0 < float(found[1]) < 100 or int(found[2]) < 1:
            self.fail(f"{value!r}: write a share and a wait, such as target=90%<900s", param, ctx)
        return Promise(float(found[1]) / 100, float(found[2]))
