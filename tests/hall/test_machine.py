"""Whatever is asked in whatever order: the books of the hall agree, a replay is the hall, and every reader agrees.

`make test` looks for some seconds and shows a failure as it was found. HALL_MACHINE_EXAMPLES=2000 looks further, and
makes a failure found before as short as it can, which takes minutes.
"""

from __future__ import annotations

import copy
import os
from collections import Counter
from dataclasses import asdict, fields, replace
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, Phase
from hypothesis import settings as profile
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.settings import HallSettings, Remote, Rules, Service, Skill, Window
from queue_server.codec import decode, encode
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.ahead import ahead
from queue_server.hall.calendar import rfc3339
from queue_server.hall.evolve import evolve
from queue_server.hall.line import FileName
from queue_server.hall.order import choose, lines_of, may_serve
from queue_server.hall.rules import decide, next_due_ms
from queue_server.hall.state import Hall
from queue_server.readers.board import CALLS_KEPT
from queue_server.readers.console import allowed
from queue_server.readers.tickets import ticket_view
from queue_server.readers.views import Views

EXAMPLES = int(os.environ.get("HALL_MACHINE_EXAMPLES", "0"))
STEPS = 50
START_MS = 1_795_136_400_000  # 2026-11-20 09:00 in Shanghai
DAY_MS = 86_400_000
DAY_CHANGE = (e.DayOpened, e.DayClosed, e.TicketCancelled, e.ServingFinished, e.WindowClosed)
FILES: tuple[FileName, ...] = ("ordinary", "priority", "due")
CHOSEN = ("priority_share", "longest_relative_wait", "then_service", "transferred", "pick_up")


def hall_settings(
    windows: dict[int, tuple[tuple[str, ...], tuple[str, ...]]], skill: str = "", **rules: Any
) -> HallSettings:
    services = {s: Service(s, {"en": s}, s.upper(), daily_quota=30 if s == "c" else 0) for s in "abc"}
    if skill:
        services[skill] = replace(services[skill], skill="seal")
        services["a"], services["c"] = replace(services["a"], after=("b",)), replace(services["c"], pick_up=True)
    return HallSettings(
        id="machine",
        public_url="https://number.example.org",
        remote=Remote(check_in_within_s=60, per_day=20),
        name={"en": "Machine"},
        timezone="Asia/Shanghai",
        languages=("en",),
        services=services,
        windows={n: Window(n, {"en": f"Window {n}"}, own, then) for n, (own, then) in windows.items()},
        rules=Rules(**rules),
        skills={"seal": Skill("seal", {}, ("staff-2",))},
    )


HALLS = [
    hall_settings({1: (("a", "b", "c"), ())}, call_gap_s=0, min_calls_before_no_show=1),
    hall_settings({1: (("a",), ("b", "c"))}, priority_share=2, call_gap_s=0),
    hall_settings({1: (("a",), ()), 2: (("a",), ()), 3: (("a",), ())}, call_gap_s=0, auto_start_s=40),
    hall_settings({1: (("a",), ()), 2: (("a", "b"), ()), 3: (("c",), ("a", "b"))}, min_calls_before_no_show=1),
    hall_settings({1: (("a", "b"), ("c",)), 2: (("a", "b", "c"), ())}, priority_share=4, auto_start_s=20, call_gap_s=5),
    hall_settings({1: (("a",), ()), 2: (("b",), ("a",))}, priority_share=0, requeue_after_n=1, requeue_within_s=0),
    # Staff 2 can do everything, staff 1 all but b; c is handed out last, a comes after b.
    hall_settings({1: (("a", "b", "c"), ()), 2: (("b", "a"), ("c",))}, skill="b", call_gap_s=0, requeue_after_n=2),
]


def snapshot(hall: Hall) -> dict[str, Any]:
    """All that a hall knows, in values that can be compared; a line nobody stands in is no line."""
    books = {f.name: getattr(hall, f.name) for f in fields(hall) if f.name not in ("settings", "lines")}
    books["tickets"] = {key: asdict(ticket) for key, ticket in hall.tickets.items()}
    books["windows"] = {key: asdict(window) for key, window in hall.windows.items()}
    books["lines"] = standing(hall)
    return books


def standing(hall: Hall) -> dict[tuple[Any, str], list[tuple[e.Place, str]]]:
    files = {(key, name): hall.lines[key].file(name) for key in hall.lines for name in FILES}
    return {key: file.first(len(file)) for key, file in files.items() if len(file)}


def twin(hall: Hall) -> Hall:
    return copy.deepcopy(hall, {id(hall.settings): hall.settings})


class HallMachine(RuleBasedStateMachine):
    @initialize(settings=st.sampled_from(HALLS), tickets=st.lists(st.booleans(), min_size=6, max_size=12))
    def begin(self, settings: HallSettings, tickets: list[bool]) -> None:
        self.settings = settings
        self.hall = Hall(settings)
        self.views = Views(settings)
        self.now_ms = START_MS
        self.asked = 0
        self.journal: list[tuple[str, int, int, str]] = []
        self.days: Counter[str] = Counter()
        self.new_day()
        for window in settings.windows:
            self.ask(c.OpenWindow, window=window, staff=f"staff-{window}")
        for n, priority in enumerate(tickets):
            self.issue([["a"], ["b"], ["a"], ["a", "b"], ["c"]][n % 5], priority, f"c_{n % 4}", 0)

    def new_day(self) -> None:
        self.labels: list[str] = []
        self.announced: list[tuple[int, str, int, str]] = []  # seq, label, window, kind
        self.called: list[tuple[int, str, bool, bool]] = []  # window, service, overtook, to this window only
        self.served: Counter[int] = Counter()
        self.missed: Counter[int] = Counter()

    # -- asking -------------------------------------------------------------------------------------------------------

    def ask(self, kind: type[c.Command], **fields: Any) -> str | None:
        """Decide one command, check what came of it, and return the code of a refusal."""
        self.asked += 1
        command = kind(command_id=f"c{self.asked}", at_ms=self.now_ms, **fields)
        decision = decide(self.hall, command)
        turned = any(isinstance(event, e.DayOpened) for event in decision.events)
        if decision.refused is not None:
            assert all(isinstance(event, DAY_CHANGE) for event in decision.events)
            assert turned or not decision.events
            assert turned or snapshot(self.hall) == snapshot(self.views.hall), "a refused command changed the hall"
        first = self.hall.seq - len(decision.events) + 1
        assert first == self.views.hall.seq + 1
        for seq, event in enumerate(decision.events, start=first):
            row = encode(event)
            assert not self.journal or self.journal[-1][2] <= event.at_ms, "time ran backwards"
            self.journal.append((row[0], row[1], event.at_ms, row[2]))
            same = decode(row[0], row[1], event.at_ms, row[2])
            assert same == event
            overtook = isinstance(same, e.TicketCalled) and overtakes(self.views.hall, same)
            self.views.apply(same, seq)
            self.note(same, seq, overtook)
        return decision.refused.code if decision.refused is not None else None

    def note(self, event: e.Event, seq: int, overtook: bool) -> None:
        """What a careful person with a notebook would write down."""
        match event:
            case e.DayOpened():
                self.days[event.day] += 1
                self.new_day()
            case e.TicketIssued():
                self.labels.append(event.label)
                assert event.serial == len(self.labels)
            case e.TicketCalled():
                ticket = self.hall.tickets[event.ticket_id]
                if ticket.file != "due":  # appointments are not counted
                    self.called.append((event.window, ticket.service, overtook, ticket.for_window is not None))
                self.announced.append((seq, ticket.label, event.window, "call"))
            case e.TicketRecalled():
                ticket = self.hall.tickets[event.ticket_id]
                self.announced.append((seq, ticket.label, event.window, "recall"))
            case e.ServingFinished():
                self.served[event.window] += 1
            case e.TicketMarkedNoShow():
                self.missed[event.window] += 1

    def at(self, n: int, *, busy: bool = False) -> int:
        """One of the hall's windows, with a ticket in hand if asked and there is any; now and then one it has not."""
        windows = [w.number for w in self.hall.windows.values() if w.ticket_id is not None or not busy or n % 8 == 1]
        windows = windows or list(self.settings.windows)
        return 9 if n == 0 else windows[n % len(windows)]

    def pick(self, n: int, *states: str) -> str:
        """A ticket in one of these states if there is any, now and then whichever."""
        tickets = [t.ticket_id for t in self.hall.tickets.values() if t.state in states or n % 8 == 0]
        tickets = tickets or list(self.hall.tickets)
        return tickets[n % len(tickets)] if tickets else "nobody"

    # -- what may be asked --------------------------------------------------------------------------------------------

    numbers = st.integers(0, 18)
    tickets = st.integers(0, 60)

    @rule(
        services=st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True),
        priority=st.booleans(),
        citizen=st.none() | st.sampled_from(["c_1", "c_2", "c_3"]),
        late_s=st.sampled_from([0, 0, 30, 600]),
        slot_s=st.sampled_from([None, None, None, -60, 20, 900]),
    )
    def issue(
        self, services: list[str], priority: bool, citizen: str | None, late_s: int, slot_s: int | None = None
    ) -> None:
        self.ask(
            c.IssueTicket,
            ticket_id=f"t{self.asked}",
            services=tuple(services),
            priority="elderly" if priority else None,
            citizen=citizen,
            taken_at_ms=self.now_ms - late_s * 1000,
            due_ms=None if slot_s is None else self.now_ms + slot_s * 1000,
        )

    @rule(service=st.sampled_from("abc"), priorities=st.lists(st.booleans(), min_size=2, max_size=6))
    def a_rush(self, service: str, priorities: list[bool]) -> None:
        for priority in priorities:
            self.now_ms += 1000
            self.issue([service], priority, None, 0)

    @rule(rounds=st.integers(1, 3), seconds=st.sampled_from([0, 20]))
    def all_serve_and_call(self, rounds: int, seconds: int) -> None:
        for _ in range(rounds):
            self.now_ms += seconds * 1000
            for window in self.settings.windows:
                self.ask(c.StartServing, window=window)
                self.ask(c.CallNext, window=window)

    @rule(
        window=numbers,
        work=st.sampled_from(["next", "next", "recall", "miss", "start", "finish", "go on", "park", "transfer"]),
        to=st.sampled_from(["a", "b", "c", 1, 2, 3]),
        place=st.sampled_from(["arrival", "first", "last"]),
    )
    def work(self, window: int, work: str, to: str | int, place: c.TransferPlace) -> None:
        """What a window does with the ticket it has in hand."""
        number = self.at(window, busy=True)
        match work:
            case "next":
                self.ask(c.StartServing, window=number)
                self.ask(c.CallNext, window=number)
            case "miss":
                self.now_ms = max(self.now_ms, self.hall.last_ms)
                for _ in range(self.settings.rules.min_calls_before_no_show):
                    if self.ask(c.MarkNoShow, window=number) != "too_few_calls":
                        break
                    self.now_ms += self.settings.rules.call_gap_s * 1000
                    assert self.ask(c.RecallTicket, window=number) is None
            case "go on":
                self.ask(c.FinishServing, window=number, go_on=to if isinstance(to, str) else None)
            case "transfer":
                where = {"service": to} if isinstance(to, str) else {"to_window": self.at(to)}
                self.ask(c.TransferTicket, window=number, place=place, **where)
            case _:
                kinds = {"recall": c.RecallTicket, "start": c.StartServing, "finish": c.FinishServing}
                self.ask(kinds.get(work, c.ParkTicket), window=number)

    @rule(
        window=numbers,
        n=tickets,
        wish=st.sampled_from(["call", "call", "back", "back", "later", "cancel", "priority", "rate", "away", "arrive"]),
    )
    def about_a_ticket(self, window: int, n: int, wish: str) -> None:
        match wish:
            case "call":
                self.ask(c.CallTicket, window=self.at(window), ticket_id=self.pick(n, "waiting", "parked"))
            case "back":
                self.ask(c.RequeueTicket, ticket_id=self.pick(n, "no_show", "cancelled"))
            case "later":
                self.ask(c.PostponeTicket, ticket_id=self.pick(n, "waiting", "no_show"))
            case "cancel":
                self.ask(c.CancelTicket, ticket_id=self.pick(n, "waiting", "called", "parked"))
            case "away":
                wish_for = {"service": "abc"[n % 3], "citizen": f"c_{n % 4}"}
                self.ask(c.IssueRemoteTicket, ticket_id=f"t{self.asked}", **wish_for)
            case "arrive":
                self.ask(c.ArriveTicket, ticket_id=self.pick(n, "waiting"))
            case "priority":
                self.ask(c.PrioritiseTicket, ticket_id=self.pick(n, "waiting"), reason="pregnant")
            case _:
                ticket_id = self.pick(n, "finished")
                self.ask(c.RateTicket, ticket_id=ticket_id, grade=n % 5 + 1)
                self.ask(c.RateTicket, ticket_id=ticket_id, grade=5)

    @rule(window=numbers, what=st.sampled_from(["open", "open", "open", "close", "pause", "resume"]))
    def window_state(self, window: int, what: str) -> None:
        if what == "pause":
            self.ask(c.PauseWindow, window=self.at(window), reason="meeting")
        else:
            kinds = {"open": c.OpenWindow, "close": c.CloseWindow, "resume": c.ResumeWindow}
            self.ask(kinds[what], window=self.at(window))

    @rule(seconds=st.sampled_from([1, 15, 60, 1900, -1, -3600]))
    def time_passes(self, seconds: int) -> None:
        self.now_ms += seconds * 1000
        self.ask(c.Tick)
        due_ms = next_due_ms(self.hall)
        assert due_ms is None or due_ms > max(self.now_ms, self.hall.last_ms)

    @precondition(lambda self: len(self.labels) > 8)
    @rule(days=st.integers(1, 3))
    def a_new_day(self, days: int) -> None:
        self.now_ms += days * DAY_MS
        self.ask(c.CallNext, window=1)
        for window in self.settings.windows:
            self.ask(c.OpenWindow, window=window)

    # -- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def every_ticket_is_in_exactly_one_place(self) -> None:
        hall = self.hall
        places = Counter(ticket_id for file in standing(hall).values() for _, ticket_id in file)
        for (key, name), file in standing(hall).items():
            assert file == sorted(file)
            for place, ticket_id in file:
                ticket = hall.tickets[ticket_id]
                assert (ticket.line, ticket.file, ticket.standing) == (key, name, place)
        hands = {window.ticket_id: number for number, window in hall.windows.items() if window.ticket_id is not None}
        assert len(hands) == sum(window.ticket_id is not None for window in hall.windows.values())
        for ticket in hall.tickets.values():
            assert places[ticket.ticket_id] == (ticket.state == "waiting" and ticket.here)
            assert (ticket.ticket_id in hall.away) == (ticket.state == "waiting" and not ticket.here)
            in_hand = ticket.state in ("called", "serving")
            assert hands.get(ticket.ticket_id) == (ticket.window if in_hand else None)
            assert (ticket.ended_ms is None) == (ticket.state not in ("finished", "no_show", "cancelled"))

    @invariant()
    def labels_and_days_are_given_once(self) -> None:
        assert len(set(self.labels)) == len(self.labels)
        assert all(times == 1 for times in self.days.values())
        assert sorted(ticket.serial for ticket in self.hall.tickets.values()) == list(range(1, len(self.labels) + 1))
        citizens = Counter(
            (t.citizen, t.service) for t in self.hall.tickets.values() if t.state == "waiting" and t.citizen
        )
        moved = any(kind == "TicketTransferred" for kind, *_ in self.journal)
        assert moved or all(times == 1 for times in citizens.values()), "stands twice in one line"

    @invariant()
    def priority_keeps_to_its_share(self) -> None:
        share = self.settings.rules.priority_share
        if share < 2:
            return
        for number, window in self.settings.windows.items():
            overtook = [o for w, _, o, _ in self.called if w == number]
            assert at_most_one(overtook, share), f"window {number}"
            assert window.id == number
        for service in self.settings.services:
            of_service = [
                overtook and not sent and of == service
                for window, of, overtook, sent in self.called
                if of == service or service in lines_of(self.hall, window)[0] + lines_of(self.hall, window)[1]
            ]
            assert at_most_one(of_service, share), f"service {service}"

    @invariant()
    def a_replay_is_the_hall(self) -> None:
        assert snapshot(self.views.hall) == snapshot(self.hall)

    def teardown(self) -> None:
        """From the last DayOpened alone, as after a start."""
        if not hasattr(self, "journal"):
            return
        opened = max((n for n, row in enumerate(self.journal) if row[0] == "DayOpened"), default=0)
        hall = Hall(self.settings, seq=opened)
        for seq, (kind, version, at_ms, data) in enumerate(self.journal[opened:], start=opened + 1):
            evolve(hall, decode(kind, version, at_ms, data), seq)
        assert snapshot(hall) == snapshot(self.hall)

    @invariant()
    def every_reader_agrees(self) -> None:
        hall = self.hall
        waiting = Counter(t.service for t in hall.waiting())
        now = max(self.now_ms, hall.last_ms)
        board, kiosk, manager = (self.views.view(name, now) for name in ("board", "kiosk", "hall"))
        assert board["seq"] == kiosk["seq"] == manager["seq"] == len(self.journal)
        for view in (board["waiting"], kiosk["services"], manager["services"]):
            assert {row["service"]: row["waiting"] for row in view} == {s: waiting[s] for s in self.settings.services}
        assert kiosk["waiting"] == waiting.total()
        for row, figures in zip(board["waiting"], manager["services"], strict=True):
            line = sorted((t.place, t) for t in hall.waiting() if t.service == row["service"])
            assert row["next"] == [ticket.label for _, ticket in line[:6]]
            assert figures["longest_wait_since"] == (rfc3339(line[0][1].arrived_ms) if line else None)
        said = [(call["seq"], call["label"], call["window"], call["kind"]) for call in board["calls"]]
        assert said == self.announced[::-1][:CALLS_KEPT]
        assert (manager["served"], manager["no_show"]) == (self.served.total(), self.missed.total())
        assert manager["issued"] == len(self.labels)
        for sign, row in zip(board["windows"], manager["windows"], strict=True):
            self.one_window_agrees(sign, row, now)

    def one_window_agrees(self, sign: dict[str, Any], row: dict[str, Any], now: int) -> None:
        hall, number = self.hall, sign["window"]
        in_hand = [t for t in hall.tickets.values() if t.window == number and t.state in ("called", "serving")]
        shown = (in_hand[0].label, in_hand[0].state) if in_hand else (None, None)
        live, console = self.views.view(f"window:{number}", now), self.views.view(f"console:{number}", now)
        assert (sign["label"], sign["ticket_state"]) == (live["label"], live["ticket_state"]) == shown
        assert row == {**console["window"], "zone": self.settings.windows[number].zone}
        assert row["ticket"] == (ticket_view(hall, in_hand[0], now) if in_hand else None)
        assert {sign["state"], live["state"], row["state"]} == {hall.windows[number].state}
        callable_here = {t.ticket_id for t in hall.waiting() if may_serve(hall, number, t)}
        assert {t["ticket_id"] for t in console["waiting"]} == callable_here
        assert console["waiting_total"] == len(callable_here)
        assert (console["today"]["served"], console["today"]["no_show"]) == (self.served[number], self.missed[number])
        offer = live["rate"]
        if offer is not None:
            ticket = hall.tickets[offer["ticket_id"]]
            assert not ticket.rated
            assert ticket.served_by is not None
            assert ticket.served_by[0] == number, "the rating would go to another window"

    # -- dearer checks, now and then ----------------------------------------------------------------------------------

    @rule(window=numbers)
    def ahead_is_what_one_window_does(self, window: int) -> None:
        window = sorted(self.settings.windows)[window % len(self.settings.windows)]
        hall = twin(self.hall)
        for number, other in hall.windows.items():
            other.state = "open" if number == window else "closed"
        now = max(self.now_ms, hall.last_ms)
        expected = {
            t.ticket_id: ahead(hall, t, now)
            for t in hall.waiting()
            if may_serve(hall, window, t) and (t.due_ms or 0) <= now  # before its slot: tests/hall/test_fairness.py
        }
        calls: dict[str, int] = {}
        for _ in range(len(expected) + 1):
            choice = choose(hall, window, now)
            if choice is None:
                break
            if choice.why == "appointment_early":
                break
            calls[choice.ticket_id] = len(calls)
            evolve(hall, e.TicketCalled(at_ms=now, ticket_id=choice.ticket_id, window=window, why=choice.why), 0)
            evolve(hall, e.TicketCancelled(at_ms=now, ticket_id=choice.ticket_id, reason="gone"), 0)
        assert calls == expected

    @rule(window=numbers)
    def the_console_offers_what_is_allowed(self, window: int) -> None:
        window = sorted(self.settings.windows)[window % len(self.settings.windows)]
        offered = allowed(self.hall, self.hall.windows[window])
        here = {"window": window, "command_id": "try", "at_ms": max(self.now_ms, self.hall.last_ms)}
        tries: dict[str, c.Command] = {
            "close": c.CloseWindow(**here),
            "next": c.CallNext(**here),
            "recall": c.RecallTicket(**here),
            "start": c.StartServing(**here),
            "finish": c.FinishServing(**here),
            "park": c.ParkTicket(**here),
            "no_show": c.MarkNoShow(**here),
            "transfer": c.TransferTicket(**here, service="a"),
        }
        go_on = self.views.view(f"console:{window}", here["at_ms"])["go_on"]
        for service in self.settings.services:
            refused = decide(twin(self.hall), c.FinishServing(**here, go_on=service)).refused
            assert (refused is None) == (service in go_on), (service, refused)
        free = next((t for t in self.hall.waiting() if may_serve(self.hall, window, t)), None)
        if free is not None:
            tries["call"] = c.CallTicket(**here, ticket_id=free.ticket_id)
        state = self.hall.windows[window].state
        assert ("open" in offered, "pause" in offered, "resume" in offered) == tuple(
            state == needed for needed in ("closed", "open", "paused")
        )
        for action, command in tries.items():
            refused = decide(twin(self.hall), command).refused
            possible = refused is None or refused.code == "too_soon"
            if (action, state) != ("close", "closed"):  # closing a closed window does nothing, so it is not offered
                assert possible == (action in offered), (action, refused)


def overtakes(hall: Hall, call: e.TicketCalled) -> bool:
    """Does the rule call a priority ticket while an ordinary one, that the window may serve as well, is waiting?"""
    ticket = hall.tickets[call.ticket_id]
    own, then = lines_of(hall, call.window)
    tier = own if ticket.line in own else then
    others = (t for t in hall.waiting() if t.line in tier and t.file == "ordinary")
    return call.why in CHOSEN and ticket.file == "priority" and any(others)


def at_most_one(overtook: list[bool], share: int) -> bool:
    return all(sum(overtook[n : n + share]) <= 1 for n in range(len(overtook)))


def test_whatever_is_asked() -> None:
    run_state_machine_as_test(
        HallMachine,
        settings=profile(
            max_examples=EXAMPLES or 70,
            phases=set(Phase) if EXAMPLES else {Phase.reuse, Phase.generate},
            report_multiple_bugs=False,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
