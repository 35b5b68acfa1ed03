"""Bare machines become nodes with real processes: code, place, new file, spare, and no server."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from fake_hall import wait_for
from hall_process import Client, HallProcess, free_port, script

PATIENCE_S = 40


class MachineProcess:
    """`kiosk-node run --server URL --data FOLDER` on a port of its own."""

    def __init__(self, folder: Path, name: str, server: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.data = folder / name
        self.command = [script("kiosk-node"), "run", "--server", server, "--data", str(self.data)]
        self.environment = {**os.environ, "HALL_NODE_PORT": str(port)}
        self.log_file = folder / f"{name}.log"
        self.start()

    def start(self) -> None:
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)

    def get(self, path: str) -> str:
        try:
            return requests.get(f"{self.url}{path}", timeout=5).text
        except requests.RequestException:
            assert self.process.poll() is None, self.log_file.read_text("utf-8")
            return ""

    def code(self) -> str:
        """What stands large on its screen; empty while there is none."""
        found = re.search(r'class="code"[^>]*>(\d{3}) (\d{3})<', self.get("/"))
        return found[1] + found[2] if found else ""

    def is_kiosk(self) -> bool:
        return '"connected":true' in self.get("/healthz").replace(" ", "")

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(10)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str, str], MachineProcess]]:
    machines: list[MachineProcess] = []

    def make(name: str, server: str) -> MachineProcess:
        machines.append(MachineProcess(tmp_path, name, server))
        return machines[-1]

    yield make
    for machine in machines:
        if machine.process.poll() is None:
            machine.process.kill()
        machine.process.wait()


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallProcess]:
    process = HallProcess(tmp_path)
    process.start()
    yield process
    process.close()


def _accept(maintainer: Client, machine: MachineProcess, node: str) -> None:
    wait_for(lambda: machine.code() != "", PATIENCE_S)
    maintainer.post("/enrolments/accept", {"code": machine.code(), "node": node}).raise_for_status()
    wait_for(machine.is_kiosk, PATIENCE_S)


def test_a_machine_gets_its_place_and_a_spare_replaces_it(
    hall: HallProcess, start: Callable[[str, str], MachineProcess]
) -> None:
    maintainer = hall.client("maintainer")
    first = start("first", hall.url)
    _accept(maintainer, first, "kiosk-1")
    assert oct((first.data / "place.json").stat().st_mode & 0o777) == "0o600"

    # A change on the server's page reaches it, and what it cannot run never gets that far.
    place = maintainer.get("/nodes/kiosk-1/file").json()
    text = place["file"] + "\n[privacy]\npriority_age = 70\n"
    maintainer.post("/nodes/kiosk-1/file", {"file": text, "version": place["version"]}).raise_for_status()
    wait_for(lambda: "priority_age = 70" in (first.data / "place.json").read_text("utf-8"), PATIENCE_S)
    wait_for(first.is_kiosk, PATIENCE_S)

    spare = start("spare", hall.url)
    _accept(maintainer, spare, "kiosk-1")
    assert "priority_age = 70" in (spare.data / "place.json").read_text("utf-8")
    wait_for(lambda: first.code() != "", PATIENCE_S)  # the broken one, switched on again, is no kiosk any more
    assert not first.is_kiosk()
    assert (first.stop(), spare.stop()) == (0, 0)


def test_a_node_starts_without_the_server_that_gave_it_its_place(
    hall: HallProcess, start: Callable[[str, str], MachineProcess]
) -> None:
    maintainer = hall.client("maintainer")
    machine = start("first", hall.url)
    _accept(maintainer, machine, "kiosk-1")
    assert machine.stop() == 0
    hall.kill()
    machine.start()
    wait_for(lambda: '"server"' in machine.get("/healthz"), PATIENCE_S)
    assert machine.code() == ""
    hall.start()
    wait_for(machine.is_kiosk, PATIENCE_S)


def test_without_a_server_the_screen_says_so(start: Callable[[str, str], MachineProcess]) -> None:
    machine = start("lonely", f"http://127.0.0.1:{free_port()}")
    wait_for(lambda: "连接不上大厅服务器" in machine.get("/"), PATIENCE_S)
    assert machine.code() == ""
    assert machine.stop() == 0


@pytest.mark.parametrize("arguments", [[], ["--server", "http://127.0.0.1:1"], ["--config", "x.toml", "--data", "y"]])
def test_one_way_or_the_other(arguments: list[str]) -> None:
    done = subprocess.run([script("kiosk-node"), "run", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--config FILE, or --server URL and --data FOLDER" in done.stderr
