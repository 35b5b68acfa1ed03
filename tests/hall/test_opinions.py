"""The complaint box: due dates by the calendar, and open opinions that no day forgets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Calendar, HallSettings, Hours, Opinions, Span
from queue_server.codec import decode, encode
from queue_server.hall import commands as c
from queue_server.hall.evolve import evolve
from queue_server.hall.opinion_rules import due_day
from queue_server.hall.rules import decide
from queue_server.hall.state import Hall

DAY_MS = 86_400_000
START_MS = 1_795_140_000_000
OFFICE = Hours(weekly=((Span(time(9), time(12)),),) * 5 + ((), ()))


@pytest.fixture
def settings(hall_settings: Callable[..., HallSettings]) -> HallSettings:
    return replace(hall_settings(), opinions=Opinions(5), hours=None)


@given(
    start=st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    days=st.integers(1, 20),
    holidays=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1))),
    workdays=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 3, 1))),
    hours=st.sampled_from([None, OFFICE]),
)
def test_exactly_so_many_working_days_lie_between(
    start: date, days: int, holidays: frozenset[date], workdays: frozenset[date], hours: Hours | None
) -> None:
    hall = HallSettings(
        "a", {}, "Asia/Shanghai", ("en",), {}, {}, hours=hours, calendar=Calendar(holidays, workdays - holidays)
    )
    end = date.fromisoformat(due_day(hall, start.isoformat(), days))

    def worked(day: date) -> bool:
        return day not in holidays and (day in workdays or day.weekday() < 5)

    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(map(worked, between)) == days
    assert worked(end)


def test_an_opinion_is_open_until_it_is_answered_whatever_day_it_is(settings: HallSettings) -> None:
    hall = Hall(settings)
    rows: list[tuple[str, int, int, str]] = []

    def ask(command: c.Command) -> str | None:
        decision = decide(hall, command)
        for event in decision.events:
            kind, version, data = encode(event)
            rows.append((kind, version, event.at_ms, data))
        return decision.refused.code if decision.refused else None

    def file(opinion: str, at_ms: int) -> None:
        command = c.FileOpinion(command_id=opinion, at_ms=at_ms, opinion=opinion, subject="complaint", channel="kiosk")
        assert ask(command) is None

    for n in range(501):
        file(f"o_{n}", START_MS)
    answer = c.AnswerOpinion(command_id="a", at_ms=START_MS + 1, opinion="o_0", reply="n_0")
    assert ask(answer) is None
    assert ask(replace(answer, command_id="b", opinion="o_none")) == "unknown_opinion"
    file("o_later", START_MS + DAY_MS)
    assert [kind for kind, *_ in rows].count("OpinionsCarried") == 2, "in pieces of 500"
    last_day = max(n for n, (kind, *_) in enumerate(rows) if kind == "DayOpened")
    again = Hall(settings)
    for seq, (kind, version, at_ms, data) in enumerate(rows[last_day:], last_day + 1):
        evolve(again, decode(kind, version, at_ms, data), seq)
    assert again.opinions == hall.opinions, "a day is read by itself"
    assert len(again.opinions) == 502
    assert again.opinions["o_0"].reply == "n_0"
    file("o_much_later", START_MS + 40 * DAY_MS)
    assert "o_1" in hall.opinions, "open ones are never forgotten"
    assert "o_0" not in hall.opinions, "answered ones go with their words"


def test_a_hall_without_a_box_takes_none(settings: HallSettings) -> None:
    command = c.FileOpinion(command_id="x", at_ms=START_MS, opinion="o_x", subject="praise", channel="kiosk")
    refused = decide(Hall(replace(settings, opinions=None)), command).refused
    assert refused is not None
    assert refused.code == "no_opinions"
