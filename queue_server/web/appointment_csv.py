"""A file of bookings as lines: what each wants, and which say no booking; knows no hall and no rule.

The first line names the columns, in English or Chinese, in any order: service, day, time, and of the citizen name,
id_number, phone, of which one of the last two is needed. Times are the hall's own. Nothing of a citizen is in an error.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from queue_server.citizen import Citizen
from queue_server.errors import BadCitizen

COLUMNS: Mapping[str, str] = {
    "service": "service", "业务": "service", "服务": "service",
    "day": "day", "date": "day", "日期": "day", "预约日期": "day",
    "time": "time", "slot": "time", "时间": "time", "预约时间": "time",
    "name": "name", "姓名": "name",
    "id_number": "id_number", "身份证号": "id_number", "证件号码": "id_number",
    "phone": "phone", "手机号": "phone", "电话": "phone",
}  # fmt: skip
LINES_MAX = 5000
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：]00)?(?:\s*[-–].*)?")


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    service: str
    slot_ms: int
    citizen: Citizen = field(repr=False)


@dataclass(frozen=True, slots=True)
class WrongLine:
    """code: no_columns, too_many_lines, no_service, no_day, no_time, no_citizen, bad_citizen or not_csv."""

    number: int
    code: str


def read_csv(text: str, timezone: str) -> tuple[list[Line], list[WrongLine]]:
    """All lines of the file: those that say a booking, and those that don't. An empty line says nothing."""
    rows = csv.reader(text.lstrip("\ufeff").splitlines(), strict=True)
    good: list[Line] = []
    wrong: list[WrongLine] = []
    try:
        columns = [COLUMNS.get(name.strip().lower(), "") for name in next(rows, [])]
        if not {"service", "day", "time"} <= set(columns) or not {"id_number", "phone"} & set(columns):
            return [], [WrongLine(1, "no_columns")]
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            if len(good) + len(wrong) >= LINES_MAX:
                return [], [WrongLine(rows.line_num, "too_many_lines")]
            cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name}
            read = _line(rows.line_num, cells, ZoneInfo(timezone))
            if isinstance(read, Line):
                good.append(read)
            else:
                wrong += [WrongLine(rows.line_num, code) for code in read]
    except csv.Error:
        return [], [WrongLine(max(1, rows.line_num), "not_csv")]
    return good, wrong


def _line(number: int, cells: Mapping[str, str], zone: ZoneInfo) -> Line | list[str]:
    mistakes = list(_mistakes(cells))
    day, time = _DAY.fullmatch(cells.get("day", "")), _TIME.fullmatch(cells.get("time", ""))
    if mistakes or day is None or time is None:
        return mistakes
    try:
        at = datetime(*map(int, day.groups()), *map(int, time.groups()), tzinfo=zone)  # type: ignore[misc,arg-type]
        slot_ms = round(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        return ["no_day"]
    try:
        citizen = Citizen(**{name: cells.get(name) or None for name in ("id_number", "name", "phone")})
    except BadCitizen:
        return ["bad_citizen"]
    return Line(number, cells["service"], slot_ms, citizen)


def _mistakes(cells: Mapping[str, str]) -> Iterator[str]:
    if not cells.get("service"):
        yield "no_service"
    if _DAY.fullmatch(cells.get("day", "")) is None:
        yield "no_day"
    if _TIME.fullmatch(cells.get("time", "")) is None:
        yield "no_time"
    if not (cells.get("id_number") or cells.get("phone")):
        yield "no_citizen"
