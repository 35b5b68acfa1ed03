"""The whole display: what the server's views make the speaker say and the pads ask, and what comes back as ratings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from fake_hall import FakeHall
from waiting import wait_for

from config.reasons import load_reasons
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.speaker import SpeakerTwin


def at(age_s: float = 0) -> str:
    return (datetime.now(UTC) - timedelta(seconds=age_s)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def board(seq: int, *labels: str) -> dict[str, Any]:
    calls = [
        {
            "seq": seq - n,
            "at": at(),
            "kind": "call",
            "label": label,
            "window": 3,
            "window_name": {},
            "service": "shebao",
        }
        for n, label in enumerate(labels)
    ]
    return {"seq": seq, "calls": calls}


def window(seq: int, number: int = 2, ticket: str | None = "t1", age_s: float = 0) -> dict[str, Any]:
    rate = {"ticket_id": ticket, "label": "A001", "finished_at": at(age_s)} if ticket else None
    return {"seq": seq, "window": number, "state": "open", "label": None, "rate": rate}


@pytest.mark.speech
def test_a_call_on_the_board_is_heard(hall: FakeHall, display: Any, speaker: SpeakerTwin) -> None:
    hall.publish("board", 9, board(9, "A002", "A001"))
    wait_for(lambda: len(speaker.said()) == 8)
    said = [(item.language, " ".join(item.tokens)) for item in reversed(speaker.said())]
    assert said[0] == ("zh-CN", "chime please A 0 0 1 number to 3 window service")
    assert said[1] == ("en", "chime ticket A 0 0 1 please go to window 3")
    assert [words.split()[5] for language, words in said if language == "zh-CN"] == ["1", "1", "2", "2"]


@pytest.mark.speech
def test_a_restarted_display_does_not_say_it_again(
    hall: FakeHall, display: Any, open_display: Any, speaker: SpeakerTwin
) -> None:
    hall.publish("board", 9, board(9, "A001"))
    wait_for(lambda: len(speaker.said()) == 4)
    display.close()
    again = open_display()
    wait_for(lambda: again.view()["server"]["connected"])
    hall.publish("board", 10, {**board(10, "A002"), "calls": board(10, "A002")["calls"] + board(9, "A001")["calls"]})
    wait_for(lambda: len(speaker.said()) == 8)
    assert all("2" in item.tokens for item in speaker.said()[:4])


def test_a_speaker_that_is_gone_is_reported(hall: FakeHall, display: Any, speaker: SpeakerTwin) -> None:
    speaker.broken = True
    hall.publish("board", 9, board(9, "A001"))
    wait_for(lambda: display.device("speaker") not in {"ok", "starting"})


def test_a_finished_ticket_opens_its_pad_and_a_press_rates_it(
    hall: FakeHall, display: Any, pads: RatingPadTwin
) -> None:
    hall.publish("window:2", 5, window(5))
    wait_for(lambda: pads.rating_open(1))
    assert not pads.rating_open(2)
    pads.press(1, 3)
    wait_for(lambda: hall.ratings)
    assert hall.ratings == [{"ticket_id": "t1", "grade": 5, "reasons": [], "channel": "pad"}]


def test_a_second_press_rates_nothing(hall: FakeHall, display: Any, pads: RatingPadTwin) -> None:
    hall.publish("window:2", 5, window(5))
    wait_for(lambda: pads.rating_open(1))
    pads.press(1, 3)
    wait_for(lambda: hall.ratings)
    pads.press(1, 0)
    wait_for(lambda: pads.acknowledged(1) >= 2)
    hall.publish("window:2", 6, window(6, ticket="t2"))
    wait_for(lambda: pads.rating_open(1))
    pads.press(1, 2)
    wait_for(lambda: len(hall.ratings) == 2)
    assert [(rating["ticket_id"], rating["grade"]) for rating in hall.ratings] == [("t1", 5), ("t2", 4)]


@pytest.mark.parametrize("age_s", [None, 61])
def test_a_press_without_an_open_rating_is_no_rating(
    hall: FakeHall, display: Any, pads: RatingPadTwin, age_s: float | None
) -> None:
    if age_s is not None:
        hall.publish("window:2", 5, window(5, age_s=age_s))
        # The tablet may still send its rating of it (409 from here would say that the view has not come yet) ...
        hall.refuse = (409, "too_late", {})
        body = {"tap_id": "tap-00000001", "ticket_id": "t1", "grade": 5}
        wait_for(lambda: display.rate(2, **body).json()["code"] == "too_late")
        hall.refuse = None
    # ... but a key pad does not tell whom it means.
    pads.press(1, 3)
    wait_for(lambda: pads.acknowledged(1) >= 1)
    # Something later that must arrive shows that the press before it brought nothing.
    hall.publish("window:3", 5, window(5, 3, "t9"))
    wait_for(lambda: pads.rating_open(2))
    pads.press(2, 2)
    wait_for(lambda: hall.ratings)
    assert [rating["ticket_id"] for rating in hall.ratings] == ["t9"]
    assert not pads.rating_open(1)


def test_a_rating_survives_a_lost_answer(hall: FakeHall, display: Any, pads: RatingPadTwin) -> None:
    hall.publish("window:2", 5, window(5))
    wait_for(lambda: pads.rating_open(1))
    hall.faults = ["503", "503"]
    pads.press(1, 3)
    wait_for(lambda: hall.ratings)
    assert len({key for key, path, _ in hall.requests if path.endswith("/rating")}) == 1
    assert len(hall.ratings) == 1


def test_a_tablet_rates_with_reasons_and_a_repeated_tap_counts_once(hall: FakeHall, display: Any) -> None:
    hall.publish("window:2", 5, window(5))
    body = {"tap_id": "tap-00000001", "ticket_id": "t1", "grade": 2, "reasons": ["207", "213"]}
    answer = wait_for(lambda: (a := display.rate(2, **body)).status_code == 201 and a)
    assert answer.json()["grade"] == 2
    hall.publish("window:2", 6, window(6, ticket=None))
    assert display.rate(2, **body).status_code == 201
    assert hall.ratings == [{"ticket_id": "t1", "grade": 2, "reasons": ["207", "213"], "channel": "tablet"}]


def test_a_tablet_rates_only_what_its_window_finished(hall: FakeHall, display: Any) -> None:
    hall.publish("window:2", 5, window(5))
    body = {"tap_id": "tap-00000001", "ticket_id": "t1", "grade": 5}
    for number, ticket in ((3, "t1"), (2, "t2")):
        answer = display.rate(number, **{**body, "ticket_id": ticket})
        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_rate")
    assert hall.ratings == []


def test_what_the_hall_refuses_is_passed_on(hall: FakeHall, display: Any) -> None:
    hall.publish("window:2", 5, window(5))
    hall.refuse = (409, "already_rated", {})
    body = {"tap_id": "tap-00000001", "ticket_id": "t1", "grade": 5}
    wait_for(lambda: display.rate(2, **body).json()["code"] == "already_rated")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tap_id": "short"}, "tap_id"),
        ({"ticket_id": ""}, "ticket_id"),
        ({"grade": 6}, "grade"),
        ({"grade": True}, "grade"),
        ({"reasons": ["510"]}, "reasons"),
        ({"reasons": ["207", "207"]}, "reasons"),
        ({"reasons": [207]}, "reasons"),
    ],
)
def test_a_wrong_value_is_named(display: Any, change: dict[str, Any], field: str) -> None:
    answer = display.rate(2, **{"tap_id": "tap-00000001", "ticket_id": "t1", "grade": 2, "reasons": [], **change})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_values")
    assert answer.json()["fields"][0]["field"] == field


def test_reasons_are_the_national_ones(display: Any) -> None:
    reasons = requests.get(f"{display.url}/api/reasons", timeout=5).json()
    assert {grade: len(items) for grade, items in reasons.items()} == {"1": 8, "2": 8, "3": 8, "4": 8, "5": 8}
    assert reasons["5"][0] == {"code": "510", "zh-CN": load_reasons()[5]["510"]}


def test_a_tablet_of_any_window_of_the_hall_may_follow_it(hall: FakeHall, display: Any) -> None:
    hall.views["window:3"] = (4, window(4, 3))
    wait_for(lambda: display.node._facts.known())
    assert display.node._wanted("window:3")
    for stranger in ("window:4", "window:0", "window:03", "window:x", "console:3", "hall"):
        assert not display.node._wanted(stranger)


def test_every_page_has_its_address_and_the_policy(display: Any) -> None:
    for address in ("/", "/wall", "/sign/2", "/tablet/2", "/tablet/3"):
        answer = requests.get(f"{display.url}{address}", timeout=5)
        assert answer.status_code in {200, 503}  # 503: the pages were not built
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_sign_may_learn_what_each_window_serves(hall: FakeHall, display: Any) -> None:
    hall.publish("kiosk", 3, {"seq": 3, "windows": []})
    assert display.node._wanted("kiosk")
    wait_for(lambda: display.node._relay.newest("kiosk"))
