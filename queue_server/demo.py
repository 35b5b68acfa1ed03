"""Runs a whole hall on one machine: server, kiosks, displays and simulated devices, each a process of its own.

For trying out and training; a real hall starts the same commands from systemd. It knows the commands, and the files
beside the hall's configuration: HALL.toml, HALL-kiosk*.toml, HALL-display*.toml, HALL-twins.toml.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sysconfig
import time
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from config.node import load_display

START_S = 60.0
STOP_S = 8.0
MANAGER = "demo"
# Kind in the file's name, command, and the pages to show of it.
NODES = (("kiosk", "kiosk-node", ("",)), ("display", "display-node", ("wall", "sign/1", "tablet/1")))


class DemoFailedError(RuntimeError):
    """A part of the hall did not start, or ended by itself; the sentence says which."""


@dataclass
class Demo:
    """One hall being shown. `addresses` are what to open in a browser, in the order to show them."""

    config: Path
    data: Path
    devices: Path
    port: int
    addresses: list[tuple[str, str]] = field(default_factory=list)
    password: str = ""
    _environment: dict[str, str] = field(default_factory=dict)
    _parts: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def start(self) -> None:
        """Start every part and wait until each answers. Raises DemoFailedError."""
        server = f"http://127.0.0.1:{self.port}"
        nodes = [
            (file, command, pages)
            for kind, command, pages in NODES
            for file in sorted(self.config.parent.glob(f"{self.config.stem}-{kind}*.toml"))
        ]
        devices = self.port + 1 + len(nodes)
        self.addresses = [("staff pages", f"{server}/"), ("virtual hall", f"{server}/virtual")]
        for port, (file, _, pages) in enumerate(nodes, start=self.port + 1):
            self.addresses += [(f"{file.stem} {page}".strip(), f"http://127.0.0.1:{port}/{page}") for page in pages]
        self.addresses.append(("simulated devices", f"http://127.0.0.1:{devices}/"))
        self._environment = {
            "HALL_DEVICES_DIR": str(self.devices),
            "HALL_FRAMED_BY": server,
            "HALL_STAGE": json.dumps({part: self.url(part) for part in ("kiosk", "wall", "devices")}),
        }
        self._start_server(server)
        self._start_twins(devices)  # before the nodes that look for them
        for port, (file, command, _) in enumerate(nodes, start=self.port + 1):
            self._start_node(command, file, server, port)

    def url(self, part: str) -> str:
        """The first address whose name holds `part`."""
        return next(url for what, url in self.addresses if part in what)

    def watch(self) -> None:
        """Return never but by an exception: DemoFailedError when a part ended by itself."""
        while True:
            for name, process in self._parts:
                if process.poll() is not None:
                    said = self._last_words(name)
                    raise DemoFailedError(f"{name} ended by itself with code {process.returncode}. It said:\n{said}")
            time.sleep(0.5)

    def stop(self) -> None:
        """End every part, the last one started first."""
        for _, process in reversed(self._parts):
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_S
        for _, process in reversed(self._parts):
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start_server(self, url: str) -> None:
        hall = ["--config", str(self.config), "--data", str(self.data)]
        self._run_once("queue-server", "check", "--config", str(self.config))
        self._start("server", "queue-server", ["serve", *hall, "--port", str(self.port)], f"{url}/readyz")
        login = self.data / "demo-login"
        if not login.exists():
            _write_secret(login, secrets.token_urlsafe(6))
            person = ["staff", "add", MANAGER, "--name", "Demo", "--role", "manager", "--password-stdin"]
            self._run_once("queue-server", *person, *hall, said=login.read_text())
        self.password = login.read_text()

    def _start_node(self, command: str, file: Path, server: str, port: int) -> None:
        name = tomllib.loads(file.read_text(encoding="utf-8"))["node"]["id"]
        windows = load_display(file, {}).operated() if command == "display-node" else []
        # Its windows are in its name, so that a demo whose file was changed gets a token that fits.
        token = self.data / f"{'-'.join([name, *map(str, windows)])}.token"
        if not token.exists():
            hall = ["--config", str(self.config), "--data", str(self.data)]
            only = [part for window in windows for part in ("--window", str(window))]
            made = self._run_once("queue-server", "token", "create", "--role", "node", "--name", name, *only, *hall)
            _write_secret(token, made.splitlines()[-1])
        environment = {
            "HALL_NODE_TOKEN_FILE": str(token),
            "HALL_NODE_DATA": str(self.data / name),
            "HALL_NODE_SERVER": server,
            "HALL_NODE_PORT": str(port),
        }
        url = f"http://127.0.0.1:{port}/healthz"
        self._start(file.stem, command, ["run", "--config", str(file)], url, environment)

    def _start_twins(self, port: int) -> None:
        file = self.config.with_name(f"{self.config.stem}-twins.toml")
        if file.exists():
            url = f"http://127.0.0.1:{port}/"
            self._start("simulated devices", "hall-devices", ["panel", "--config", str(file), "--port", str(port)], url)

    def _start(
        self, name: str, command: str, arguments: Sequence[str], url: str, more: Mapping[str, str] | None = None
    ) -> None:
        if _answers(url):
            raise DemoFailedError(f"Something else answers at {url} already: stop it, or choose another --port.")
        environment = {**os.environ, **self._environment, **(more or {})}
        with self._log(name).open("ab") as log:
            process = subprocess.Popen(
                [_script(command), *arguments], env=environment, start_new_session=True, stdout=log, stderr=log
            )
        self._parts.append((name, process))
        deadline = time.monotonic() + START_S
        while not _answers(url):
            if process.poll() is not None:
                raise DemoFailedError(f"{name} did not start. It said:\n{self._last_words(name)}")
            if time.monotonic() > deadline:
                raise DemoFailedError(f"{name} did not answer at {url} within {START_S:.0f} s.")
            time.sleep(0.05)

    def _log(self, name: str) -> Path:
        return self.data / f"{name.replace(' ', '-')}.log"

    def _last_words(self, name: str) -> str:
        return "\n".join(self._log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-12:])

    def _run_once(self, command: str, *arguments: str, said: str | None = None) -> str:
        done = subprocess.run(
            [_script(command), *arguments], input=said, text=True, stdout=subprocess.PIPE, check=False
        )
        if done.returncode:
            raise DemoFailedError(f"{command} {arguments[0]} failed; what it said stands above.")
        return done.stdout


@contextmanager
def hall(config: Path, data: Path, port: int) -> Iterator[Demo]:
    """A started hall that is stopped at the end, whatever happens in between."""
    data.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        # A short path: the name of a Unix socket has room for 108 bytes.
        devices = Path(stack.enter_context(TemporaryDirectory(prefix="hall-")))
        demo = Demo(config.absolute(), data.absolute(), devices, port)
        stack.callback(demo.stop)
        demo.start()
        yield demo


def run(config: Path, data: Path, port: int) -> None:
    """Show the hall until Ctrl-C. Raises DemoFailedError."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    try:
        with hall(config, data, port) as demo:
            width = max(len(what) for what, _ in demo.addresses)
            print(f"\n{config.stem} is open. Its files and logs are in {data}.\n")  # noqa: T201 - the person at the terminal
            for what, url in demo.addresses:
                print(f"  {what:<{width}}  {url}")  # noqa: T201
            print(f"\n  Sign in to the staff pages as {MANAGER} with {demo.password}.")  # noqa: T201
            print("  Ctrl-C stops everything.\n", flush=True)  # noqa: T201
            demo.watch()
    except KeyboardInterrupt:
        return


def _script(name: str) -> str:
    return str(Path(sysconfig.get_path("scripts")) / name)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310 - always http to this machine
            return int(answer.status) == 200
    except (URLError, OSError):
        return False


def _write_secret(path: Path, secret: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(secret)
