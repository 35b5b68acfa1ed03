"""What a display node costs while nobody does anything: processor and memory, with every kind of device attached.

    .venv/bin/python tests/bench/idle_node.py [SECONDS]

The devices are twins behind ptys in a process of their own, so that only the node's own work is counted. Processor:
user and system time of the node's process over the time that passed, from /proc. Memory: resident memory of the node
less that of an interpreter that did nothing but import the same libraries; also less that of a bare interpreter.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent.parent)]

from hall_process import HallProcess, free_port, script  # noqa: E402

WINDOWS = range(1, 21)
START_S = 40.0
SETTLE_S = 5.0
LIBRARIES = "flask flask_socketio requests socketio websocket structlog serial click werkzeug simple_websocket"
ADDRESSES = ", ".join(f"{n} = {n}" for n in WINDOWS)
HALL = """
[hall]
id = "idle"
name = "Idle hall"
timezone = "Asia/Shanghai"
languages = ["zh-CN"]
[[services]]
id = "any"
name = "Any"
prefix = "A"
""" + "".join(f'[[windows]]\nid = {n}\nname = "{n}"\nservices = ["any"]\n' for n in WINDOWS)
NODE = f"""
[node]
id = "idle-node"
server = "SERVER"
[page]
port = PORT
[devices.speaker]
driver = "speech"
address = "simulated://speaker"
[[callpads]]
driver = "ff68"
address = "simulated://pads"
windows = {{ {ADDRESSES} }}
[[ratingpads]]
driver = "ff68"
address = "simulated://pads"
windows = {{ 101 = 1, 102 = 2 }}
grades = {{ 0 = 2, 2 = 4, 3 = 5 }}
[[ratingpads]]
driver = "ff68"
address = "simulated://more-pads"
windows = {{ 1 = 3, 2 = 4 }}
grades = {{ 0 = 2, 2 = 4, 3 = 5 }}
[[signs]]
driver = "kanban"
address = "simulated://numbers"
windows = {{ {ADDRESSES} }}
[[signs]]
driver = "alpha"
address = "simulated://words"
windows = {{ {ADDRESSES} }}
[[lamps]]
driver = "gpio"
address = "simulated://lamp-1"
window = 1
pins = {{ free = 17, serving = 27, paused = 22, alarm = 23 }}
[[lamps]]
driver = "gpio"
address = "simulated://lamp-2"
window = 2
pins = {{ free = 17, serving = 27, paused = 22, alarm = 23 }}
[[buttons]]
driver = "gpio"
address = "simulated://buttons"
window = 1
pins = {{ next = 5, recall = 6 }}
[[keypads]]
driver = "evdev"
address = "simulated://keys"
window = 1
[[keypads]]
driver = "evdev"
address = "simulated://grades"
window = 1
use = "grades"
"""
TWINS = "".join(
    f'[[twins]]\nname = "{name}"\nkind = "{kind}"\n{more}\n'
    for name, kind, more in (
        ("speaker", "speaker", ""),
        ("pads", "callpad", f"addresses = {[*WINDOWS, 101, 102]}"),
        ("more-pads", "ratingpad", "addresses = [1, 2]"),
        ("numbers", "sign", 'speaks = "kanban"'),
        ("words", "sign", 'speaks = "alpha"'),
        ("lamp-1", "gpio", ""),
        ("lamp-2", "gpio", ""),
        ("buttons", "gpio", ""),
        ("keys", "keypad", ""),
        ("grades", "keypad", ""),
    )
)


@dataclass(frozen=True)
class Cost:
    """cpu_percent: of one core · above_libraries_mib, above_bare_mib: resident memory · devices: how many were well."""

    cpu_percent: float
    above_libraries_mib: float
    above_bare_mib: float
    threads: int
    devices: int


def measure(folder: Path, seconds: float) -> Cost:
    """One idle node, watched for `seconds`. Raises RuntimeError when something does not start."""
    with node(folder) as (pid, devices):
        began_s, busy_s = time.monotonic(), cpu_s(pid)
        time.sleep(seconds)
        percent = 100 * (cpu_s(pid) - busy_s) / (time.monotonic() - began_s)
        resident = memory_mib(pid)
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    return Cost(percent, resident - interpreter_mib(LIBRARIES), resident - interpreter_mib(""), threads, devices)


@contextmanager
def node(folder: Path) -> Iterator[tuple[int, int]]:
    """A hall server, twins, and the node: its process id, and how many devices it has."""
    (folder / "hall.toml").write_text(HALL)
    (folder / "twins.toml").write_text(TWINS)
    hall = HallProcess(folder, folder / "hall.toml")
    port, panel = free_port(), free_port()
    config = folder / "idle-node.toml"
    config.write_text(NODE.replace("SERVER", hall.url).replace("PORT", str(port)))
    with ExitStack() as stack:
        devices = stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-"))
        stack.callback(hall.close)
        hall.start()
        config.with_suffix(".token").write_text(hall.token("node", *WINDOWS))
        environment = {**os.environ, "HALL_DEVICES_DIR": devices}
        log = stack.enter_context((folder / "node.log").open("ab"))

        def start(name: str, *arguments: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen([script(name), *arguments], env=environment, stdout=log, stderr=log)
            stack.callback(process.wait)
            stack.callback(process.terminate)
            return process

        start("hall-devices", "panel", "--config", str(folder / "twins.toml"), "--port", str(panel))
        process = start("display-node", "run", "--config", str(config))
        deadline = time.monotonic() + START_S
        while not (codes := _codes(port)) or set(codes) != {"ok"}:
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"the node did not get well: {codes}")
            time.sleep(0.1)
        time.sleep(SETTLE_S)  # what it does once, at the start, is not idling
        yield process.pid, len(codes)


def interpreter_mib(libraries: str) -> float:
    """Resident memory of an interpreter that imported `libraries` and does nothing."""
    program = "".join(f"import {name}\n" for name in libraries.split()) + "print(flush=True)\ninput()\n"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdout is not None:
            process.stdout.readline()
        resident = memory_mib(process.pid)
        process.communicate(b"\n")
    return resident


def cpu_s(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1]) / 1024


def _codes(port: int) -> list[str]:
    """How each device is, and the server's connection; empty before the node answers."""
    try:
        health = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5).json()
    except requests.ConnectionError:
        return []
    return [*health["devices"].values(), "ok" if health["server"]["connected"] else "away"]


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory(prefix="hall-idle-") as folder:
        cost = measure(Path(folder), seconds)
    print(f"{cost.devices - 1} devices at {len(WINDOWS)} windows, {cost.threads} threads, {seconds:.0f} s")
    print(f"processor: {cost.cpu_percent:.2f} % of one core")
    print(f"memory: {cost.above_libraries_mib:.1f} MiB above an interpreter with the same libraries")
    print(f"        {cost.above_bare_mib:.1f} MiB above a bare interpreter")
    return 0


if __name__ == "__main__":
    sys.exit(main())
