"""A real hall server in a process of its own, for tests and the bench: started, asked, killed, started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path
from typing import Any

import requests

from config.load import load_hall
from queue_server.access import Access
from queue_server.database import Database, default_url

START_S = 40.0

HALL = """
[hall]
id = "test"
name = "Test hall"
timezone = "Asia/Shanghai"
languages = ["zh-CN", "en"]
{extra}
[[services]]
id = "hukou"
name = {{ zh-CN = "户籍", en = "Household registration" }}
prefix = "A"

[[services]]
id = "social"
name = {{ zh-CN = "社保", en = "Social insurance" }}
prefix = "B"

[[windows]]
id = 1
name = "1号窗口"
services = ["hukou", "social"]

[[windows]]
id = 2
name = "2号窗口"
services = ["hukou"]

[[windows]]
id = 3
name = "3号窗口"
services = ["*"]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def script(name: str) -> str:
    """The command of this environment."""
    return str(Path(sysconfig.get_path("scripts")) / name)


def make_token(
    config: Path,
    data: Path,
    role: str,
    windows: tuple[int, ...] = (),
    name: str | None = None,
    database: str | None = None,
) -> str:
    """What `queue-server token create` does, without the half second of processor that a process of its own costs:
    tests need hundreds of them."""
    opened = Database(database or default_url(data))
    try:
        return Access(opened, load_hall(config).id).create_token(role, windows, name)
    finally:
        opened.close()


def _alive(pid: int) -> bool:
    """Whether a process still holds anything: a zombie does not, once its other threads are gone too."""
    try:
        ended = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        return not ended or len(list(Path(f"/proc/{pid}/task").iterdir())) > 1
    except OSError:
        return False


class Client:
    """JSON requests with one token. A plain session: no retries, so that a test sees the first answer."""

    def __init__(self, url: str, token: str) -> None:
        self.api = f"{url}/api/v1"
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.api + path, timeout=30, **options)

    def post(self, path: str, body: Any = None, key: str | None = None) -> requests.Response:
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.session.post(self.api + path, json=body, headers=headers, timeout=30)

    def close(self) -> None:
        self.session.close()


class HallProcess:
    """`queue-server serve` on a free port. `environment` adds to ours, `wrap` goes before the command."""

    def __init__(
        self,
        folder: Path,
        config: Path | None = None,
        *,
        extra: str = "",
        database: str | None = None,
        environment: dict[str, str] | None = None,
        wrap: tuple[str, ...] = (),
        log_file: Path | None = None,
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(parents=True, exist_ok=True)
        self.config = config or folder / "hall.toml"
        if config is None:
            self.config.write_text(HALL.format(extra=extra), encoding="utf-8")
        self.log_file = log_file or folder / "server.log"
        self.database = database
        self.environment = environment or {}
        self.wrap = wrap
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self._clients: list[Client] = []
        self._tokens: dict[tuple[str, int | None], str] = {}

    def start(self, until: str = "/readyz") -> float:
        """Start and wait until it is ready to write (or only alive: /healthz); returns how many seconds that took."""
        began = time.monotonic()
        command = [*self.wrap, script("queue-server"), "serve", *self._hall(), "--port", str(self.port)]
        log = self.log_file.open("ab")
        with log:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while not self._answers(until):
            if self.process.poll() is not None or time.monotonic() - began > START_S:
                raise RuntimeError(f"the server did not start:\n{self.log()[-3000:]}")
            time.sleep(0.01)
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9 of the server, as a power cut would end it; returns when its worker is gone too."""
        if self.process is None:
            return
        children = self.pids()[1:]
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None
        deadline = time.monotonic() + START_S
        while any(_alive(pid) for pid in children) and time.monotonic() < deadline:
            time.sleep(0.005)

    def stop(self) -> int:
        """Ask it to end; returns its exit code."""
        if self.process is None:
            return 0
        self.process.terminate()
        code = self.process.wait(20)
        self.process = None
        return code

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self.kill()

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def run(self, *arguments: str, said: str | None = None) -> subprocess.CompletedProcess[str]:
        """Another `queue-server` command on the same hall."""
        command = [script("queue-server"), *arguments, *self._hall()]
        return subprocess.run(command, input=said, capture_output=True, text=True, timeout=60, check=False)

    def token(self, role: str, *windows: int | None, name: str | None = None) -> str:
        only = tuple(window for window in windows if window is not None)
        return make_token(self.config, self.data, role, only, name, self.database)

    def client(self, role: str, window: int | None = None) -> Client:
        if (role, window) not in self._tokens:
            self._tokens[role, window] = self.token(role, window)
        client = Client(self.url, self._tokens[role, window])
        self._clients.append(client)
        return client

    def pids(self) -> list[int]:
        """The server's own process and its worker."""
        if self.process is None:
            return []
        task = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        children = task.read_text().split() if task.exists() else []
        return [self.process.pid, *map(int, children)]

    def _hall(self) -> list[str]:
        more = ["--database", self.database] if self.database else []
        return ["--config", str(self.config), "--data", str(self.data), *more]

    def _answers(self, path: str) -> bool:
        try:
            return requests.get(self.url + path, timeout=5).status_code == 200
        except requests.RequestException:
            return False
