"""The command `queue-server simulate`: arguments to a scenario, results to the terminal; knows no rule and no figure.

Only click is imported with it: what simulates is loaded when somebody asks for a simulation.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from queue_server.simulate.options import DayRange, Target, WindowRange

if TYPE_CHECKING:
    from config.settings import HallSettings
    from queue_server.simulate.recommend import Promise
    from queue_server.simulate.scenario import Scenario
    from queue_server.simulate.summary import Summary
    from queue_server.simulate.words import Words

LOOK_AHEAD_DAYS = 14
BAR_STEPS = 1000  # of a bar whose work is not a number of days


_path = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--config", type=_path, required=True, metavar="FILE", help="The hall's TOML file.")
@click.option("--arrivals", type=_path, metavar="FILE", help="CSV: time,service[,priority], or rates by half hour.")
@click.option("--from-journal", "past", type=DayRange(), help="Learn arrivals, times and shifts from these days.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="The data folder.")
@click.option("--database", metavar="URL", envvar="HALL_DATABASE", show_envvar=True, help="Instead of the folder's.")
@click.option("--day-file", type=_path, metavar="FILE", help="TOML: rates, service times, citizens, opening plan.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day; default: the next working day.")
@click.option("--days", default=20, show_default=True, type=click.IntRange(1, 1000), help="How many such days.")
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Same seed, same days.")
@click.option("--windows", type=WindowRange(), help="Compare so many windows open all day, such as 3..8.")
@click.option("--recommend", "promise", type=Target(), help="The cheapest opening plan that keeps this promise.")
@click.option("--plot", type=_path, metavar="FILE", help="With --windows: a picture, .png or .svg.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
@click.option("--language", type=click.Choice(["zh-CN", "en"]), help="Default: the hall's first.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes; default: one for each core.")
def simulate(
    config: Path,
    arrivals: Path | None,
    past: tuple[date, date] | None,
    data: Path | None,
    database: str | None,
    day_file: Path | None,
    day: Any,
    days: int,
    seed: int,
    windows: tuple[int, int] | None,
    promise: Promise | None,
    plot: Path | None,
    as_json: bool,
    language: str | None,
    workers: int | None,
) -> None:
    """Try out a day of the hall in virtual time, with its own rules: waits, use of windows, opening plans."""
    if windows and promise:
        raise click.UsageError("--windows and --recommend are two questions: ask them one after the other.")
    if plot is not None and windows is None:
        raise click.UsageError("--plot draws a comparison: say which with --windows, such as --windows 3..8.")
    if plot is not None and plot.suffix.lower() not in (".png", ".svg"):
        raise click.UsageError(f"--plot {plot.name}: end the name in .png or .svg.")
    if past and database is None and data is None:
        raise click.UsageError("--from-journal needs the journal: say where with --data or --database.")
    from config.load import load_hall
    from queue_server.simulate import build
    from queue_server.simulate.words import Words

    settings = load_hall(config)
    words = Words(language or settings.languages[0])
    wanted = day.date() if day is not None else _next_working_day(settings)
    with _bar(1, words.say("reading"), shown=past is not None) as bar:

        def read(rows: int, of_all: int) -> None:
            bar.length = of_all
            bar.update(rows)

        try:
            scenario, notes = build.scenario(
                settings, wanted, seed, words, arrivals=arrivals, day_file=day_file, past=past, data=data,
                database=database, progress=read,
            )  # fmt: skip
        except build.NothingToSimulateError as err:
            raise click.UsageError(str(err)) from None
    if windows:
        _compare(scenario, windows, days, plot, as_json, words, notes, workers)
    elif promise:
        _recommend(scenario, promise, as_json, words, notes, workers)
    else:
        _simulate(scenario, days, as_json, words, notes, workers)


def _simulate(
    scenario: Scenario, days: int, as_json: bool, words: Words, notes: list[str], workers: int | None
) -> None:
    from queue_server.simulate.runner import Runner
    from queue_server.simulate.summary import summarise
    from queue_server.simulate.table import day_text

    with _bar(days, words.say("running")) as bar, Runner(scenario, workers) as runner:
        figures = runner.days(scenario.staffing, range(days), bar.update)
    summary = summarise(figures, _targets(scenario.settings))
    if as_json:
        _print_json(scenario, notes, summary=_plain(summary))
    else:
        _print(day_text(scenario, summary, words), notes, words, sure=days > 1)


def _compare(
    scenario: Scenario,
    windows: tuple[int, int],
    days: int,
    plot: Path | None,
    as_json: bool,
    words: Words,
    notes: list[str],
    workers: int | None,
) -> None:
    from queue_server.simulate.compare import compare
    from queue_server.simulate.table import compared_text, title

    fewest, most = windows
    targets = _targets(scenario.settings)
    with _bar((most - fewest + 1) * days, words.say("running")) as bar:
        compared = compare(scenario, fewest, most, days, targets, None, bar.update, workers)
    if plot is not None:
        from queue_server.simulate.plot import NoFontError, draw

        same = set(targets.values())
        try:
            draw(compared, plot, title(scenario, days, words), same.pop() if len(same) == 1 else None, words)
        except NoFontError as err:
            raise click.ClickException(str(err)) from None
    if as_json:
        rows = [
            {"windows": one.windows, "not_served": one.not_served, "summary": _plain(one.summary)} for one in compared
        ]
        _print_json(scenario, notes, compared=rows)
    else:
        text = f"{title(scenario, days, words)}\n\n{compared_text(compared, scenario.settings, words)}"
        _print(text, notes, words, sure=days > 1)


def _recommend(
    scenario: Scenario, promise: Promise, as_json: bool, words: Words, notes: list[str], workers: int | None
) -> None:
    from queue_server.simulate.recommend import recommend
    from queue_server.simulate.runner import Runner
    from queue_server.simulate.table import plan_text, title

    with _bar(BAR_STEPS, words.say("searching")) as bar, Runner(scenario, workers) as runner:

        def searched(done: float, line: str) -> None:
            bar.update(round(done * BAR_STEPS) - bar.pos, line)

        found = recommend(runner, promise, searched)
    if as_json:
        timezone, overtime_s = scenario.settings.timezone, scenario.staffing.overtime_s
        _print_json(
            scenario,
            notes,
            feasible=found.feasible,
            kept=found.kept,
            days_kept=found.days_kept,
            window_half_hours=len(found.plan.cells),
            bound_window_half_hours=found.bound,
            summary=_plain(found.summary),
            plan=found.plan.as_toml(timezone, overtime_s) if found.feasible else None,
        )
    else:
        _print(f"{title(scenario, found.days_checked, words)}\n\n{plan_text(found, scenario, words)}", notes, words)
    if not found.feasible:
        sys.exit(1)


def _next_working_day(settings: HallSettings) -> date:
    from datetime import UTC, datetime

    from queue_server.hall.calendar import local
    from queue_server.simulate.staffing import hours_of

    today = local(settings.timezone, round(datetime.now(UTC).timestamp() * 1000)).date()
    days = (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS))
    return next((day for day in days if hours_of(settings, day)), today)


def _targets(settings: HallSettings) -> dict[str, float]:
    return {service.id: float(service.target_wait_s) for service in settings.services.values()}


@contextmanager
def _bar(length: int, label: str, *, shown: bool = True) -> Iterator[Any]:
    """A progress bar on stderr where somebody watches. An item given with an update stands behind it."""
    hidden = not shown or not sys.stderr.isatty()
    with click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=hidden, item_show_func=lambda line: line
    ) as bar:
        yield bar


def _print(text: str, notes: list[str], words: Words, *, sure: bool = True) -> None:
    click.echo("\n\n".join([text.rstrip(), "\n".join([*notes, *([words.say("sure")] if sure else [])])]))


def _plain(summary: Summary) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(summary)


def _print_json(scenario: Scenario, notes: list[str], **result: object) -> None:
    said = {"hall": scenario.settings.id, "date": scenario.day.isoformat(), "seed": scenario.seed, "notes": notes}
    click.echo(json.dumps({**said, **result}, ensure_ascii=False, indent=2))
