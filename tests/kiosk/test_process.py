"""The command kiosk-node against the real hall server: tap, paper, an end on request, and clear mistakes."""

from __future__ import annotations

import json
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from fake_hall import wait_for
from node_process import NodeProcess

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))

from hall_process import HallProcess, free_port

from drivers.simulated.printer import PrinterTwin

CONFIG = """
[node]
id = "kiosk-1"
server = "{server}"
token_file = "kiosk-1.token"
data = "data-kiosk-1"

[page]
port = {port}

[devices.printer]
driver = "escpos"
address = "simulated://printer"
"""


@pytest.fixture
def run_kiosk(tmp_path: Path) -> Iterator[Callable[..., NodeProcess]]:
    started: list[NodeProcess] = []

    def run(server: str, token: str | None = "token", port: int | None = None) -> NodeProcess:
        port = port or free_port()
        if token is not None:
            (tmp_path / "kiosk-1.token").write_text(f"{token}\n")
        config = tmp_path / "kiosk.toml"
        config.write_text(CONFIG.format(server=server, port=port))
        started.append(NodeProcess("kiosk-node", config, port))
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
    kiosk = run_kiosk("http://127.0.0.1:1", token=None)
    assert kiosk.process.wait(20) == 2
    assert len(kiosk.log().splitlines()) == 1
    assert "queue-server token create --role node" in kiosk.log()


def test_a_wrong_setting_is_a_mistake_in_one_line(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text(CONFIG.format(server="http://127.0.0.1:1", port=0))
    process = NodeProcess("kiosk-node", config)
    assert process.process.wait(20) == 2
    assert len(process.log().splitlines()) == 1
    assert "page.port = 0" in process.log()


def test_a_taken_port_is_said(devices_dir: Path, run_kiosk: Callable[..., NodeProcess]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        kiosk = run_kiosk("http://127.0.0.1:1", port=other.getsockname()[1])
        assert kiosk.process.wait(20) == 1
    assert "cannot listen on 127.0.0.1" in kiosk.log()
    assert len(kiosk.log().splitlines()) == 1
