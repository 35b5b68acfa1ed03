"""Figures beside their limits, as a table for people and as JSON for programs; measures nothing."""

from __future__ import annotations

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured figure: the median of `rounds`. `limit` is the least (or, for times and sizes, the most) allowed."""

    section: str
    name: str
    value: float
    unit: str
    limit: float | None = None
    at_most: bool = True
    note: str = ""
    rounds: list[float] = field(default_factory=list)

    @property
    def meets(self) -> bool | None:
        if self.limit is None:
            return None
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return self.note
        if self.meets:
            return f"meets  {self.note}".rstrip()
        short = (self.value / self.limit - 1) if self.at_most else (1 - self.value / self.limit)
        return f"falls short by {100 * short:.0f} %  {self.note}".rstrip()


def median(
    section: str,
    name: str,
    rounds: Sequence[float],
    unit: str,
    limit: float | None = None,
    *,
    at_most: bool = True,
    note: str = "",
) -> Figure:
    return Figure(section, name, statistics.median(rounds), unit, limit, at_most, note, list(rounds))


def ratios(of: Sequence[float], by: Sequence[float]) -> list[float]:
    """Round by round: what disturbs the machine disturbs both figures of a round."""
    return [one / other for one, other in zip(of, by, strict=True)]


def line(figure: Figure) -> str:
    digits = 2 if figure.unit in ("×", "s") else 1 if figure.value < 1000 else 0
    sign = "≤" if figure.at_most else "≥"
    limit = "" if figure.limit is None else f"{sign} {figure.limit:,.{2 if figure.unit in ('×', 's') else 0}f}"
    spread = f"{min(figure.rounds):,.{digits}f}–{max(figure.rounds):,.{digits}f}" if len(figure.rounds) > 1 else ""
    return (
        f"{figure.name:<58}{figure.value:>10,.{digits}f} {figure.unit:<4}{spread:>17}  {limit:>8}  {figure.verdict}"
    ).rstrip()


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def write_json(file: Path, figures: Sequence[Figure], left_out: Sequence[str]) -> None:
    document = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "figures": [{**asdict(figure), "meets": figure.meets} for figure in figures],
        "left_out": list(left_out),
    }
    file.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
