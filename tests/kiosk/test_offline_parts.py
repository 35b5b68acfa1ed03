"""What a kiosk knows and keeps without its server: the time, by a clock nobody can set, and each ticket given."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fake_hall import HALL

from kiosk.errors import OutboxUnwritable
from kiosk.offline import OfflineDesk
from kiosk.offline_courier import Courier
from kiosk.offline_memory import Clocks, HallMemory, rfc3339
from kiosk.offline_store import Outbox
from queue_server.client import HallRefused, HallUnreachable
from queue_server.sealed import public_key, unseal

SECRET = bytes(range(32))
NINE_MS = 1_795_136_400_000  # 2026-11-20 09:00 in Shanghai
DAY_MS, HOUR_MS = 86_400_000, 3_600_000


class Machine:
    """Clocks that a test sets, and a hall that a test takes away."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wall_ms, self.monotonic_ms, self.boot = folder, NINE_MS, 5_000, "boot-1"
        self.server_ms = NINE_MS
        self.away = False
        self.hours: list[list[str]] | None = None
        self.posted: list[tuple[str, Any]] = []
        self.answers: list[Exception] = []
        self.start()

    def start(self) -> None:
        clocks = Clocks(lambda: self.wall_ms, lambda: self.monotonic_ms, lambda: self.boot)
        self.memory, self.outbox = HallMemory(self.folder, clocks), Outbox(self.folder)
        self.desk = OfflineDesk(self.memory, self.outbox)
        self.courier = Courier(self, self.memory, self.outbox, self.desk)  # type: ignore[arg-type]

    def boot_anew(self) -> None:
        self.outbox.close()
        self.boot, self.monotonic_ms = f"{self.boot}+", 1_000
        self.start()

    def go_by(self, ms: int) -> None:
        self.wall_ms, self.monotonic_ms, self.server_ms = self.wall_ms + ms, self.monotonic_ms + ms, self.server_ms + ms

    def hear(self) -> None:
        """What the courier does first when the server answers."""
        self.memory.heard_hall(self.hall())
        self.memory.save()

    def take(self, tap: str = "tap-1", **request: Any) -> Any:
        return self.desk.issue(tap, {"service": "shebao", **request})

    # -- the part of HallClient that the courier asks

    def hall(self) -> Any:
        offline = {"now": rfc3339(self.server_ms), "first": 801, "last": 803, "key": public_key(SECRET),
                   "hours": {"shebao": self.hours}}  # fmt: skip
        return {**HALL, "offline": offline}

    def command(self, _method: str, path: str, body: Any, key: str) -> Any:
        assert path == "/offline-tickets"
        self.posted.append((key, body))
        if self.answers:
            raise self.answers.pop(0)
        return {"state": "waiting", "outcome": None}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.hear()
    return made


@pytest.mark.parametrize("off_ms", [-DAY_MS, DAY_MS])
def test_nobody_s_wall_clock_moves_the_time(machine: Machine, off_ms: int) -> None:
    machine.go_by(HOUR_MS)
    machine.wall_ms += off_ms
    moment = machine.memory.now()
    assert (moment.at_ms, moment.sure) == (machine.server_ms, True)


@pytest.mark.parametrize("off_ms", [-DAY_MS, 0, DAY_MS])
def test_after_a_boot_without_the_server_the_time_is_a_guess_until_it_answers(machine: Machine, off_ms: int) -> None:
    machine.go_by(HOUR_MS)
    machine.boot_anew()
    machine.wall_ms += off_ms
    moment = machine.memory.now()
    assert not moment.sure
    assert moment.at_ms >= NINE_MS, "never before the server's last answer"
    taken_ms = machine.server_ms
    machine.go_by(HOUR_MS)
    machine.hear()
    measured = machine.memory.measured(moment)
    assert (measured.at_ms, measured.sure) == (taken_ms, True)
    machine.boot_anew()
    assert machine.memory.measured(moment) == moment  # another boot: nobody can say any more


def test_the_numbers_go_round_and_rest_for_a_day(machine: Machine) -> None:
    labels = [machine.take(f"tap-{n}")["label"] for n in range(3)]
    assert labels == ["A801", "A802", "A803"]
    with pytest.raises(HallUnreachable, match="all numbers"):
        machine.take("tap-3")
    for kept in machine.outbox.waiting():
        machine.outbox.done(kept, "delivered")
    machine.go_by(DAY_MS - HOUR_MS)
    with pytest.raises(HallUnreachable):
        machine.take("tap-3")
    machine.go_by(2 * HOUR_MS)
    assert machine.take("tap-3")["label"] == "A801"
    machine.boot_anew()
    assert machine.take("tap-4")["label"] == "A802"
    assert machine.take("tap-3")["label"] == "A801"  # decided once


def test_a_citizen_is_on_the_disk_only_for_the_server(machine: Machine) -> None:
    citizen = {"id_number": "330101199001011011", "name": "张三"}
    ticket = machine.take(citizen=citizen, priority="elderly")
    with pytest.raises(HallRefused) as refused:
        machine.take("tap-2", citizen=citizen)
    assert (refused.value.code, refused.value.facts["label"]) == ("already_waiting", "A801")
    written = b"".join(path.read_bytes() for path in machine.folder.iterdir())
    assert b"330101199001011011" not in written
    assert "张三".encode() not in written
    kept = machine.outbox.of_tap("tap-1")
    assert kept is not None
    assert kept.sealed is not None
    assert unseal(SECRET, kept.sealed, ticket["ticket_id"]) == citizen
    machine.courier._hand_in(kept)
    written = b"".join(path.read_bytes() for path in machine.folder.iterdir())
    assert kept.sealed.encode() not in written
    after = machine.outbox.of_tap("tap-1")
    assert after is not None
    assert (after.sealed, after.body, after.state) == (None, None, "delivered")


def test_every_repetition_of_a_delivery_is_the_same_question(machine: Machine) -> None:
    machine.boot_anew()
    machine.take()
    machine.hear()
    machine.answers = [HallUnreachable("cut"), HallRefused(503, "not_durable", {}, {})]
    for _ in range(2):
        with pytest.raises((HallUnreachable, HallRefused)):
            machine.courier._hand_in(machine.outbox.waiting()[0])
        machine.go_by(HOUR_MS)
        machine.boot_anew()
        machine.hear()
    machine.courier._hand_in(machine.outbox.waiting()[0])
    assert len(machine.posted) == 3
    assert machine.posted[0] == machine.posted[1] == machine.posted[2]
    assert machine.outbox.waiting() == []


@pytest.mark.parametrize(
    ("status", "code", "left"), [(409, "label_taken", 0), (403, "forbidden", 1), (500, "internal", 1)]
)
def test_only_a_refusal_of_the_ticket_itself_ends_the_asking(
    machine: Machine, status: int, code: str, left: int
) -> None:
    machine.take()
    machine.answers = [HallRefused(status, code, {}, {})]
    with contextlib.suppress(HallRefused):  # so the round ends, and the whole is tried again
        machine.courier._hand_in(machine.outbox.waiting()[0])
    assert (len(machine.outbox.waiting()), len(machine.outbox.refused())) == (left, 1 - left)


def test_hours_are_kept_while_the_time_is_known(machine: Machine) -> None:
    machine.hours = [
        [rfc3339(NINE_MS), rfc3339(NINE_MS + HOUR_MS)],
        [rfc3339(NINE_MS + 4 * HOUR_MS), rfc3339(NINE_MS + 8 * HOUR_MS)],
    ]
    service = {**HALL["services"][0], "waiting": 3, "closed": None, "opens_at": None}  # type: ignore[index]
    machine.memory.heard_view({"seq": 7, "waiting": 3, "services": [service]})
    machine.hear()
    assert machine.take("tap-1")["label"] == "A801"
    machine.go_by(2 * HOUR_MS)
    with pytest.raises(HallRefused) as refused:
        machine.take("tap-2")
    assert (refused.value.code, refused.value.facts["opens_at"]) == ("hall_closed", rfc3339(NINE_MS + 4 * HOUR_MS))
    machine.boot_anew()  # by a clock that nobody vouches for nobody is sent away
    assert machine.take("tap-2")["label"] == "A802"


def test_a_disk_that_cannot_be_written_gives_no_ticket(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    desk = OfflineDesk(machine.memory, Outbox(tmp_path / "file" / "data"))
    with pytest.raises(OutboxUnwritable):
        desk.issue("tap-1", {"service": "shebao"})


def test_moments_are_values(machine: Machine) -> None:
    moment = machine.memory.now()
    assert machine.memory.measured(replace(moment, sure=True)) == moment


def test_the_code_of_an_appointment_goes_with_the_ticket_and_stays_nowhere(machine: Machine) -> None:
    machine.memory.heard_hall({**machine.hall(), "offline": {**machine.hall()["offline"], "appointments": True}})
    ticket = machine.take(appointment="0471 8293")
    assert (ticket["appointment"], ticket["due_at"]) == (None, None)  # nobody knows yet whether it fits
    machine.take("tap-2", appointment="01JD5Q8V3W4X5Y6Z7A8B9C9999")  # no code: it must not cost the ticket
    first, second = machine.outbox.waiting()
    machine.courier._hand_in(first)
    machine.courier._hand_in(second)
    assert machine.posted[0][1]["appointment"] == "04718293"
    assert "appointment" not in machine.posted[1][1]
    assert b"04718293" not in b"".join(path.read_bytes() for path in machine.folder.iterdir())


def test_a_server_that_takes_no_codes_is_told_none(machine: Machine) -> None:
    machine.take(appointment="04718293")
    machine.courier._hand_in(machine.outbox.waiting()[0])
    assert "appointment" not in machine.posted[0][1]


def test_an_outbox_of_an_older_version_is_taken_over(machine: Machine) -> None:
    machine.take()
    machine.outbox.close()
    with contextlib.closing(sqlite3.connect(machine.folder / "outbox.db")) as db, db:
        db.execute("ALTER TABLE ticket DROP COLUMN appointment")
    machine.boot_anew()
    machine.take("tap-2")
    assert [kept.appointment for kept in machine.outbox.waiting()] == [None, None]
