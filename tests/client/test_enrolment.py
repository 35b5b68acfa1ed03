"""Bare machines become nodes with real processes: code, place, new file, spare, and no server."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hall_process import Client, HallProcess, free_port, script
from node_process import NodeProcess
from waiting import wait_for

PATIENCE_S = 40


class MachineProcess(NodeProcess):
    """A kiosk's machine that knows its server and nothing else."""

    def __init__(self, folder: Path, name: str, server: str) -> None:
        self.data, port = folder / name, free_port()
        arguments = ("--server", server, "--data", str(self.data))
        super().__init__("kiosk", *arguments, port=port, log_file=folder / f"{name}.log", HALL_NODE_PORT=str(port))

    def screen(self) -> str:
        answer = self.get("/")
        return answer.text if answer is not None else ""

    def code(self) -> str:
        """What stands large on its screen; empty while there is none."""
        found = re.search(r'class="code"[^>]*>(\d{3}) (\d{3})<', self.screen())
        return found[1] + found[2] if found else ""

    def is_kiosk(self) -> bool:
        health = self.health()
        return health is not None and "devices" in health and health["server"]["connected"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str, str], MachineProcess]]:
    machines: list[MachineProcess] = []

    def make(name: str, server: str) -> MachineProcess:
        machines.append(MachineProcess(tmp_path, name, server))
        return machines[-1]

    yield make
    for machine in machines:
        machine.close()


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
    spare = start("spare", hall.url)  # it shows its code while the first one goes on
    assert oct((first.data / "place.json").stat().st_mode & 0o777) == "0o600"

    # A change on the server's page reaches it, and what it cannot run never gets that far.
    place = maintainer.get("/nodes/kiosk-1/file").json()
    text = place["file"] + "\n[privacy]\npriority_age = 70\n"
    maintainer.post("/nodes/kiosk-1/file", {"file": text, "version": place["version"]}).raise_for_status()
    wait_for(lambda: "priority_age = 70" in (first.data / "place.json").read_text("utf-8"), PATIENCE_S)
    wait_for(first.is_kiosk, PATIENCE_S)

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
    wait_for(machine.health, PATIENCE_S)
    assert machine.code() == ""
    hall.start()
    wait_for(machine.is_kiosk, PATIENCE_S)


def test_without_a_server_the_screen_says_so(start: Callable[[str, str], MachineProcess]) -> None:
    machine = start("lonely", f"http://127.0.0.1:{free_port()}")
    wait_for(lambda: "连接不上大厅服务器" in machine.screen(), PATIENCE_S)
    assert machine.code() == ""
    assert machine.stop() == 0


@pytest.mark.parametrize("arguments", [[], ["--server", "http://127.0.0.1:1"], ["--config", "x.toml", "--data", "y"]])
def test_one_way_or_the_other(arguments: list[str]) -> None:
    done = subprocess.run([script("kiosk-node"), "run", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--config FILE, or --server URL and --data FOLDER" in done.stderr
