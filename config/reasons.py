"""The national reason codes of a rating, read from rating-reasons.csv; knows no hall and no page."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("rating-reasons.csv")


@cache
def load_reasons() -> dict[int, dict[str, str]]:
    """Reasons by grade (1–5): {grade: {code: words in zh-CN}}, in the order of the file.

    The file is part of the package and is read once a process. A row that is not `grade,code,reason` with a grade of
    1–5 and a new code raises ValueError that names the line. Source: the national 好差评 codes, REQUIREMENTS.md 5.
    """
    reasons: dict[int, dict[str, str]] = {grade: {} for grade in (5, 4, 3, 2, 1)}
    with FILE.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.reader(file), start=1):
            if line == 1:
                continue
            if len(row) != 3 or row[0] not in {"1", "2", "3", "4", "5"} or row[1] in reasons[int(row[0])] or not row[2]:
                raise ValueError(f"{FILE.name}, line {line}: expected grade 1-5, a new code and its words, got {row!r}")
            reasons[int(row[0])][row[1]] = row[2]
    return reasons
