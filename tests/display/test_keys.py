"""Presses against a hall written by hand: repeated until answered, never done twice, given up and said so."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest
from waiting import wait_for

from display.keys import KeyDesk
from queue_server.client import HallRefused, HallUnreachable

Answer = Any


class Hall:
    """Gives `answers` in their order; the last one again and again. An exception is raised."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, Any, str | None]] = []
        self.open = threading.Event()
        self.open.set()

    def command(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> Any:
        self.asked.append((method, path, body, key))
        assert self.open.wait(10)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def refused(code: str, status: int = 409, **facts: Any) -> HallRefused:
    return HallRefused(status, code, facts, {})


def press(hall: Hall, action: str, digits: str = "", patience_s: float = 5.0) -> tuple[int, str, str]:
    told: list[tuple[int, str, str]] = []
    desk = KeyDesk(hall, lambda *what: told.append(what), pause_reason="暂离", patience_s=patience_s)
    desk.pressed(3, action, digits)
    wait_for(lambda: told)
    desk.close()
    assert len(told) == 1
    return told[0]


def test_what_is_not_answered_is_asked_again_with_the_same_key() -> None:
    hall = Hall(HallUnreachable("gone"), refused("not_durable", 503), {"label": "A001"})
    assert press(hall, "next") == (3, "done", "")
    assert [path for _, path, _, _ in hall.asked] == ["/windows/3/next"] * 3
    assert len({key for *_, key in hall.asked}) == 1


def test_two_presses_have_two_keys() -> None:
    hall = Hall({})
    for _ in range(2):
        press(hall, "recall")
    assert len({key for *_, key in hall.asked}) == 2


@pytest.mark.parametrize("answer", [HallUnreachable("gone"), refused("not_ready", 503)])
def test_a_hall_that_stays_away_loses_the_press_and_says_so(answer: Exception) -> None:
    assert press(Hall(answer), "next", patience_s=0.5) == (3, "lost", "server_unreachable")


@pytest.mark.parametrize("code", ["ticket_called", "too_soon", "window_closed", "forbidden"])
def test_a_refusal_is_said_and_not_asked_again(code: str) -> None:
    hall = Hall(refused(code))
    assert press(hall, "next") == (3, "refused", code)
    assert len(hall.asked) == 1


def test_nobody_waiting_is_no_refusal() -> None:
    assert press(Hall(None), "next") == (3, "nobody", "")


@pytest.mark.parametrize(
    ("state", "command", "body"),
    [("open", "pause", {"reason": "暂离"}), ("paused", "resume", None), ("closed", "open", None)],
)
def test_one_key_pauses_resumes_and_opens(state: str, command: str, body: Any) -> None:
    hall = Hall({"state": state}, HallUnreachable("gone"), {"state": "open"})
    assert press(hall, "pause") == (3, "done", "")
    # Asked how the window is once: the answer to a repeated change must not be taken for its state before.
    assert [(method, path) for method, path, _, _ in hall.asked] == [
        ("GET", "/windows/3"),
        *[("POST", f"/windows/3/{command}")] * 2,
    ]
    assert hall.asked[-1][2] == body


def test_serve_starts_and_finishes_what_was_started() -> None:
    hall = Hall({"state": "serving"})
    assert press(hall, "serve") == (3, "done", "")
    assert [path for _, path, _, _ in hall.asked] == ["/windows/3/start"]
    hall = Hall(refused("wrong_state", state="serving"), {"state": "finished"})
    assert press(hall, "serve") == (3, "done", "")
    assert [path for _, path, _, _ in hall.asked] == ["/windows/3/start", "/windows/3/finish"]
    assert len({key for *_, key in hall.asked}) == 2
    assert press(Hall(refused("no_ticket")), "serve") == (3, "refused", "no_ticket")


def test_a_transfer_goes_to_the_window_that_was_typed() -> None:
    hall = Hall({})
    press(hall, "transfer", "12")
    press(hall, "no_show")
    assert [(path, body) for _, path, body, _ in hall.asked] == [
        ("/windows/3/transfer", {"window": 12}),
        ("/windows/3/no-show", None),
    ]


def test_a_key_without_a_meaning_asks_nobody() -> None:
    hall = Hall({})
    assert press(hall, "") == (3, "refused", "unknown_key")
    assert hall.asked == []


def test_an_impatient_hand_presses_once_and_another_window_does_not_wait() -> None:
    told: list[tuple[int, str, str]] = []
    hall = Hall({})
    hall.open.clear()
    desk = KeyDesk(hall, lambda *what: told.append(what), pause_reason="暂离")
    for _ in range(3):
        desk.pressed(3, "next")
    desk.pressed(3, "recall")
    desk.pressed(4, "next")
    wait_for(lambda: len(hall.asked) == 2)
    hall.open.set()
    wait_for(lambda: len(told) == 3)
    assert sorted(path for _, path, _, _ in hall.asked) == ["/windows/3/next", "/windows/3/recall", "/windows/4/next"]
    desk.pressed(3, "next")  # a press of its own again
    wait_for(lambda: len(told) == 4)
    desk.close()
    desk.pressed(3, "next")
    assert len(hall.asked) == 4
