"""Results as text for a terminal, also where Chinese characters are two columns wide; knows no click and no files."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from config.settings import HallSettings
from queue_server.hall.calendar import local
from queue_server.simulate.compare import Compared
from queue_server.simulate.figures import QUEUE_EVERY_MS
from queue_server.simulate.plan import half_hours
from queue_server.simulate.recommend import Recommendation
from queue_server.simulate.scenario import Scenario
from queue_server.simulate.summary import Estimate, ServiceSummary, Summary
from queue_server.simulate.words import Words

BARS = " ▁▂▃▄▅▆▇█"
NAME_COLUMNS = 26


def day_text(scenario: Scenario, summary: Summary, words: Words) -> str:
    """Everything about one staffing."""
    settings = scenario.settings
    parts = [title(scenario, summary.days, words), _day_line(summary, words)]
    if summary.late_from_ms is not None and summary.late >= 1:
        parts.append(words.say("late_from", at=f"{local(settings.timezone, summary.late_from_ms):%H:%M}"))
    if summary.appointments.booked:
        parts.append(words.say("appointments", **asdict(summary.appointments)))
    heading = [
        words.say(n) for n in ("service", "tickets", "mean", "p50", "p90", "target", "within", "unserved", "late")
    ]
    rows = [_service_row(s, words.of(settings.services[s.service].name), words) for s in summary.services]
    if summary.booked is not None:
        rows.append(_service_row(summary.booked, words.say("booked"), words, target=False))
    rows.append(_service_row(summary.whole, words.say("all"), words, target=False))
    parts.append(table(heading, rows))
    parts.append(_windows(summary, settings, words))
    parts.append(f"{words.say('queue')}\n{_queue(summary, settings, scenario.opens_ms)}")
    return "\n\n".join(parts)


def title(scenario: Scenario, days: int, words: Words) -> str:
    name = words.of(scenario.settings.name)
    return words.say("title", hall=name, date=scenario.day.isoformat(), days=days, seed=scenario.seed)


def compared_text(compared: Sequence[Compared], settings: HallSettings, words: Words) -> str:
    """A line for each number of windows."""
    heading = [words.say(n) for n in ("open", "mean", "p50", "p90", "within", "use", "unserved", "overtime", "which")]
    rows = []
    notes = []
    for one in compared:
        whole, summary = one.summary.whole, one.summary
        engaged = [w.use.value * w.planned_s for w in summary.windows if w.use.value is not None]
        planned_s = sum(w.planned_s for w in summary.windows)
        rows.append(
            [
                str(len(one.windows)),
                _waited(whole.mean_s, words),
                words.duration(whole.p50_s.value),
                words.duration(whole.p90_s.value),
                share(whole.within),
                f"{sum(engaged) / planned_s:.0%}" if planned_s else "–",
                f"{whole.unserved:.1f}",
                words.duration(summary.overtime_s),
                ", ".join(map(str, one.windows)),
            ]
        )
        if one.not_served:
            names = "、".join(words.of(settings.services[service].name) for service in one.not_served)
            notes.append(words.say("missing", count=len(one.windows), services=names))
    made_up = sorted({window for one in compared for window in one.windows} - set(settings.windows))
    if made_up:
        notes.append(words.say("made_up", windows=", ".join(map(str, made_up))))
    return "\n\n".join([table(heading, rows, last_left=True), *notes])


def plan_text(found: Recommendation, scenario: Scenario, words: Words) -> str:
    """A recommendation with how sure it is, and the plan to copy."""
    timezone, plan = scenario.settings.timezone, found.plan
    promise = words.say("promise", share=found.promise.share, limit=words.duration(found.promise.limit_s))
    within = share(found.summary.whole.within)
    if not found.feasible:
        return words.say("infeasible", within=within)
    heading = [words.say(name) for name in ("half_hour", "open", "which")]
    rows = [
        [f"{local(timezone, at):%H:%M}", str(len(plan.open_at(at))), ", ".join(map(str, plan.open_at(at)))]
        for at in half_hours(plan.hours)
    ]
    interval = found.summary.whole.within
    lowest = (interval.value or 0.0) - (interval.half_width or 0.0)
    sure = [words.say("kept", days=found.days_checked, within=within, kept=found.days_kept)]
    if not found.kept:
        sure.append(words.say("not_kept"))
    elif lowest < found.promise.share:
        sure.append(words.say("barely"))
    overtime_s = scenario.staffing.overtime_s
    cost = words.say(
        "cost",
        cells=len(plan.cells),
        overtime=words.duration(found.summary.overtime_s),
        bound=found.bound,
        tried=found.tried,
    )
    head = words.say("plan", promise=promise)
    toml = f"{words.say('toml')}\n\n{plan.as_toml(timezone, overtime_s)}"
    return "\n\n".join([head, table(heading, rows, last_left=True), "\n".join([*sure, cost]), toml])


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], *, last_left: bool = False) -> str:
    """The first column to the left, figures to the right."""
    lines = [list(heading), *map(list, rows)]
    widths = [max(_columns(line[n]) for line in lines) for n in range(len(heading))]
    left = {0, len(heading) - 1} if last_left else {0}
    lines.insert(1, ["─" * width for width in widths])
    return "\n".join(
        "  ".join(_padded(cell, widths[n], n in left) for n, cell in enumerate(line)).rstrip() for line in lines
    )


def share(estimate: Estimate) -> str:
    if estimate.value is None:
        return "–"
    around = "" if estimate.half_width is None else f" ± {estimate.half_width:.1%}"
    return f"{estimate.value:.1%}{around}"


def _day_line(summary: Summary, words: Words) -> str:
    return words.say(
        "day",
        issued=summary.whole.tickets,
        refused=summary.refused,
        no_shows=summary.no_shows,
        unserved=summary.whole.unserved,
        late=summary.late,
        overtime=words.duration(summary.overtime_s),
    )


def _service_row(one: ServiceSummary, name: str, words: Words, *, target: bool = True) -> list[str]:
    return [
        _cut(name),
        f"{one.tickets:.1f}",
        _waited(one.mean_s, words),
        words.duration(one.p50_s.value),
        words.duration(one.p90_s.value),
        words.duration(one.target_s) if target else "",
        share(one.within),
        f"{one.unserved:.1f}",
        f"{one.late:.1f}",
    ]


def _waited(estimate: Estimate, words: Words) -> str:
    around = "" if estimate.half_width is None else f" ± {words.duration(estimate.half_width)}"
    return f"{words.duration(estimate.value)}{around}"


def _windows(summary: Summary, settings: HallSettings, words: Words) -> str:
    heading = [words.say(name) for name in ("window", "served", "planned", "use", "overtime")]
    rows = [
        [
            _cut(words.of(settings.windows[one.window].name)),
            f"{one.served:.1f}",
            words.duration(one.planned_s),
            share(one.use),
            words.duration(one.overtime_s),
        ]
        for one in summary.windows
    ]
    return table(heading, rows)


def _queue(summary: Summary, settings: HallSettings, opens_ms: int) -> str:
    """A little bar for every ten minutes, under the hours, and the highest values."""
    lines = []
    hours = ""
    for n in range(0, len(summary.queue_mean), 2):
        at = local(settings.timezone, opens_ms + n * QUEUE_EVERY_MS)
        mark = f"{at:%H}" if at.minute < 10 else ""
        if len(hours) <= n // 2:
            hours = hours.ljust(n // 2) + mark
    lines.append(hours)
    most = max([1.0, *summary.queue_p90])
    for values in (summary.queue_mean, summary.queue_p90):
        bars = "".join(BARS[round(max(values[n : n + 2]) / most * (len(BARS) - 1))] for n in range(0, len(values), 2))
        lines.append(f"{bars}  ≤ {max(values, default=0.0):.0f}")
    return "\n".join(lines)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _padded(text: str, columns: int, left: bool) -> str:
    space = " " * (columns - _columns(text))
    return f"{text}{space}" if left else f"{space}{text}"


def _cut(text: str) -> str:
    while _columns(text) > NAME_COLUMNS:
        text = text[:-2] + "…"
    return text
