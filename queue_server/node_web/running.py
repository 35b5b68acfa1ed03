"""Runs a node, from its own file or from the place the server gives it; knows neither kiosk nor display."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import click
import structlog
from flask import Flask

from config.errors import ConfigError
from config.node import DATA_VARIABLE, PORT_VARIABLE, SERVER_VARIABLE, TOKEN_FILE_VARIABLE, NodeSettings, PageSettings
from queue_server.client import HallClient, HallError
from queue_server.node_web.enrol import Enroller, FileWatch
from queue_server.node_web.place import Place, PlaceStore
from queue_server.node_web.serve import NodeServer, configure_logging, serve_until_stopped

ENROL_HOST = "127.0.0.1"  # the code is for the machine's own screen
ENROL_PORTS = {"kiosk": 8081, "display": 8082}
NEWEST_FILE_S = 3.0


class Settings(Protocol):
    @property
    def node(self) -> NodeSettings: ...
    @property
    def page(self) -> PageSettings: ...


class Node(Protocol):
    app: Flask

    def start(self) -> None: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=Settings)
Read_co = TypeVar("Read_co", bound=Settings, covariant=True)


class Load(Protocol[Read_co]):
    def __call__(self, path: Path, environment: Mapping[str, str], text: str | None = None) -> Read_co: ...


@dataclass(frozen=True, slots=True)
class Enrolled(Generic[S]):
    """A machine that gets its place from `server` and keeps it in `data`."""

    kind: str
    server: str
    data: Path
    load: Load[S]
    make: Callable[[S, str], Node]

    def settings(self, place: Place) -> S:
        """Raises ConfigError. What every machine knows by itself wins over the file."""
        own = {
            SERVER_VARIABLE: self.server,
            DATA_VARIABLE: str(self.data),
            TOKEN_FILE_VARIABLE: str(self.data / "token"),
        }
        return self.load(self.data / f"{place.node}.toml", {**os.environ, **own}, place.file)


def run_once(settings: S, token: str, make: Callable[[S, str], Node], stop: threading.Event | None = None) -> bool:
    """Run until a signal or `stop`; returns whether it was a signal."""
    configure_logging(settings.node.id)
    node = make(settings, token)
    server = _listen(node.app, settings.page.host, settings.page.port)
    node.start()
    return serve_until_stopped(server, node.close, stop)


def run_enrolled(machine: Enrolled[S]) -> None:
    """Ask for a place if there is none, run it, and begin again when its file changes or the place is given away."""
    configure_logging(f"new-{machine.kind}")
    try:
        store = PlaceStore(machine.data)
    except OSError as err:
        raise click.ClickException(f"cannot use {machine.data} ({err.strerror}): give another --data") from err
    place = store.read()
    while True:
        if place is None:
            place = _ask_for_place(machine, store)
        if place is None:
            return
        place, settings = _understood(machine, store, place)
        changes = _Changes(machine, store)
        watch = FileWatch(HallClient(machine.server, place.token), place, changes.take)
        watch.start()
        signalled = run_once(settings, place.token, machine.make, changes.stop)
        watch.close()
        if signalled:
            return
        place = changes.place


class _Changes:
    """What the watch found, stored before the node is stopped for it."""

    def __init__(self, machine: Enrolled[S], store: PlaceStore) -> None:
        self._machine, self._store = machine, store
        self.place: Place | None = None
        self.stop = threading.Event()

    def take(self, place: Place | None) -> bool:
        """False for a file this version of the software cannot read: the node goes on with the one it has."""
        if place is None:
            self._store.forget()
        else:
            try:
                self._machine.settings(place)
            except ConfigError as err:
                structlog.get_logger().warning("new_file_not_understood", mistakes=[str(each) for each in err.mistakes])
                return False
            self._store.write(place)
        self.place = place
        self.stop.set()
        return True


def _ask_for_place(machine: Enrolled[S], store: PlaceStore) -> Place | None:
    """Show the code until there is a place; None when a signal ends it."""
    found: list[Place] = []
    stop = threading.Event()

    def take(place: Place) -> None:
        found.append(place)
        stop.set()

    port = os.environ.get(PORT_VARIABLE, "")
    enroller = Enroller(machine.kind, machine.server, ENROL_HOST, store, take)
    server = _listen(enroller.app, ENROL_HOST, int(port) if port.isdecimal() else ENROL_PORTS[machine.kind])
    enroller.start()
    signalled = serve_until_stopped(server, enroller.close, stop)
    return None if signalled or not found else found[0]


def _understood(machine: Enrolled[S], store: PlaceStore, place: Place) -> tuple[Place, S]:
    """The settings of a place. A stored file that cannot be read is fetched once more. Raises ConfigError."""
    try:
        return place, machine.settings(place)
    except ConfigError:
        newest = _newest(machine, place)
        if newest is None:
            raise
    settings = machine.settings(newest)
    store.write(newest)
    return newest, settings


def _newest(machine: Enrolled[S], place: Place) -> Place | None:
    client = HallClient(machine.server, place.token, deadline_s=NEWEST_FILE_S)
    try:
        said = client.command("GET", "/nodes/own-file")
    except HallError:
        return None
    finally:
        client.close()
    return Place(place.node, place.token, said["file"], said["version"])


def _listen(app: Flask, host: str, port: int) -> NodeServer:
    try:
        return NodeServer(app, host, port)
    except OSError as err:
        raise click.ClickException(
            f"cannot listen on {host}:{port} ({err.strerror}): change [page] host or port, or stop what uses it"
        ) from err
