"""Who comes: files that people write, and past days of a journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from pathlib import Path
from random import Random

import pytest
from virtual_hall import DAY, Bench

from config.errors import ConfigError
from queue_server.codec import encode
from queue_server.hall.events import Event
from queue_server.journal import Entry, MemoryJournal
from queue_server.simulate.arrivals import RateCurve, read_csv
from queue_server.simulate.day import VirtualDay
from queue_server.simulate.dayfile import read_day_file
from queue_server.simulate.learn import Learner, read_days
from queue_server.simulate.people import Arrival, Behaviour
from queue_server.simulate.staffing import Shift, Staffing, moment_ms
from queue_server.simulate.times import Fixed, LogNormal


@pytest.fixture
def hall(bench: Callable[..., Bench]) -> Bench:
    return bench(("hukou", "business"), {1: ("hukou",), 2: ("hukou", "business")})


def write(tmp_path: Path, text: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_arrivals_from_a_file(hall: Bench, tmp_path: Path) -> None:
    said = "time,service,priority\n08:31,hukou,\n08:31:20,hukou+business,elderly\n\n2026-01-05T09:00:00,business\n"
    assert read_csv(write(tmp_path, "\ufeff" + said), hall.settings, DAY) == [
        Arrival(hall.ms("08:31"), ("hukou",)),
        Arrival(hall.ms("08:31:20"), ("hukou", "business"), "elderly"),
        Arrival(hall.ms("09:00"), ("business",)),
    ]


def test_rates_from_a_file_come_as_often_as_it_says(hall: Bench, tmp_path: Path) -> None:
    curve = read_csv(write(tmp_path, "time,hukou,business\n08:30,60,6\n09:00,20,\n"), hall.settings, DAY)
    assert isinstance(curve, RateCurve)
    assert curve.by_service() == {"hukou": 40.0, "business": 3.0}
    rng = Random(2)
    days = [curve.draw(hall.settings, DAY, rng) for _ in range(400)]
    early = [a for day in days for a in day if a.at_ms < hall.ms("09:00")]
    assert len(early) / 400 == pytest.approx(33, rel=0.03)
    assert all(hall.ms("08:30") <= a.at_ms < hall.ms("09:30") for day in days for a in day)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("time,service\n25:00,hukou\n09:00,hukuo\n", [(2, "is no time"), (3, 'did you mean "hukou"?')]),
        ("time,hukou\n08:15,4\n08:30,many\n", [(2, "half hour"), (3, "is no rate")]),
        ("when,what\n", [(1, "begin with the heading")]),
        ("time,service\n", [(1, "nothing below")]),
        ("time,service\n09:00\n", [(2, "no service")]),
    ],
)
def test_every_mistake_in_a_file_is_named_with_its_line(
    hall: Bench, tmp_path: Path, text: str, lines: list[tuple[int, str]]
) -> None:
    with pytest.raises(ConfigError) as raised:
        read_csv(write(tmp_path, text), hall.settings, DAY)
    assert [mistake.line for mistake in raised.value.mistakes] == [line for line, _ in lines]
    for mistake, (_, said) in zip(raised.value.mistakes, lines, strict=True):
        assert said in mistake.message


def test_a_day_file_and_its_mistakes(hall: Bench, tmp_path: Path) -> None:
    text = """
    priority_share = 0.1
    overtime_s = 600
    [rates]
    "08:30" = { hukou = 12, "hukou+business" = 3 }
    [service_times]
    hukou = 420
    business = { mean_s = 600, cv = 0.5 }
    [citizens]
    absent_share = 0.05
    patience_s = 3600
    [[plan]]
    windows = [1, 2]
    shifts = ["08:30-12:00"]
    """
    said = read_day_file(write(tmp_path, text, "day.toml"), hall.settings, DAY)
    assert said.rates == RateCurve({time(8, 30): {"hukou": 12.0, "hukou+business": 3.0}}, 0.1)
    assert said.behaviour.times_of("business") == LogNormal(600, 0.5)
    assert said.behaviour.patience_s == LogNormal(3600, 0.8)
    assert said.staffing == hall.staffing({1: ["08:30-12:00"], 2: ["08:30-12:00"]}, 600)

    wrong = '[rates]\n"08:15" = { hukou = 1 }\n[service_times]\nhukuo = 3\n[[plan]]\nwindows = [1, 9]\nshift = []\n'
    with pytest.raises(ConfigError) as raised:
        read_day_file(write(tmp_path, wrong, "day.toml"), hall.settings, DAY)
    assert {mistake.key for mistake in raised.value.mistakes} == {
        'rates."08:15"', "service_times.hukuo", "plan[0].windows", "plan[0].shifts", "plan[0].shift",
    }  # fmt: skip


def test_a_journal_teaches_the_day_it_was_made_with(hall: Bench) -> None:
    curve = RateCurve({time(9, half): {"hukou": 30, "business": 12} for half in (0, 30)}, priority_share=0.2)
    true = Behaviour(
        service_s={"hukou": LogNormal(120), "business": LogNormal(300)},
        walk_s=Fixed(20), between_s=Fixed(15), absent_share=0.1, returns_share=0.0,
    )  # fmt: skip
    journal, days = MemoryJournal(), [DAY + timedelta(days=n) for n in range(10)]
    for n, day in enumerate(days):
        shifts = {w: (Shift(*(moment_ms(hall.settings, day, time(h)) for h in (9, 12))),) for w in (1, 2)}
        virtual = VirtualDay(hall.settings, curve.draw(hall.settings, day, Random(n)), Staffing(shifts), true, n)
        _append(journal, (event for step in virtual.steps() for event in step.events), str(n))

    learner, rows = Learner(hall.settings), []
    for event in read_days(journal, hall.settings, days[2], days[-1], lambda n, total: rows.append((n, total))):
        learner.apply(event)
    learned = learner.learned(date(2027, 3, 1))
    assert learned.days == 8
    assert sum(n for n, _ in rows) == rows[-1][1] < journal.last_seq()
    assert learned.rates.by_service() == pytest.approx(curve.by_service(), rel=0.25)
    assert learned.rates.priority_share == pytest.approx(0.2, abs=0.06)
    for service, times in true.service_s.items():
        assert learned.behaviour.times_of(service).mean_s == pytest.approx(times.mean_s, rel=0.2)
    assert learned.behaviour.walk_s.mean_s == pytest.approx(20, abs=0.1)
    assert learned.behaviour.between_s.mean_s == pytest.approx(15, abs=1)
    assert learned.behaviour.absent_share == pytest.approx(0.1, abs=0.04)
    start = moment_ms(hall.settings, date(2027, 3, 1), time(9))
    assert learned.staffing.shifts == dict.fromkeys((1, 2), (Shift(start, start + 3 * 3_600_000),))
    assert learned.thin == ()


def _append(journal: MemoryJournal, events: Iterator[Event], command: str) -> None:
    after = journal.last_seq()
    entries = []
    for n, event in enumerate(events):
        kind, version, data = encode(event)
        entries.append(Entry(after + n + 1, event.at_ms, kind, version, data, "rules", command, n))
    journal.append(after, entries)
