"""The servers that are measured, each a process of its own with its own folder, and the generator that loads them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil
from hall_process import HallProcess, free_port

HERE = Path(__file__).parent
HALL = "bench"
SERVICES = [f"service-{n}" for n in range(1, 9)]
WINDOWS = list(range(1, 17))
START_S = 30.0
SETTLE_S, LOOK_S, IDLE_SHARE = 60.0, 0.5, 0.04  # of a core


def hall_toml(extra: str = "") -> str:
    """A hall of 8 services and 16 windows, always open; every window serves half of the services. extra: of [hall]."""
    text = f'[hall]\nid = "{HALL}"\nname = "Bench"\ntimezone = "Asia/Shanghai"\nlanguages = ["zh-CN", "en"]\n{extra}\n'
    for n, service in enumerate(SERVICES):
        text += f'[[services]]\nid = "{service}"\nname = {{ zh-CN = "业务{n}", en = "Service {n}" }}\n'
        text += f'prefix = "{"ABCDEFGH"[n]}"\n'
    for number in WINDOWS:
        served = json.dumps(SERVICES[number % 2 :: 2])
        text += f'[[windows]]\nid = {number}\nname = "{number}号窗口"\nservices = {served}\n'
    return text


class Hall(HallProcess):
    """`queue-server serve` on the bench's hall, with the tokens that the load needs."""

    def __init__(self, folder: Path, extra: str = "", **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "hall.toml"
        config.write_text(hall_toml(extra), encoding="utf-8")
        super().__init__(folder, config, **options)
        self._tokens: dict[str, str] = {}

    def token_of(self, role: str) -> str:
        if role not in self._tokens:
            self._tokens[role] = self.token(role)
        return self._tokens[role]

    def open_windows(self) -> None:
        staff = self.client("manager")
        for number in WINDOWS:
            answer = staff.post(f"/windows/{number}/open", {})
            if answer.status_code != 200:
                raise RuntimeError(f"window {number} did not open: {answer.text}")


class Bare:
    """The yardstick: tests/bench/bare.py."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._log = (folder / "bare.log").open("wb")
        command = [sys.executable, str(HERE / "bare.py"), "--port", str(self.port), "--data", str(folder)]
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log, start_new_session=True)
        deadline = time.monotonic() + START_S
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the bare server did not start: " + (folder / "bare.log").read_text()[-2000:])
            time.sleep(0.02)

    def _ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def token_of(self, role: str) -> str:
        return f"a-{role}-token-as-long-as-one-of-ours-is"

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self._log.close()


def load(server: Hall | Bare, role: str, seconds: float, *streams: dict[str, Any]) -> dict[str, Any]:
    """Run the generator once; raises RuntimeError when an answer was not a success."""
    process = start_load(server, role, seconds, *streams)
    return finish_load(process)


def start_load(server: Hall | Bare, role: str, seconds: float, *streams: dict[str, Any]) -> subprocess.Popen[str]:
    plan = {
        "port": server.port,
        "token": server.token_of(role),
        "warm_up_s": min(0.3, seconds / 4),
        "seconds": seconds,
        "streams": streams,
    }
    process = subprocess.Popen(
        [sys.executable, str(HERE / "load.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(plan))
    process.stdin.close()
    return process


def finish_load(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    answer = process.stdout.read()
    if process.wait(60):
        raise RuntimeError("the load generator failed; see its message above")
    result: dict[str, Any] = json.loads(answer)
    for name, stream in result["streams"].items():
        wrong = {status: n for status, n in stream["answers"].items() if status not in ("200", "201")}
        if wrong or not stream["answers"]:
            raise RuntimeError(f"the stream {name!r} was answered {wrong or 'nothing'} besides successes")
    return result


def issue(clients: int, rate_per_s: float | None = None, *, random_keys: bool = False) -> dict[str, Any]:
    """random_keys: not ours, which begin with the time."""
    stream = {"name": "issue", "kind": "issue", "clients": clients, "services": SERVICES, "rate_per_s": rate_per_s}
    return {**stream, "random_keys": random_keys}


def call(clients: int, rate_per_s: float | None = None) -> dict[str, Any]:
    """Windows 1 to `clients` at work; `rate_per_s` counts requests, of which every second one is a call."""
    return {"name": "next", "kind": "next", "clients": clients, "windows": WINDOWS, "rate_per_s": rate_per_s}


def read(path: str, rate_per_s: float) -> dict[str, Any]:
    return {"name": "read", "kind": "read", "clients": 1, "path": path, "rate_per_s": rate_per_s}


def cpu_s(server: Hall | Bare) -> float:
    """CPU seconds that the server's worker has used."""
    if server.process is None:
        raise RuntimeError("the server does not run")
    return sum(sum(worker.cpu_times()[:2]) for worker in psutil.Process(server.process.pid).children())


def written_bytes(server: Hall | Bare) -> int:
    """What the server's worker has caused to be written to the disk: log, checkpoints and all."""
    if server.process is None:
        raise RuntimeError("the server does not run")
    return sum(int(worker.io_counters().write_bytes) for worker in psutil.Process(server.process.pid).children())


def settle(hall: Hall) -> None:
    """Wait until the server and the processes it started have nothing to do: the estimator learns from the past."""
    if hall.process is None:
        raise RuntimeError("the server does not run")
    deadline = time.monotonic() + SETTLE_S
    before_s = float("-inf")
    while time.monotonic() < deadline:
        tree = psutil.Process(hall.process.pid).children(recursive=True)
        spent_s = sum(sum(one.cpu_times()[:2]) for one in tree)
        if spent_s - before_s < IDLE_SHARE * LOOK_S:
            return
        before_s = spent_s
        time.sleep(LOOK_S)


def memory_mib(hall: Hall) -> dict[str, float]:
    """RSS and PSS of the server's master and worker, and the PSS of both: shared pages are counted once."""
    sizes = [psutil.Process(pid).memory_full_info() for pid in hall.pids()]
    names = ["master", "worker"]
    figures = {f"{name} rss": size.rss / 2**20 for name, size in zip(names, sizes, strict=True)}
    figures |= {f"{name} pss": size.pss / 2**20 for name, size in zip(names, sizes, strict=True)}
    return figures | {"pss": sum(size.pss for size in sizes) / 2**20}
