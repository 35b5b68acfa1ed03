"""One tap is one ticket and one paper, whatever is repeated, lost or restarted in between."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
from fake_hall import FakeHall
from waiting import wait_for

from drivers.simulated.printer import PrinterTwin


def slips(printer: PrinterTwin) -> list[str]:
    return [slip.text for slip in printer.slips() if slip.complete]


def test_a_tap_gives_a_ticket_and_its_paper(hall: FakeHall, kiosk: Any, printer: PrinterTwin) -> None:
    answer = kiosk.take("tap-00000001", language="zh-CN")
    assert answer.status_code == 201
    assert answer.json()["ticket"]["label"] == "A001"
    assert answer.json()["print"] == {"outcome": "printed", "code": "ok"}
    assert len(slips(printer)) == 1
    assert "A001" in slips(printer)[0]
    assert "社保 Social insurance" in slips(printer)[0]
    assert hall.requests == [("tap-00000001", "/api/v1/tickets", {"service": "shebao", "channel": "kiosk"})]


def test_the_same_tap_again_gives_the_same_ticket_and_no_second_paper(
    hall: FakeHall, kiosk: Any, printer: PrinterTwin
) -> None:
    first, second = kiosk.take("tap-00000002"), kiosk.take("tap-00000002")
    assert first.json() == second.json()
    assert len(hall.tickets) == len(slips(printer)) == 1


def test_a_tap_that_comes_again_while_the_first_still_runs_waits_for_it(
    hall: FakeHall, kiosk: Any, printer: PrinterTwin
) -> None:
    hall.faults = ["late"]  # holds the first request at the server
    answers: list[requests.Response] = []
    threads = [threading.Thread(target=lambda: answers.append(kiosk.take("tap-00000003"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(hall.requests) == 1)
    hall.release.set()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.text for answer in answers}) == 1
    assert len(hall.tickets) == len(slips(printer)) == 1


def test_a_time_out_is_repeated_until_the_ticket_is_known(
    hall: FakeHall, open_kiosk: Callable[..., Any], printer: PrinterTwin
) -> None:
    kiosk = open_kiosk(deadline_s=20.0)
    hall.faults = ["late"]
    answer = kiosk.take("tap-00000004")
    assert answer.json()["ticket"]["label"] == "A001"
    assert hall.keys() == ["tap-00000004"] * 2
    assert len(hall.tickets) == len(slips(printer)) == 1


def test_a_tap_stands_for_one_wish(kiosk: Any) -> None:
    kiosk.take("tap-00000005")
    answer = kiosk.take("tap-00000005", service="hukou")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_after_a_restart_a_printed_tap_is_not_printed_again(
    hall: FakeHall, kiosk: Any, open_kiosk: Callable[..., Any], printer: PrinterTwin
) -> None:
    first = kiosk.take("tap-00000006")
    kiosk.close()
    second = open_kiosk().take("tap-00000006")
    assert second.json() == first.json()
    assert len(hall.tickets) == len(slips(printer)) == 1


def test_after_a_restart_between_ticket_and_paper_the_tap_gets_its_ticket_and_paper(
    hall: FakeHall, kiosk: Any, printer: PrinterTwin
) -> None:
    # The first node was killed after the server had issued and before anything was written here.
    hall.by_key.clear()
    requests.post(
        f"{hall.url}/api/v1/tickets",
        json={"service": "shebao", "channel": "kiosk"},
        headers={"Idempotency-Key": "tap-00000007"},
        timeout=5,
    )
    answer = kiosk.take("tap-00000007")
    assert answer.json()["ticket"]["label"] == "A001"
    assert answer.json()["print"]["outcome"] == "printed"
    assert len(hall.tickets) == len(slips(printer)) == 1


def test_after_a_restart_while_printing_nobody_guesses(
    hall: FakeHall, kiosk: Any, open_kiosk: Callable[..., Any], printer: PrinterTwin, settings: Any
) -> None:
    kiosk.take("tap-00000008")
    kiosk.close()
    with sqlite3.connect(settings.node.data / "taps.db") as db:
        db.execute("UPDATE tap SET outcome = NULL, code = NULL")
    db.close()
    answer = open_kiosk().take("tap-00000008")
    assert answer.json()["print"] == {"outcome": "unconfirmed", "code": "node_restarted"}
    assert len(slips(printer)) == 1


def test_a_store_that_is_no_database_is_put_aside(
    hall: FakeHall, open_kiosk: Callable[..., Any], printer: PrinterTwin, settings: Any
) -> None:
    settings.node.data.mkdir()
    (settings.node.data / "taps.db").write_bytes(b"not a database" * 100)
    kiosk = open_kiosk()
    assert kiosk.take().json()["print"]["outcome"] == "printed"
    assert (settings.node.data / "taps.db.broken").exists()


def test_a_data_folder_that_cannot_be_written_does_not_keep_a_citizen_waiting(
    hall: FakeHall, open_kiosk: Callable[..., Any], printer: PrinterTwin, settings: Any
) -> None:
    settings.node.data.parent.mkdir(exist_ok=True)
    settings.node.data.write_text("a file where the folder should be")
    kiosk = open_kiosk()
    first, second = kiosk.take("tap-00000009"), kiosk.take("tap-00000009")
    assert first.json()["print"]["outcome"] == "printed"
    assert first.json() == second.json()
    assert len(slips(printer)) == 1


def test_no_paper_is_said_and_the_ticket_is_kept(hall: FakeHall, kiosk: Any, printer: PrinterTwin) -> None:
    printer.set_paper(False)
    answer = kiosk.take()
    assert answer.status_code == 201
    assert answer.json()["print"] == {"outcome": "not_printed", "code": "paper_out"}
    assert kiosk.device("printer") == "paper_out"
    printer.set_paper(True)
    ticket_id = answer.json()["ticket"]["ticket_id"]
    again = kiosk.post(f"/api/tickets/{ticket_id}/reprint", {"tap_id": "tap-00000010"})
    assert again.json() == {"print": {"outcome": "printed", "code": "ok"}}
    assert "补打" in slips(printer)[0]


def test_a_reprint_tapped_twice_is_one_paper(kiosk: Any, printer: PrinterTwin) -> None:
    ticket_id = kiosk.take().json()["ticket"]["ticket_id"]
    for _ in range(2):
        assert kiosk.post(f"/api/tickets/{ticket_id}/reprint", {"tap_id": "tap-00000011"}).status_code == 200
    assert len(slips(printer)) == 2


def test_only_tickets_issued_or_named_here_are_printed_again(hall: FakeHall, kiosk: Any, printer: PrinterTwin) -> None:
    mine = kiosk.take().json()["ticket"]["ticket_id"]
    other = {**hall.tickets[mine], "ticket_id": "elsewhere", "label": "A099"}
    hall.tickets["elsewhere"] = other
    answer = kiosk.post("/api/tickets/elsewhere/reprint", {"tap_id": "tap-00000012"})
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_ticket")
    hall.refuse = (409, "already_waiting", {"ticket_id": "elsewhere", "label": "A099"})
    refused = kiosk.take()
    assert (refused.status_code, refused.json()["code"]) == (409, "already_waiting")
    assert refused.json()["facts"] == {"ticket_id": "elsewhere", "label": "A099"}
    hall.refuse = None
    assert kiosk.post("/api/tickets/elsewhere/reprint", {"tap_id": "tap-00000013"}).status_code == 200
    hall.tickets["elsewhere"] = {**other, "state": "finished"}
    over = kiosk.post("/api/tickets/elsewhere/reprint", {"tap_id": "tap-00000014"})
    assert (over.status_code, over.json()["code"]) == (409, "ticket_over")


def test_who_took_a_number_elsewhere_gets_paper_only_with_a_place_in_line(
    hall: FakeHall, kiosk: Any, printer: PrinterTwin
) -> None:
    assert kiosk.take("tap-00000016").status_code == 201
    hall.tickets["elsewhere"] = {
        **next(iter(hall.tickets.values())),
        "ticket_id": "elsewhere",
        "label": "A099",
        "here": False,
    }
    hall.refuse = (409, "already_waiting", {"ticket_id": "elsewhere", "label": "A099"})
    kiosk.take("tap-00000017")
    hall.refuse = None
    assert kiosk.post("/api/tickets/elsewhere/reprint", {"tap_id": "tap-00000018"}).status_code == 200
    assert [path for _, path, _ in hall.requests][-1] == "/api/v1/tickets/elsewhere/arrive"
    assert hall.tickets["elsewhere"]["here"] is True
    assert "A099" in slips(printer)[0]


def test_a_server_that_is_away_is_said_and_the_same_tap_may_try_again(
    hall: FakeHall, open_kiosk: Callable[..., Any], printer: PrinterTwin
) -> None:
    kiosk = open_kiosk(deadline_s=0.5)
    hall.stop()
    answer = kiosk.take("tap-00000015")
    assert (answer.status_code, answer.json()["code"]) == (503, "server_unreachable")
    wait_for(lambda: not kiosk.view()["server"]["connected"])
    hall.start()
    wait_for(lambda: kiosk.view()["server"]["connected"])
    assert kiosk.take("tap-00000015").json()["print"]["outcome"] == "printed"


def test_a_printer_that_comes_later_prints(
    hall: FakeHall, open_kiosk: Callable[..., Any], devices_dir: Path, request: Any
) -> None:
    kiosk = open_kiosk()
    answer = kiosk.take()
    assert answer.json()["print"]["outcome"] == "not_printed"
    printer = request.getfixturevalue("printer")
    wait_for(lambda: kiosk.device("printer") == "ok")
    assert kiosk.take().json()["print"]["outcome"] == "printed"
    assert len(slips(printer)) == 1
