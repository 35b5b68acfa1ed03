"""Many ask at once: no ticket is called twice, none is lost, numbers are unique and contiguous.

The same with one server on SQLite and with two server processes on one PostgreSQL.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from hall_process import Client, HallProcess
from window_races import Races

RACES = 100
LAST_RACES = 40
CLIENTS = 16
TICKETS = 3000


@pytest.fixture(params=["one server", pytest.param("two servers", marks=pytest.mark.postgres)])
def servers(request: pytest.FixtureRequest, new_hall: Any) -> list[HallProcess]:
    """The servers of one hall; a client may ask any of them."""
    if request.param == "one server":
        halls = [new_hall()]
    else:
        url = request.getfixturevalue("postgres_url")
        halls = [new_hall("first", database=url)]
        halls[0].start()  # it makes the key that both must share
        second = new_hall("second", database=url)
        (second.data / "identity.key").write_bytes((halls[0].data / "identity.key").read_bytes())
        (second.data / "identity.key").chmod(0o600)
        halls.append(second)
    for hall in halls:
        if hall.process is None:
            hall.start()
    return halls


def test_two_windows_press_next_at_the_same_moment(servers: list[HallProcess]) -> None:
    """Some seconds of what `tests/bench/races.py` does for a minute."""
    with closing(Races(servers, servers[0].token("manager"), seed=7)) as racing:
        racing.race(lambda races: races < RACES)
        racing.race_for_the_last(lambda races: races < LAST_RACES)
        assert racing.check() >= 2 * RACES + LAST_RACES


def test_sixteen_clients_issue_three_thousand_tickets(servers: list[HallProcess]) -> None:
    token = servers[0].token("node")

    def take(number: int) -> list[tuple[str, str]]:
        client = Client(servers[number % len(servers)].url, token)
        taken = []
        for n in range(TICKETS // CLIENTS + (number < TICKETS % CLIENTS)):
            answer = client.post("/tickets", {"service": "hukou"}, key=f"{number}-{n}")
            assert answer.status_code == 201, answer.text
            taken.append((answer.json()["label"], answer.json()["serial"]))
        client.close()
        return taken

    with ThreadPoolExecutor(CLIENTS) as pool:
        taken = [pair for part in pool.map(take, range(CLIENTS)) for pair in part]
    assert sorted(int(label[1:]) for label, _ in taken) == list(range(1, TICKETS + 1))
    assert sorted(int(serial.split("-")[1]) for _, serial in taken) == list(range(1, TICKETS + 1))
    for hall in servers:
        reading = hall.client("manager")
        seqs = []
        while page := reading.get("/journal", params={"after": seqs[-1] if seqs else 0, "limit": 1000}).json()[
            "events"
        ]:
            seqs += [event["seq"] for event in page]
        assert seqs == list(range(1, TICKETS + 2))
