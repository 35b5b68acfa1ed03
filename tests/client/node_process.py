"""A node as the process a hall runs: its own command, its own port; knows neither kiosk nor display."""

from __future__ import annotations

import os
import signal
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import requests
from fake_hall import wait_for


class NodeProcess:
    """`NAME run --config FILE`; stderr goes to a file, since the node writes its log there."""

    def __init__(self, name: str, config: Path, port: int = 0) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.log_file = config.with_suffix(".log")
        command = [str(Path(sysconfig.get_path("scripts")) / name), "run", "--config", str(config)]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(command, env=os.environ.copy(), stdout=log, stderr=log)

    def log(self) -> str:
        return self.log_file.read_text("utf-8")

    def health(self) -> Any:
        try:
            return requests.get(f"{self.url}/healthz", timeout=5).json()
        except requests.ConnectionError:
            assert self.process.poll() is None, self.log()
            return None

    def wait_until_connected(self) -> None:
        wait_for(lambda: (health := self.health()) and health["server"]["connected"], 30)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Its exit code; a node that has not ended 5 s later (2 s are promised) is an error."""
        self.process.send_signal(number)
        return self.process.wait(5)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
