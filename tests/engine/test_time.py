"""What time alone brings about: a called ticket starts by itself, a new day begins, a start folds one day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from queue_server.engine import BATCH_MAX
from queue_server.errors import NotDurable
from queue_server.hall import commands as c
from queue_server.journal import Journal, MemoryJournal

Open = Callable[[], Journal]
Offices = Callable[..., Any]
AUTO = {"rules": {"auto_start_s": 1}}


def called(office: Any) -> None:
    """One ticket is called at window 1."""
    office.ask(c.OpenWindow, window=1)
    office.take().reply()
    assert office.ask(c.CallNext, window=1).status == 200


def test_a_called_ticket_starts_by_itself(open_journal: Open, offices: Offices, clock: Any) -> None:
    office = offices(open_journal(), **AUTO).start()
    called(office)
    clock.wait(1)
    office.until(lambda: "ServingStarted" in office.kinds())
    assert office.events[-1][1].at_ms == clock()
    assert office.journal.read(0)[-1].by == "rules"
    assert office.ask(c.StartServing, window=1).body == b"wrong_state"


def test_after_a_restart_too(open_journal: Open, offices: Offices, clock: Any) -> None:
    office = offices(open_journal(), **AUTO).start()
    called(office)
    office.stop()
    clock.wait(5)
    office = offices(open_journal(), **AUTO).start()
    office.until(lambda: office.kinds() == ["ServingStarted"])


def test_a_busy_hall_does_not_put_it_off(offices: Offices, clock: Any) -> None:
    journal = MemoryJournal()
    office = offices(journal, **AUTO).start()
    called(office)
    office.stop()
    clock.wait(5)
    office = offices(journal, **AUTO)
    for _ in range(3 * BATCH_MAX):
        office.take()
    office.start()
    office.stop()
    assert office.kinds().index("ServingStarted") <= BATCH_MAX


def test_nor_does_a_disk_that_was_full_for_a_while(offices: Offices, clock: Any) -> None:
    class Full(MemoryJournal):
        full = False

        def append(self, *args: Any, **more: Any) -> None:
            if self.full:
                raise NotDurable("disk full")
            super().append(*args, **more)

    journal = Full()
    office = offices(journal, **AUTO).start()
    called(office)
    journal.full = True
    assert office.take().reply().status == 503
    journal.full = False
    clock.wait(1)
    office.until(lambda: "ServingStarted" in office.kinds())
    assert office.engine.failing is False


def test_a_day_that_turns_while_running(open_journal: Open, offices: Offices, clock: Any, labels_in: Any) -> None:
    office = offices(open_journal()).start()
    for _ in range(3):
        office.take().reply()
    clock.wait(86_400)
    assert labels_in(office.take().reply()) == ["A001"]
    assert office.kinds()[4:] == ["TicketCancelled"] * 3 + ["DayClosed", "DayOpened", "TicketIssued"]
    assert [seq for seq, _ in office.events] == list(range(1, 11))
    last = office.journal.read(4)
    assert len({entry.command_id for entry in last}) == 1, "one commit: never a day that is closed and not opened"
    assert [entry.n for entry in last] == list(range(6))


def test_a_start_folds_the_last_day_only(open_journal: Open, offices: Offices, clock: Any, labels_in: Any) -> None:
    office = offices(open_journal()).start()
    for _ in range(3):
        office.take().reply()
        clock.wait(86_400)
    office.take().reply()
    office.take().reply()
    office.stop()
    after = offices(open_journal()).start()
    assert [type(event).__name__ for _, event in after.began] == ["DayOpened", "TicketIssued", "TicketIssued"]
    assert labels_in(after.take().reply()) == ["A003"]
    assert [seq for seq, _ in after.events] == [after.began[-1][0] + 1]
