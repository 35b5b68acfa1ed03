"""The console of a window, used as staff use it, against a real server."""

from __future__ import annotations

import pytest
from hands import choose, go_to, on
from playwright.sync_api import Page, Route, expect
from staff_desk import Desks, StaffHall
from waiting import wait_for

pytestmark = pytest.mark.browser


def in_hand(page: Page, label: str, action: str) -> None:
    """Wait until the console shows this ticket and lets `action` be done."""
    expect(on(page, "ticket-label")).to_have_text(label)
    expect(on(page, f"action-{action}")).to_be_enabled()


def serve(page: Page, label: str) -> None:
    """Call the next one, who must be `label`, and begin."""
    page.keyboard.press(" ")
    in_hand(page, label, "start")
    page.keyboard.press("s")
    in_hand(page, label, "finish")


def test_a_morning_by_keys_alone(hall: StaffHall, desks: Desks) -> None:
    """Twelve tickets and everything that happens to tickets; the journal is exactly the script."""
    citizen = {"name": "张三丰", "id_number": "330324199001011239"}
    tickets = [hall.ticket("hukou", citizen=citizen), *(hall.ticket("hukou") for _ in range(7))] + [
        hall.ticket("social") for _ in range(4)
    ]
    assert [ticket["label"] for ticket in tickets] == [
        *(f"A00{n}" for n in range(1, 9)),
        *(f"B00{n}" for n in range(1, 5)),
    ]
    ids = {ticket["label"]: ticket["ticket_id"] for ticket in tickets}
    before = hall.seq
    page = desks.open("zhang", "/console/1")
    reception = desks.open("desk", "/reception")
    choose(page, "action-open")
    expect(on(page, "action-next")).to_be_enabled()

    serve(page, "A001")
    expect(on(page, "why")).not_to_be_empty()
    expect(on(page, "citizen")).to_have_text("张* 330***********1239")
    page.keyboard.press("f")
    expect(on(page, "action-next")).to_be_enabled()
    hall.manager.post(f"/tickets/{ids['A001']}/rating", {"grade": 5}).raise_for_status()

    page.keyboard.press(" ")
    in_hand(page, "A002", "recall")
    page.keyboard.press("n")  # too early: the page says why instead of doing it
    expect(on(page, "note-no_show")).to_contain_text("2")
    page.keyboard.press("r")
    in_hand(page, "A002", "no_show")
    page.keyboard.press("n")
    expect(on(page, "action-next")).to_be_enabled()

    go_to(reception, "find")
    reception.keyboard.type("a002")
    expect(on(reception, "found-A002")).to_be_visible()
    reception.keyboard.press("Enter")
    choose(reception, "requeue")
    expect(on(reception, "ticket-state")).to_have_text("等候中")

    serve(page, "A003")
    page.keyboard.press("p")
    expect(on(page, "parked-A003")).to_be_visible()

    page.keyboard.press(" ")
    in_hand(page, "A004", "transfer")
    page.keyboard.press("t")
    choose(page, "transfer-window")
    choose(page, "to-window-2")
    choose(page, "transfer-ok")
    expect(on(page, "action-next")).to_be_enabled()

    choose(page, "call-B002")
    expect(on(page, "call-ok")).to_be_disabled()  # this hall wants a reason
    choose(page, "reason-mobility")
    choose(page, "call-ok")
    in_hand(page, "B002", "start")
    page.keyboard.press("s")
    in_hand(page, "B002", "finish")
    page.keyboard.press("f")
    expect(on(page, "action-next")).to_be_enabled()

    choose(page, "take-up-A003")
    in_hand(page, "A003", "start")
    page.keyboard.press("s")
    in_hand(page, "A003", "finish")
    page.keyboard.press("f")
    expect(on(page, "action-pause")).to_be_enabled()

    choose(page, "action-pause")
    choose(page, "pause-lunch")
    choose(page, "back-15")
    choose(page, "pause-ok")
    expect(on(page, "window-state")).to_contain_text("午休")
    page.keyboard.press(" ")
    expect(on(page, "note-next")).to_be_visible()
    choose(page, "action-resume")
    expect(on(page, "action-next")).to_be_enabled()

    rest = ["A005", "A002", "A006", "A007", "A008", "B001", "B003", "B004"]
    for label in rest:
        serve(page, label)  # the next one finishes the one before
    page.keyboard.press("f")
    expect(on(page, "action-next")).to_be_enabled()
    page.keyboard.press(" ")
    expect(on(page, "note-next")).to_have_text("现在没有人等候")
    choose(page, "action-close")
    expect(on(page, "window-state")).to_have_text("未开放")

    labels = {ticket_id: label for label, ticket_id in ids.items()}
    happened = [
        (event["kind"], labels.get(event["data"].get("ticket_id", ""), event["data"].get("reason") or ""))
        for event in hall.journal(before)
    ]
    served = [(kind, label) for label in rest for kind in ("TicketCalled", "ServingStarted", "ServingFinished")]
    assert happened == [
        ("WindowOpened", ""),
        ("TicketCalled", "A001"), ("ServingStarted", "A001"), ("ServingFinished", "A001"), ("Rated", "A001"),
        ("TicketCalled", "A002"), ("TicketRecalled", "A002"), ("TicketMarkedNoShow", "A002"),
        ("TicketRequeued", "A002"),
        ("TicketCalled", "A003"), ("ServingStarted", "A003"), ("TicketParked", "A003"),
        ("TicketCalled", "A004"), ("TicketTransferred", "A004"),
        ("TicketCalled", "B002"), ("ServingStarted", "B002"), ("ServingFinished", "B002"),
        ("TicketCalled", "A003"), ("ServingStarted", "A003"), ("ServingFinished", "A003"),
        ("WindowPaused", "lunch"), ("WindowResumed", ""),
        *served,
        ("WindowClosed", ""),
    ]  # fmt: skip
    called = next(
        event for event in hall.journal(before) if event["data"].get("reason") and event["kind"] == "TicketCalled"
    )
    assert called["data"]["reason"] == "行动不便"


def test_two_consoles_of_one_window_know_of_each_other(hall: StaffHall, desks: Desks) -> None:
    hall.manager.post("/windows/1/open", {})
    first = desks.open("zhang", "/console/1")
    expect(on(first, "second-console")).to_have_count(0)
    second = desks.open("boss", "/console/1")
    expect(on(first, "second-console")).to_be_visible()
    expect(on(second, "second-console")).to_be_visible()
    hall.ticket()
    hall.ticket()
    for page in (first, second):
        expect(on(page, "waiting-total")).to_have_text("2")
    before = hall.seq
    both = "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: ' ', bubbles: true}))"
    first.evaluate(both)
    second.evaluate(both)
    for page in (first, second):
        in_hand(page, "A001", "recall")
    assert [event["kind"] for event in hall.journal(before)] == ["TicketCalled"]
    second.close()
    expect(on(first, "second-console")).to_have_count(0)


def lose_first_answer(page: Page, path: str) -> list[str]:
    """The server does what is asked, but its first answer never arrives; returns the keys of all tries as they come."""
    keys: list[str] = []

    def handle(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(path, handle)
    return keys


def test_a_lost_answer_does_nothing_twice(hall: StaffHall, desks: Desks) -> None:
    hall.ticket()
    hall.manager.post("/windows/1/open", {})
    hall.manager.post("/windows/1/next")
    console = desks.open("zhang", "/console/1")
    reception = desks.open("desk", "/reception")
    recalls = lose_first_answer(console, "**/recall")
    tickets = lose_first_answer(reception, "**/tickets")
    before = hall.seq
    console.keyboard.press("r")
    on(reception, "service-social").click()
    on(reception, "issue").click()
    expect(on(reception, "ticket-label")).to_have_text("B001")
    expect(on(console, "calls")).to_have_text("2 次")
    for keys in (recalls, tickets):
        wait_for(lambda keys=keys: len(keys) == 2, what="the second try")
        assert keys[0] == keys[1]
    expect(on(console, "action-recall")).not_to_have_attribute("aria-busy", "true")
    assert sorted(event["kind"] for event in hall.journal(before)) == ["TicketIssued", "TicketRecalled"]


COUNT_TONES = """(() => {
  window.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
})()"""


def test_somebody_who_comes_to_an_empty_window_is_heard_and_seen(hall: StaffHall, desks: Desks) -> None:
    hall.manager.post("/windows/1/open", {})
    loud = desks.open("zhang", "/console/1", script=COUNT_TONES)
    mute = desks.open("zhang", "/console/1", script=COUNT_TONES)
    still = desks.open("zhang", "/console/1", script=COUNT_TONES, reduced_motion="reduce")
    choose(mute, "mute")
    for page in (loud, still):
        page.mouse.click(5, 400)  # browsers let a page sound once somebody has touched it
    hall.ticket()
    for page in (loud, mute):
        expect(page).to_have_title("● 有 1 人等候")
    expect(on(still, "waiting-total")).to_have_text("1")
    assert loud.evaluate("window.tones") == 2
    assert (mute.evaluate("window.tones"), still.evaluate("window.tones")) == (0, 0)
    expect(still).to_have_title("(1)  1 号窗口")
    hall.ticket()
    expect(on(loud, "waiting-total")).to_have_text("2")
    assert loud.evaluate("window.tones") == 2  # only the first one is news
    loud.keyboard.press("Shift")
    expect(loud).to_have_title("(2)  1 号窗口")
