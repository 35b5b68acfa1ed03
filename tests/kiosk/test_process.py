"""The command kiosk-node against the real hall server: tap, paper, an end on request, and clear mistakes."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hall_process import HallProcess, free_port
from node_process import NodeProcess, start_node
from waiting import wait_for

from drivers.simulated.printer import PrinterTwin


@pytest.fixture
def run_kiosk(tmp_path: Path) -> Iterator[Callable[..., NodeProcess]]:
    started: list[NodeProcess] = []

    def run(server: str, *token: str | None, **options: Any) -> NodeProcess:
        started.append(start_node("kiosk", tmp_path, server, *token, **options))
        return started[-1]

    yield run
    for process in started:
        process.close()


def test_a_tap_becomes_a_ticket_of_the_real_server_on_paper(
    tmp_path: Path, printer: PrinterTwin, run_kiosk: Callable[..., NodeProcess]
) -> None:
    hall = HallProcess(tmp_path / "hall")
    try:
        hall.start()
        kiosk = run_kiosk(hall.url, hall.token("node"))
        kiosk.wait_until_connected()
        body = {"tap_id": "tap-00000001", "service": "hukou", "language": "zh-CN", "phone": "13800138000"}
        answers = [requests.post(f"{kiosk.url}/api/tickets", json=body, timeout=30) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
        assert answers[0].json() == answers[1].json()
        taken = answers[0].json()
        assert taken["print"] == {"outcome": "printed", "code": "ok"}
        slips = [slip.text for slip in printer.slips() if slip.complete]
        assert len(slips) == 1
        assert taken["ticket"]["label"] in slips[0]
        assert "户籍 Household registration" in slips[0]

        again = {**body, "tap_id": "tap-00000002"}
        refused = requests.post(f"{kiosk.url}/api/tickets", json=again, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (409, "already_waiting")
        ticket_id = refused.json()["facts"]["ticket_id"]
        assert ticket_id == taken["ticket"]["ticket_id"]
        reprint = requests.post(
            f"{kiosk.url}/api/tickets/{ticket_id}/reprint", json={"tap_id": "tap-00000003"}, timeout=30
        )
        assert reprint.json() == {"print": {"outcome": "printed", "code": "ok"}}
        assert "补打" in printer.slips()[0].text

        hall.kill()
        wait_for(lambda: not kiosk.health()["server"]["connected"], 20)
        hall.start()
        kiosk.wait_until_connected()
        assert requests.post(f"{kiosk.url}/api/tickets", json=body, timeout=30).json() == taken

        assert kiosk.stop() == 0
        log = kiosk.log()
        lines: list[Any] = [json.loads(line) for line in log.splitlines()]
        assert lines[-1]["event"] == "stopped"
        assert lines[-1]["clean"] is True
        assert "13800138000" not in log
    finally:
        hall.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_on_request_without_server_and_printer(
    devices_dir: Path, run_kiosk: Callable[..., NodeProcess], number: int
) -> None:
    kiosk = run_kiosk(f"http://127.0.0.1:{free_port()}")
    wait_for(kiosk.health, 20)
    assert kiosk.health()["server"]["connected"] is False
    assert kiosk.stop(number) == 0


def test_a_missing_token_is_a_mistake_in_one_line(run_kiosk: Callable[..., NodeProcess]) -> None:
    kiosk = run_kiosk("http://127.0.0.1:1", None)
    assert kiosk.process.wait(20) == 2
    assert len(kiosk.log().splitlines()) == 1
    assert "queue-server token create --role node" in kiosk.log()


def test_a_wrong_setting_is_a_mistake_in_one_line(run_kiosk: Callable[..., NodeProcess]) -> None:
    kiosk = run_kiosk("http://127.0.0.1:1", port=-1)
    assert kiosk.process.wait(20) == 2
    assert len(kiosk.log().splitlines()) == 1
    assert "page.port = -1" in kiosk.log()


def test_a_taken_port_is_said(devices_dir: Path, run_kiosk: Callable[..., NodeProcess]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        kiosk = run_kiosk("http://127.0.0.1:1", port=other.getsockname()[1])
        assert kiosk.process.wait(20) == 1
    assert "cannot listen on 127.0.0.1" in kiosk.log()
    assert len(kiosk.log().splitlines()) == 1
