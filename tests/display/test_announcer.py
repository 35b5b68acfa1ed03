"""Every call is said once, in order, never on top of another, also across failures and restarts."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from waiting import wait_for

from display.announced import Announced
from display.announcer import Announcer
from drivers.errors import SpeakerError

NOW = datetime(2026, 11, 20, 2, 24, tzinfo=UTC)


def call(seq: int, label: str = "", window: int = 3, age_s: float = 0, kind: str = "call") -> dict[str, Any]:
    at = (NOW - timedelta(seconds=age_s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"seq": seq, "at": at, "kind": kind, "label": label or f"A{seq:03}", "window": window, "service": "shebao"}


class Zone:
    """A speaker that is held until `let(n)`, keeps what it said, and notices when two speak at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[tuple[str, str]] = []
        self.overlaps = 0
        self.broken = False
        self.tries = 0
        self._speaking = threading.Lock()
        self._allowed = threading.Semaphore(0)
        self.announcers: list[Announcer] = []

    def say(self, tokens: Sequence[str], language: str) -> None:
        self.tries += 1
        if not self._speaking.acquire(blocking=False):
            self.overlaps += 1
            return
        try:
            self._allowed.acquire(timeout=20)
            if self.broken:
                raise SpeakerError("no sound card")
            self.said.append(("".join(token for token in tokens if len(token) == 1), language))
        finally:
            self._speaking.release()

    def speak(self, text: str, language: str) -> None:
        self.say([*text], language)

    def let(self, announcements: int = 1000) -> None:
        self._allowed.release(announcements)

    def labels(self) -> list[str]:
        return [said for said, _ in self.said]

    def open(self, **options: Any) -> Announcer:
        options = {"repeats": 1, "retry_s": 0.02} | options
        announcer = Announcer(self.say, Announced(self.folder), speak=self.speak, **options)
        self.announcers.append(announcer)
        announcer.start()
        return announcer


@pytest.fixture
def zone(tmp_path: Path) -> Iterator[Zone]:
    made = Zone(tmp_path)
    yield made
    made.let(10_000)
    for announcer in made.announcers:
        announcer.close()
    assert made.overlaps == 0


@pytest.fixture
def hear() -> Callable[..., None]:
    def tell(announcer: Announcer, *calls: Any, later_s: float = 0) -> None:
        """The board with these calls, newest first as on the wire, `later_s` after NOW."""
        seq = max([0, *(each["seq"] for each in calls)])
        board: Any = {"seq": seq, "calls": sorted(calls, key=lambda each: -each["seq"])}
        announcer.hear(board, NOW.timestamp() + later_s)

    return tell


def test_calls_are_said_in_the_order_of_the_journal_each_once(zone: Zone, hear: Any) -> None:
    announcer = zone.open()
    hear(announcer, call(5), call(3), call(4))
    hear(announcer, call(5), call(3), call(4), call(9))
    zone.let()
    wait_for(lambda: len(zone.said) == 4)
    hear(announcer, call(5), call(3), call(4), call(9), call(10))
    wait_for(lambda: len(zone.said) == 5)
    assert zone.labels() == ["A0033", "A0043", "A0053", "A0093", "A0103"]


def test_every_language_is_said_and_the_whole_repeated(zone: Zone, hear: Any) -> None:
    announcer = zone.open(languages=("zh-CN", "en"), repeats=2)
    zone.let()
    hear(announcer, call(1))
    wait_for(lambda: len(zone.said) == 4)
    assert [language for _, language in zone.said] == ["zh-CN", "en", "zh-CN", "en"]


def test_a_burst_missed_while_away_is_said_in_order(zone: Zone, hear: Any) -> None:
    zone.let()
    announcer = zone.open()
    hear(announcer, call(1))
    wait_for(lambda: len(zone.said) == 1)
    hear(announcer, *(call(seq) for seq in range(1, 31)))
    wait_for(lambda: len(zone.said) == 30)
    assert zone.labels() == [f"A{seq:03}3" for seq in range(1, 31)]


def test_a_recall_that_still_waits_is_merged_into_its_first_call(zone: Zone, hear: Any) -> None:
    announcer = zone.open()
    hear(announcer, call(1))
    wait_for(lambda: zone.tries == 1)  # number 1 is being said
    hear(
        announcer, call(1), call(2, "A077"), call(3, "A088"), call(4, "A077", kind="recall"), call(5, "A077", window=4)
    )
    zone.let()
    wait_for(lambda: len(zone.said) == 4)
    assert zone.labels() == ["A0013", "A0773", "A0883", "A0774"]


def test_a_recall_of_what_is_being_said_is_said_again(zone: Zone, hear: Any) -> None:
    announcer = zone.open()
    hear(announcer, call(1))
    wait_for(lambda: zone.tries == 1)
    hear(announcer, call(1), call(2, "A001", kind="recall"))
    zone.let()
    wait_for(lambda: zone.labels() == ["A0013", "A0013"])


def test_calls_that_are_too_old_are_dropped_and_stay_dropped(zone: Zone, hear: Any) -> None:
    announcer = zone.open(drop_after_s=60)
    zone.let()
    hear(announcer, call(1, age_s=61), call(2, age_s=3600), call(3, age_s=59))
    wait_for(lambda: len(zone.said) == 1)
    hear(announcer, call(1), call(2), call(3), call(4))
    wait_for(lambda: len(zone.said) == 2)
    assert zone.labels() == ["A0033", "A0043"]


def test_what_became_too_old_while_waiting_is_dropped(zone: Zone, hear: Any) -> None:
    announcer = zone.open(drop_after_s=0.3)
    hear(announcer, call(1))
    wait_for(lambda: zone.tries == 1)
    hear(announcer, call(1), call(2))
    began = time.monotonic()
    wait_for(lambda: time.monotonic() - began > 0.4)
    hear(announcer, call(1), call(2), call(3), later_s=0)
    zone.let()
    wait_for(lambda: "A0033" in zone.labels())
    assert zone.labels() == ["A0013", "A0033"]


def test_a_clock_of_ours_that_is_wrong_drops_nothing(zone: Zone) -> None:
    """Only the server's time counts: `hear` gets it, however far away the machine's own is."""
    announcer = zone.open(drop_after_s=60)
    zone.let()
    far_away = datetime(2031, 1, 1, tzinfo=UTC)
    at = far_away.isoformat().replace("+00:00", "Z")
    board: Any = {"seq": 1, "calls": [{**call(1), "at": at}]}
    announcer.hear(board, far_away.timestamp() + 2)
    wait_for(lambda: len(zone.said) == 1)


def test_a_speaker_that_is_back_in_time_says_what_waited(zone: Zone, hear: Any) -> None:
    zone.broken = True
    zone.let()
    announcer = zone.open()
    hear(announcer, call(1), call(2))
    wait_for(lambda: zone.tries >= 3)
    zone.broken = False
    wait_for(lambda: len(zone.said) == 2)
    assert zone.labels() == ["A0013", "A0023"]


def test_a_speaker_that_stays_away_drops_old_calls_and_goes_on(zone: Zone, hear: Any) -> None:
    zone.broken = True
    zone.let()
    announcer = zone.open(drop_after_s=0.3)
    hear(announcer, call(1))
    wait_for(lambda: 1 in Announced(zone.folder))
    zone.broken = False
    hear(announcer, call(1), call(2))
    wait_for(lambda: len(zone.said) == 1)
    assert zone.labels() == ["A0023"]


def test_a_restart_neither_repeats_nor_loses(zone: Zone, hear: Any) -> None:
    zone.let()
    first = zone.open()
    hear(first, call(1), call(2))
    wait_for(lambda: 2 in Announced(zone.folder))
    first.close()
    second = zone.open()
    hear(second, call(1), call(2), call(3, age_s=40))
    wait_for(lambda: len(zone.said) == 3)
    assert zone.labels() == ["A0013", "A0023", "A0033"]


def test_a_restart_in_the_middle_says_the_rest(zone: Zone, hear: Any) -> None:
    first = zone.open()
    hear(first, call(1), call(2, "A077"), call(3, "A088"), call(4, "A077"))
    zone.let(2)  # number 1, and the two calls of 77 in one
    wait_for(lambda: zone.tries == 3)  # number 88 was begun and is not heard
    zone.broken = True
    zone.let()
    first.close()
    zone.broken = False
    second = zone.open()
    hear(second, call(1), call(2, "A077"), call(3, "A088"), call(4, "A077"))
    wait_for(lambda: "A0883" in zone.labels())
    assert zone.labels()[:2] == ["A0013", "A0773"]
    assert zone.labels().count("A0773") == 1


def test_a_replaced_journal_is_announced_from_its_beginning(zone: Zone, hear: Any) -> None:
    Announced(zone.folder).add([500], [])
    zone.let()
    announcer = zone.open()
    hear(announcer, call(3))
    wait_for(lambda: zone.labels() == ["A0033"])


def test_the_memory_is_small_and_survives_rubbish(tmp_path: Path) -> None:
    kept = Announced(tmp_path)
    for seq in range(1, 1000):
        kept.add([seq], [])
    kept.add([1002, 1005], [1003])
    assert json.loads((tmp_path / "announced.json").read_text()) == {"floor": 1002, "above": [1005]}
    assert [seq in Announced(tmp_path) for seq in (999, 1002, 1003, 1004, 1005, 1006)] == [
        True, True, False, False, True, False,
    ]  # fmt: skip
    (tmp_path / "announced.json").write_text("[]")
    assert 1 not in Announced(tmp_path)
