"""A node as the process a hall runs: its own command, file and port; it can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import requests
from hall_process import free_port, script
from waiting import wait_for

PRINTER = '[devices.printer]\ndriver = "escpos"\naddress = "simulated://printer"\n'
_FILE = """
[node]
id = "{name}"
server = "{server}"
token_file = "{name}.token"
data = "{name}"
[page]
port = {port}
"""


class NodeProcess:
    """`kiosk-node` or `display-node run` with any arguments, from now on; it writes its log into a file."""

    def __init__(self, kind: str, *arguments: str, port: int, log_file: Path, **environment: str) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command = [script(f"{kind}-node"), "run", *arguments]
        self._environment = environment
        self._log_file = log_file
        self.start()

    def start(self) -> None:
        with self._log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self._command, env={**os.environ, **self._environment}, stdout=log, stderr=log
            )

    def log(self) -> str:
        return self._log_file.read_text("utf-8")

    def get(self, path: str) -> requests.Response | None:
        """None as long as nobody answers; a process that has ended is an error."""
        try:
            return requests.get(f"{self.url}{path}", timeout=5)
        except requests.RequestException:
            assert self.process.poll() is None, self.log()
            return None

    def health(self) -> Any:
        answer = self.get("/healthz")
        return None if answer is None else answer.json()

    def connected(self) -> bool:
        health = self.health()
        return health is not None and health["server"]["connected"]

    def device(self, name: str) -> str | None:
        health = self.health()
        return None if health is None else health["devices"].get(name)

    def wait_until_connected(self) -> None:
        wait_for(self.connected, 30)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code; a node that has not ended 20 s later, on a busy machine, is an error."""
        self.process.send_signal(number)
        return self.process.wait(20)

    def kill(self) -> None:
        """As a power cut ends it."""
        self.process.kill()
        self.process.wait()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()


def start_node(
    kind: str, folder: Path, server: str, token: str | None = "secret", *, name: str = "", port: int = 0,
    rest: str = PRINTER,
) -> NodeProcess:  # fmt: skip
    """A node with a file of its own in `folder`: NAME.toml, NAME.token, NAME.log and its data in NAME/. `rest` are the
    tables of its devices; without a `port` it gets a free one."""
    name, port = name or f"{kind}-1", port or free_port()
    config = folder / f"{name}.toml"
    config.write_text(_FILE.format(name=name, server=server, port=port) + rest, "utf-8")
    if token is not None:
        config.with_suffix(".token").write_text(f"{token}\n", "utf-8")
    return NodeProcess(kind, "--config", str(config), port=port, log_file=config.with_suffix(".log"))
