"""What is measured, section by section; knows the order of rounds and the limits, not how a figure is shown.

Two halls take turns in every section: one whose journal is empty of other days, one with many old tickets (100,000 of
40 days, or what `--old` says). What is compared is compared round by round, a few seconds apart, so that a machine that
is busy with something else disturbs both sides; CPU time tells what a busy machine's clock does not.
"""

from __future__ import annotations

import os
import shutil
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import idle_node
import old_journal
import phones
import races as window_races
import raw_disk
import slow_disk
import taps
import walls
from load import quantile
from report import Figure, median, ratios
from servers import (
    SERVICES,
    Bare,
    Hall,
    call,
    cpu_s,
    finish_load,
    issue,
    load,
    memory_mib,
    read,
    settle,
    start_load,
    written_bytes,
)

from config.load import load_hall

BARE_SHARE = 0.65
PEER_PER_S = 81  # the nearest open-source peer, measured on such a machine
STOCK_ROUNDS = 3
WITHIN = 1.1  # an old journal may cost so much more than an empty one

Measured = Iterator[Figure | str]  # a string says why something was left out
Rounds = dict[str, list[float]]


@dataclass(frozen=True)
class Size:
    """How long to measure. Rounds of seconds; the old journal's tickets; today's events; walls; restarts.

    races_s: how long two windows race. idle_s: how long an idle node is watched. estimates: which halls; estimate_days:
    learned from and judged on; estimates_a_day: how many tickets are asked for; estimate_seeds, estimate_references: of
    halls with one window, see estimates.py (others: the first seed). day_hours, day_tickets, day_speed: of
    the long day, and how many times faster than a real one it is.
    """

    rounds: int
    seconds: float
    walls_s: float
    old_tickets: int
    today_events: int
    walls: int
    walls_rounds: int
    phones: int
    restarts: int
    races_s: float
    idle_s: float
    estimates: tuple[str, ...]
    estimate_days: tuple[int, int]
    estimates_a_day: int
    estimate_seeds: tuple[int, ...]
    estimate_references: int
    day_hours: int
    day_tickets: int
    day_speed: float


FULL = Size(
    rounds=15, seconds=0.6, walls_s=8, old_tickets=100_000, today_events=20_000, walls=50, walls_rounds=5, phones=300,
    restarts=5,
    races_s=60,
    idle_s=60,
    estimates=("village", "township", "targets", "busy"), estimate_days=(5, 5), estimates_a_day=80,
    estimate_seeds=(7, 8, 9, 10), estimate_references=20,
    day_hours=24, day_tickets=600, day_speed=60,
)  # fmt: skip
QUICK = Size(
    rounds=1, seconds=0.3, walls_s=1.5, old_tickets=1_000, today_events=400, walls=5, walls_rounds=1, phones=10,
    restarts=1,
    races_s=1,
    idle_s=3,
    estimates=("village",), estimate_days=(1, 1), estimates_a_day=20,
    estimate_seeds=(7,), estimate_references=3,
    day_hours=2, day_tickets=4, day_speed=3600,
)  # fmt: skip


class Bench:
    """Makes each server once, when a section first needs it; `close` ends them all."""

    def __init__(self, folder: Path, size: Size) -> None:
        self.folder = folder
        self.size = size
        self._servers: list[Hall | Bare] = []
        self._bare: Bare | None = None
        self._pair: tuple[Hall, Hall] | None = None

    def close(self) -> None:
        for server in self._servers:
            server.close()

    def hall(
        self,
        name: str,
        *,
        old: bool = False,
        today: bool = False,
        environment: dict[str, str] | None = None,
        extra: str = "",
    ) -> Hall:
        """A hall server, not started. old: with the past; today: with the day's events; extra: settings of [hall]."""
        hall = Hall(self.folder / name, extra, environment=environment or {})
        if old:
            past = self.folder / "past"
            if not past.exists():
                old_journal.write(past, load_hall(hall.config), old_tickets=self.size.old_tickets)
            shutil.copytree(past, hall.data, dirs_exist_ok=True)
        if today:
            old_journal.write(hall.data, load_hall(hall.config), today_events=self.size.today_events)
        os.sync()  # or what was copied goes to the disk while something is measured
        self._servers.append(hall)
        return hall

    def pair(self) -> tuple[Hall, Hall]:
        """A hall with an empty journal and one with a past, both serving with open windows."""
        if self._pair is None:
            self._pair = (self.hall("empty"), self.hall("old", old=True))
            for hall in self._pair:
                hall.start()
                hall.open_windows()
            for hall in self._pair:
                settle(hall)
        return self._pair

    def bare(self) -> Bare:
        if self._bare is None:
            self._bare = Bare(self.folder / "bare")
            self._servers.append(self._bare)
        return self._bare

    @property
    def past(self) -> str:
        return f"{self.size.old_tickets:,} old tickets"


def in_turn(turn: int, named: dict[str, Any]) -> list[tuple[str, Any]]:
    """Everybody once, each round beginning with another one: whoever is first may find the machine in another mood."""
    names = list(named)
    start = turn % len(names)
    return [(name, named[name]) for name in names[start:] + names[:start]]


def raw(bench: Bench) -> Measured:
    """raw disk: SQLite, WAL and synchronous=FULL, rows as long as the journal's"""
    rates: dict[int, list[float]] = defaultdict(list)
    for _ in range(bench.size.rounds):
        for group in (1, 16, 64):
            rates[group].append(raw_disk.rows_per_s(bench.folder, group, bench.size.seconds / 2))
    for group, rounds in rates.items():
        yield median("raw", f"rows in commits of {group}", rounds, "/s")


def tickets(bench: Bench) -> Measured:
    """durable tickets over HTTP with an Idempotency-Key, as nodes send them"""
    empty, old = bench.pair()
    per_s: Rounds = defaultdict(list)
    p99_ms: list[float] = []
    ceilings: list[float] = []
    cpu_us: Rounds = defaultdict(list)
    written_kib: Rounds = defaultdict(list)
    random = {"empty, random keys": empty, "old, random keys": old}
    servers: dict[str, Hall | Bare] = {"bare": bench.bare(), "empty": empty, "old": old, **random}
    for turn in range(bench.size.rounds):
        for clients in (1, 16):
            for name, server in in_turn(turn, servers):
                before_s, before_bytes = cpu_s(server), written_bytes(server)
                result = load(server, "node", bench.size.seconds, issue(clients, random_keys=name in random))
                of = f"{name} {clients}"
                cpu_us[of].append(1e6 * (cpu_s(server) - before_s) / result["requests"])
                written_kib[of].append((written_bytes(server) - before_bytes) / 1024 / result["requests"])
                per_s[of].append(result["streams"]["issue"]["per_s"])
                ceilings.append(result["requests"] / result["cpu_s"])
                if (name, clients) == ("empty", 16):
                    p99_ms.append(result["streams"]["issue"]["p99_ms"])
    for clients, word in ((1, "1 client"), (16, "16 clients")):
        limit = {1: None, 16: 15.0 * PEER_PER_S}[clients]
        hall, bare = f"empty {clients}", f"bare {clients}"
        yield median("tickets", f"bare path, {word}", per_s[bare], "/s")
        note = f"15 × the peer's {PEER_PER_S}/s" if limit else ""
        yield median("tickets", f"hall server, {word}", per_s[hall], "/s", limit, at_most=False, note=note)
        share = ratios(per_s[hall], per_s[bare])
        yield median("tickets", f"  ÷ bare path, {word}", share, "×", BARE_SHARE, at_most=False)
        yield median("tickets", f"  CPU a ticket, bare path, {word}", cpu_us[bare], "us")
        yield median("tickets", f"  CPU a ticket, hall server, {word}", cpu_us[hall], "us")
        by_cpu = ratios(cpu_us[bare], cpu_us[hall])
        yield median("tickets", f"  ÷ bare path by CPU, {word}", by_cpu, "×", BARE_SHARE, at_most=False)
        yield median("tickets", f"  written a ticket, {word}", written_kib[hall], "KiB")
        yield from _beside("tickets", f"hall server, {bench.past}, {word}", per_s, cpu_us, hall, f"old {clients}")
        yield median("tickets", f"  written a ticket, {bench.past}, {word}", written_kib[f"old {clients}"], "KiB")
        for name, words in (("empty", "random keys"), ("old", f"random keys, {bench.past}")):
            of = f"{name}, random keys {clients}"
            slower = ratios(per_s[f"{name} {clients}"], per_s[of])
            yield median("tickets", f"{words}, {word}: so many times slower", slower, "×")
            yield median("tickets", f"  written a ticket, {words}, {word}", written_kib[of], "KiB")
    yield median("tickets", "hall server, 16 clients, p99 of an answer", p99_ms, "ms")
    yield Figure(
        "tickets", "the generator's own limit", statistics.median(ceilings), "/s", note="requests ÷ its CPU time"
    )


def _beside(section: str, words: str, per_s: Rounds, cpu_us: Rounds, empty: str, old: str) -> Measured:
    """What it costs with a past, beside what it costs without: by the clock and by the processor."""
    yield median(section, words, per_s[old], "/s")
    yield median(section, "  so many times slower", ratios(per_s[empty], per_s[old]), "×", WITHIN)
    yield median(section, "  so many times the CPU", ratios(cpu_us[old], cpu_us[empty]), "×", WITHIN)


def next_calls(bench: Bench) -> Measured:
    """next: 16 windows call and start, tickets waiting"""
    halls = dict(zip(("empty", "old"), bench.pair(), strict=True))
    per_s: Rounds = defaultdict(list)
    cpu_us: Rounds = defaultdict(list)
    for hall in halls.values():  # a stock: on a busy machine calls may be quicker than the tickets before them
        load(hall, "node", STOCK_ROUNDS * bench.size.seconds, issue(16))
    for turn in range(bench.size.rounds):
        for name, hall in in_turn(turn, halls):
            load(hall, "node", bench.size.seconds, issue(16))
            before_s = cpu_s(hall)
            result = load(hall, "manager", bench.size.seconds, call(16))
            cpu_us[name].append(1e6 * (cpu_s(hall) - before_s) / result["requests"])
            per_s[name].append(result["streams"]["next"]["per_s"])
    yield median("next", "next (and as many start beside)", per_s["empty"], "/s")
    yield median("next", "  CPU of one of both", cpu_us["empty"], "us")
    yield from _beside("next", f"next, {bench.past}", per_s, cpu_us, "empty", "old")


def races(bench: Bench) -> Measured:
    """races: two windows press next at the very same moment while tickets are issued; never twice, never none"""
    folder = bench.folder / "races"
    folder.mkdir()
    raced = window_races.measure(folder, bench.size.races_s)
    note = f"{raced.both.races + raced.last.races:,} races, {raced.tickets:,} tickets, each called once"
    least = window_races.LEAST_PER_S
    yield Figure("races", "tickets for both", raced.both.per_s, "/s", least, at_most=False, note=note)
    yield Figure("races", "  in the slowest second", raced.both.slowest_per_s, "/s")
    yield Figure("races", "one last ticket", raced.last.per_s, "/s")


def calls_to_walls(bench: Bench, hall: Hall) -> tuple[list[float], list[float], float]:
    """Milliseconds from each press, and from each answer, to each wall; the walls' own share of a core."""
    following = walls.start(hall.port, bench.size.walls, hall.token_of("manager"))
    streams = (issue(4, rate_per_s=100), call(8, rate_per_s=4))
    result = load(hall, "manager", bench.size.walls_s, *streams)
    calls = result["streams"]["next"]["calls"]
    seen = walls.finish(following, calls[-1][0])
    from_press: list[float] = []
    from_answer: list[float] = []
    for label, sent_s, answered_s in calls:
        arrived = seen["calls"].get(label, [])
        if len(arrived) < bench.size.walls:
            raise RuntimeError(f"the call of {label} came to {len(arrived)} of {bench.size.walls} walls")
        from_press += [1000 * (at_s - sent_s) for at_s in arrived]
        from_answer += [1000 * (at_s - answered_s) for at_s in arrived]
    return from_press, from_answer, seen["cpu_s"] / result["wall_s"]


def call_to_walls(bench: Bench) -> Measured:
    """call → walls: 50 walls follow the board, 2 calls/s while 100 tickets/s are issued"""
    halls = dict(zip(("empty", "old"), bench.pair(), strict=True))
    figures: Rounds = defaultdict(list)
    for turn in range(bench.size.walls_rounds):
        for name, hall in in_turn(turn, halls):
            from_press, from_answer, share = calls_to_walls(bench, hall)
            figures[f"{name} p50"].append(statistics.median(from_press))
            figures[f"{name} p99"].append(quantile(sorted(from_press), 0.99))
            figures[f"{name} answered p99"].append(quantile(sorted(from_answer), 0.99))
            figures["walls"].append(100 * share)
    note = f"of {bench.size.walls} walls"
    yield median("walls", "next pressed → wall, p50", figures["empty p50"], "ms", note=note)
    yield median("walls", "next pressed → wall, p99", figures["empty p99"], "ms", 50)
    yield median("walls", "next answered → wall, p99", figures["empty answered p99"], "ms", 50)
    yield median("walls", f"next pressed → wall, p50, {bench.past}", figures["old p50"], "ms")
    yield median("walls", f"next pressed → wall, p99, {bench.past}", figures["old p99"], "ms", 50)
    yield median("walls", "  so many times slower (p50)", ratios(figures["old p50"], figures["empty p50"]), "×", WITHIN)
    yield median("walls", "the walls' own process", figures["walls"], "%", note="of one core")


def with_phones(bench: Bench) -> Measured:
    """phones: call → 50 walls as above, with nobody's phone and with 300 that follow their tickets"""
    hall = bench.hall("phones", extra='public_url = "http://127.0.0.1"')
    hall.start()
    hall.open_windows()
    kiosk = hall.client("node")
    links = [
        _link(kiosk.post("/tickets", {"service": service})) for service in islice(cycle(SERVICES), bench.size.phones)
    ]
    figures: Rounds = defaultdict(list)
    for turn in range(bench.size.walls_rounds):
        for name, count in in_turn(turn, {"none": 0, "phones": bench.size.phones}):
            following = phones.start(hall.port, links[:count])
            before_s, began_s = cpu_s(hall), time.monotonic()
            from_press, _, _ = calls_to_walls(bench, hall)
            took_s = time.monotonic() - began_s
            figures[f"{name} cpu"].append(100 * (cpu_s(hall) - before_s) / took_s)
            figures[f"{name} p99"].append(quantile(sorted(from_press), 0.99))
            figures[f"{name} messages"].append(phones.finish(following)["messages"] / took_s)
    hall.stop()
    many = f"{bench.size.phones} phones"
    yield median("phones", "next pressed → wall, p99, no phones", figures["none p99"], "ms", 50)
    yield median("phones", f"next pressed → wall, p99, {many}", figures["phones p99"], "ms", 50)
    yield median("phones", "  so many times slower", ratios(figures["phones p99"], figures["none p99"]), "×")
    yield median("phones", "server's processor, no phones", figures["none cpu"], "%", note="of one core")
    yield median("phones", f"server's processor, {many}", figures["phones cpu"], "%", note="of one core")
    yield median("phones", "messages to phones", figures["phones messages"], "/s")


def _link(answer: Any) -> str:
    link: str = answer.json()["link"]
    return link.rpartition("/")[2]


def slow(bench: Bench) -> Measured:
    """slow disk: every fsync takes 5 ms longer"""
    try:
        environment = slow_disk.environment(bench.folder)
    except slow_disk.Unavailable as err:
        yield str(err)
        return
    halls = {
        "empty": bench.hall("slow-empty", environment=environment),
        "old": bench.hall("slow-old", old=True, environment=environment),
    }
    for hall in halls.values():
        hall.start()
    per_s: Rounds = defaultdict(list)
    board_p99_ms: Rounds = defaultdict(list)
    for turn in range(bench.size.rounds):
        for clients in (1, 16):
            for name, hall in in_turn(turn, halls):
                beside = (read("/board", 50),) if clients == 16 else ()
                result = load(hall, "node", bench.size.seconds, issue(clients), *beside)["streams"]
                per_s[f"{name} {clients}"].append(result["issue"]["per_s"])
                if beside:
                    board_p99_ms[name].append(result["read"]["p99_ms"])
    for hall in halls.values():
        hall.stop()
    yield median("slow-disk", "1 client", per_s["empty 1"], "/s")
    yield median("slow-disk", "16 clients", per_s["empty 16"], "/s")
    yield median("slow-disk", "  ÷ 1 client", ratios(per_s["empty 16"], per_s["empty 1"]), "×", 4, at_most=False)
    yield median("slow-disk", "GET /board beside 16 clients, p99", board_p99_ms["empty"], "ms", 20)
    yield median("slow-disk", f"16 clients, {bench.past}", per_s["old 16"], "/s")
    yield median("slow-disk", "  so many times slower", ratios(per_s["empty 16"], per_s["old 16"]), "×", WITHIN)
    yield median("slow-disk", f"GET /board, p99, {bench.past}", board_p99_ms["old"], "ms", 20)


def memory(bench: Bench) -> Measured:
    """memory: master and worker, after a day of 20,000 events, 50 walls, 8 s of 100 tickets/s and 2 calls/s"""
    for name, words in (("", ""), ("old", f", {bench.past}")):
        hall = bench.hall(f"memory-{name}", old=bool(name), today=True)
        hall.start()
        before = memory_mib(hall)["pss"]
        hall.open_windows()
        following = walls.start(hall.port, bench.size.walls, hall.token_of("manager"))
        streams = (issue(4, rate_per_s=100), call(8, rate_per_s=4))
        loading = start_load(hall, "manager", bench.size.walls_s, *streams)
        calls = finish_load(loading)["streams"]["next"]["calls"]
        sizes = memory_mib(hall)
        walls.finish(following, calls[-1][0])
        hall.stop()
        yield Figure("memory", f"PSS of both after start{words}", before, "MiB")
        yield Figure("memory", f"PSS of both after the load{words}", sizes["pss"], "MiB", 120)
        if not name:
            for part in ("master rss", "master pss", "worker rss", "worker pss"):
                yield Figure("memory", f"  {part.replace('rss', 'RSS').replace('pss', 'PSS')}", sizes[part], "MiB")


def start_up(bench: Bench) -> Measured:
    """start-up: from the command to /readyz 200"""
    today = f"{bench.size.today_events:,} events of the day"
    with_past = f"{today} and {bench.past}"
    cases = {
        "empty journal": bench.hall("start-empty"),
        today: bench.hall("start-today", today=True),
        with_past: bench.hall("start-old", old=True, today=True),
    }
    seconds: Rounds = defaultdict(list)
    spent_s: Rounds = defaultdict(list)
    for turn in range(bench.size.restarts):
        for name, hall in in_turn(turn, cases):
            seconds[name].append(hall.start())
            spent_s[name].append(cpu_s(hall))
            hall.stop()
    killed = f"{today}, after kill -9 under load"
    for _ in range(bench.size.restarts):
        cases[today].start()
        load(cases[today], "node", bench.size.seconds / 2, issue(16))
        cases[today].kill()
        seconds[killed].append(cases[today].start())
        cases[today].stop()
    for name, rounds in seconds.items():
        yield median("start-up", name, rounds, "s", 2.0)
    yield median("start-up", f"  CPU of the worker, {today}", spent_s[today], "s")
    times = ratios(spent_s[with_past], spent_s[today])
    yield median("start-up", f"  {bench.past}: so many times the CPU", times, "×", WITHIN)


def estimates(bench: Bench) -> Measured:
    """estimates of waits on days that nobody told them of, beside the best of five simple ways"""
    import estimate_limits  # only here: they need numpy
    import estimates as judged

    learn, test = bench.size.estimate_days
    better = []
    for place in judged.places():
        if place.name not in bench.size.estimates:
            continue
        # A single window has few tickets and much chance: more days of it, and what chance leaves to foresee at all.
        alone = len(place.speed) == 1
        said, ask_ms = [], 0.0
        for seed in bench.size.estimate_seeds if alone else bench.size.estimate_seeds[:1]:
            runs = bench.size.estimate_references if alone else 0
            more, ask_ms = judged.watch(place, learn, test, bench.size.estimates_a_day, seed, runs)
            said += more
        one = judged.score(place.name, said, ask_ms)
        better.append(one.better)
        name, wait = one.place, f"{one.count} tickets, mean wait {one.mean_wait_s / 60:.0f} min"
        yield Figure("estimates", f"{name}: mean absolute error", one.error_s[judged.OURS], "s", note=wait)
        for way in judged.SIMPLE:
            yield Figure("estimates", f"  {name}: {way}", one.error_s[way], "s")
        note = ""
        if alone:
            knows, best = estimate_limits.REFERENCES[0], 100 * one.better_of(estimate_limits.REFERENCES[0])
            note = f"{knows}: {best:.0f} % better; see docs/estimates.md"
            yield Figure("estimates", f"  {name}: {knows}", one.error_s[knows], "s", note="only luck is unknown to it")
        share = 100 * one.better
        yield Figure(
            "estimates", f"  {name}: better than {one.best_simple} by", share, "%", 25, at_most=False, note=note
        )
        for level, found in (("p50", one.pinball50_s), ("p90", one.pinball90_s)):
            best = min(found[way] for way in judged.SIMPLE)
            note = f"best simple way {best:.0f}"
            yield Figure("estimates", f"  {name}: pinball loss of {level}", found[judged.OURS], "s", note=note)
        note = f"87–93; of the waits people are told of, 2 min and more: {one.told_held:.1%}"
        yield Figure("estimates", f"  {name}: p90 held", 100 * one.coverage, "%", note=note)
        yield Figure("estimates", f"  {name}: p90 held, off 90 by", 100 * abs(one.coverage - 0.9), "pt", 3)
    yield Figure("estimates", "all halls: better by", 100 * statistics.mean(better), "%", 25, at_most=False)
    spent_ms = estimate_limits.effort_ms(bench.size.rounds)
    yield median("estimates", "CPU of an answer, 200 waiting, 20 windows", spent_ms, "ms", 200)


def idle(bench: Bench) -> Measured:
    """a display node with every device of twenty windows attached, while nobody does anything"""
    folder = bench.folder / "idle"
    folder.mkdir()
    cost = idle_node.measure(folder, bench.size.idle_s)
    note = f"{cost.devices - 1} devices, {cost.threads} threads"
    yield Figure("node", "processor, of one core", cost.cpu_percent, "%", 2.0, note=note)
    yield Figure("node", "memory above a bare interpreter", cost.above_bare_mib, "MiB", 60.0)
    yield Figure("node", "memory above one with the same libraries", cost.above_libraries_mib, "MiB", 60.0)


def tap(bench: Bench) -> Measured:
    """a tap at the kiosk until the first byte of its slip is at the printer, with the server and after its end"""
    count = 4 * bench.size.rounds
    with taps.kiosk(bench.folder / "tap") as kiosk:
        kiosk.tap_ms()  # the first one opens connections
        online = [kiosk.tap_ms() for _ in range(count)]
        server = taps.server_ms(kiosk.hall, count)
        kiosk.hall.kill()
        offline = [kiosk.tap_ms() for _ in range(count)]
    note = f"{count} taps"
    yield Figure("tap", "tap → first byte at the printer, p95", taps.p95_ms(online), "ms", 300.0, note=note)
    yield Figure("tap", "of it the server's share, p95", taps.p95_ms(server), "ms", 50.0, note=note)
    yield Figure("tap", "the same without the server, p95", taps.p95_ms(offline), "ms", 300.0, note=note)
    yield Figure("tap", "the first one without it", offline[0], "ms", 1000.0)


def pages(bench: Bench) -> Measured:
    """pages: Chromium on a processor 4 times slower, and what a page has to load"""
    import pages as measured  # only here: it needs a browser, which the other sections do not

    if why := measured.unavailable():
        yield why
        return
    yield from measured.figures(bench.folder / "pages", bench.size.rounds)


def long_day(bench: Bench) -> Measured:
    """long-day: 24 hours before a wall's and a kiosk's page, many times faster; the last hours over the first one"""
    import chromium  # only here: it needs a browser
    import long_day as measured

    if why := chromium.unavailable():
        yield why
        return
    size = bench.size
    yield from measured.figures(bench.folder / "long-day", size.day_hours, size.day_tickets, size.day_speed)


SECTIONS: dict[str, Callable[[Bench], Measured]] = {
    "raw": raw,
    "tickets": tickets,
    "next": next_calls,
    "races": races,
    "walls": call_to_walls,
    "phones": with_phones,
    "slow-disk": slow,
    "memory": memory,
    "start-up": start_up,
    "estimates": estimates,
    "node": idle,
    "tap": tap,
    "pages": pages,
    "long-day": long_day,
}
ONLY_NAMED = {"long-day"}  # it takes as long as all others together, and longer
