"""What if a window opened now: worked out beside the server, which goes on working and changes nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hall_process import Client, HallProcess

from config.load import load_hall
from queue_server.errors import Conflict
from queue_server.journal import MemoryJournal
from queue_server.web.whatif_process import BusyError, WhatIfProcess

EXAMPLE = Path(__file__).parents[2] / "config" / "examples" / "township.toml"


@pytest.fixture(scope="module")
def waiting(start_hall: object) -> HallProcess:
    """Ten wait for the one open window."""
    hall: HallProcess = start_hall("")  # type: ignore[operator]
    manager = hall.client("manager")
    manager.post("/windows/1/open")
    for _ in range(10):
        assert manager.post("/tickets", {"service": "hukou"}).status_code == 201
    assert manager.post("/windows/1/next").status_code == 200
    assert manager.post("/windows/1/start").status_code == 200
    return hall


def test_another_window_shortens_the_waits_and_the_hall_stays_as_it_is(waiting: HallProcess) -> None:
    manager = waiting.client("manager")
    before = manager.get("/journal?limit=1000").json()
    answer = manager.post("/whatif", {"open": [2]})
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert next(each["service"] for each in said["services"]) == "hukou"
    now, then = said["all"]["now"], said["all"]["then"]
    assert then["mean_s"] < now["mean_s"]
    assert then["p90_s"] < now["p90_s"]
    assert 0 <= now["p50_s"] <= now["p90_s"]
    shut = manager.post("/whatif", {"close": [1]}).json()["all"]
    assert shut["now"] == pytest.approx(now, abs=30)  # a moment later, with the same citizens
    assert shut["then"]["p50_s"] > now["p90_s"]  # nobody is called any more
    assert manager.get("/journal?limit=1000").json() == before


def test_who_may_not_ask_and_what_cannot_be_asked(waiting: HallProcess) -> None:
    manager = waiting.client("manager")
    assert waiting.client("staff").post("/whatif", {"open": [2]}).status_code == 403
    unknown = manager.post("/whatif", {"open": [77]})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_window")
    for body in ({}, {"open": [2], "close": [2]}, {"open": ["2"]}):
        assert manager.post("/whatif", body).status_code == 422


def test_one_at_a_time_and_the_server_goes_on_meanwhile(waiting: HallProcess) -> None:
    codes: list[int] = []

    def ask(client: Client) -> None:
        codes.append(client.post("/whatif", {"open": [2]}).status_code)

    askers = [threading.Thread(target=ask, args=(waiting.client("manager"),)) for _ in range(3)]
    for asker in askers:
        asker.start()
    manager, answered = waiting.client("manager"), 0
    while any(asker.is_alive() for asker in askers):
        assert manager.get("/hall").status_code == 200
        answered += 1
    assert sorted(codes) == [200, 429, 429]
    assert answered > 3, "the loop stood still while a what-if was worked out"


@pytest.mark.parametrize("command", [("/bin/false",), ("/bin/true",), ("/nowhere",)])
def test_a_process_that_fails_is_an_error_and_the_next_may_ask(command: tuple[str, ...]) -> None:
    process = WhatIfProcess(MemoryJournal(), command)
    for _ in range(2):
        with pytest.raises(OSError) as raised:
            process.ask(load_hall(EXAMPLE), {"whatif": 0, "open": [1], "close": []})
        assert not isinstance(raised.value, BusyError | Conflict)
