"""A full disk and a read-only folder: changes get a clear 503, reading goes on, nothing is lost."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 12 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if done.returncode:
        pytest.skip(f"this sandbox mounts nothing: {done.stderr.decode().strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(folder: Path) -> Path:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            return filler


@needs_root
def test_a_full_disk(new_hall: Any, small_disk: Path) -> None:
    hall = new_hall(folder=small_disk / "hall")
    hall.start()
    node = hall.client("node")
    first = node.post("/tickets", {"service": "hukou"}).json()
    filler = _fill(small_disk)
    refused = None
    for n in range(2000):  # what SQLite's log already has room for may still be written
        answer = node.post("/tickets", {"service": "hukou"}, key=f"full-{n}")
        if answer.status_code != 201:
            refused = answer
            break
    assert refused is not None
    assert (refused.status_code, refused.json()["code"]) == (503, "not_durable")
    assert node.get(f"/tickets/{first['ticket_id']}").status_code == 200
    assert node.get("/board").status_code == 200
    waiting = sum(line["waiting"] for line in node.get("/board").json()["waiting"])
    filler.unlink()
    again = node.post("/tickets", {"service": "hukou"}, key=f"full-{n}")
    assert again.status_code == 201
    assert int(again.json()["label"][1:]) == waiting + 1
    hall.kill()
    hall.start()
    assert node.get(f"/tickets/{again.json()['ticket_id']}").json()["label"] == again.json()["label"]


@needs_root
def test_a_folder_that_turns_read_only(new_hall: Any, small_disk: Path) -> None:
    hall = new_hall(folder=small_disk / "hall")
    hall.start()
    node = hall.client("node")
    first = node.post("/tickets", {"service": "hukou"}).json()
    hall.kill()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    try:
        hall.start(until="/healthz")
        assert requests.get(f"{hall.url}/readyz", timeout=10).status_code == 503
        refused = node.post("/tickets", {"service": "hukou"}, key="k")
        assert (refused.status_code, refused.json()["code"]) == (503, "not_durable")
        assert node.get(f"/tickets/{first['ticket_id']}").json()["label"] == first["label"]
    finally:
        hall.kill()
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    hall.start()
    assert node.post("/tickets", {"service": "hukou"}, key="k").status_code == 201
