"""How a node is: its server connection, its devices, the card on its reader; knows no protocol of any of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable

import structlog

from queue_server.wire.nodes import DeviceFacts, NodeCard, NodeDevice, NodeOffline, NodeView


def rfc3339_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


NO_FAULTS = ("starting", "closed")


class NodeState:
    """The `node` view. Every change is given to `publish(seq, view)`; may be changed from any thread."""

    def __init__(self, node: str, publish: Callable[[int, dict[str, Any]], None]) -> None:
        self._publish = publish
        self._lock = threading.RLock()
        # Starting from the clock, not from 0: a page that outlives a restart of its node keeps the highest seq.
        self._view: NodeView = {
            "seq": time.time_ns() // 1_000_000,
            "node": node,
            "server": {"connected": False, "since": rfc3339_now()},
            "devices": [],
            "card": None,
        }
        self._last_errors: dict[str, DeviceFacts] = {}
        self._log = structlog.get_logger()
        self._send()

    def view(self) -> NodeView:
        with self._lock:
            return {**self._view, "devices": [device.copy() for device in self._view["devices"]]}

    def server(self, connected: bool, detail: str) -> None:
        with self._lock:
            self._log.info("server_connection", connected=connected, detail=detail)
            if connected != self._view["server"]["connected"]:
                self._view["server"] = {"connected": connected, "since": rfc3339_now()}
                self._send()

    def connected(self) -> bool:
        """Whether the server's views are followed."""
        with self._lock:
            return self._view["server"]["connected"]

    def offline(self, active: bool, ready: bool, waiting: int, refused: list[str]) -> None:
        """How a kiosk does without its server; see NodeOffline."""
        with self._lock:
            before = self._view.get("offline")
            since = before["since"] if before and before["active"] == active else rfc3339_now()
            now = NodeOffline(active=active, since=since, ready=ready, waiting=waiting, refused=refused)
            if now != before:
                self._view["offline"] = now
                self._send()

    def card(self, card: NodeCard | None) -> None:
        with self._lock:
            self._view["card"] = card
            self._send()

    def device(
        self, name: str, kind: str, health: str, code: str, detail: str, facts: DeviceFacts | None = None
    ) -> None:
        """How a device is. Other facts are passed on as well, but `since` is when health or code changed."""
        with self._lock:
            known = next((device for device in self._view["devices"] if device["name"] == name), None)
            same = known is not None and (known["health"], known["code"]) == (health, code)
            if known is None or not same:
                self._log.info("device_state", device=name, health=health, code=code, detail=detail)
                now: NodeDevice = {
                    "name": name,
                    "kind": kind,
                    "health": health,
                    "code": code,
                    "detail": detail,
                    "since": rfc3339_now(),
                }
                if health != "ok" and code not in NO_FAULTS:
                    self._last_errors[name] = {"last_error": code, "last_error_at": now["since"]}
            else:
                now = known.copy()
            told: DeviceFacts = {**(facts or {}), **self._last_errors.get(name, {})}
            if told:
                now["facts"] = told
            if now == known:
                return
            self._view["devices"] = [device for device in self._view["devices"] if device["name"] != name] + [now]
            self._view["devices"].sort(key=lambda device: device["name"])
            self._send()

    def _send(self) -> None:
        self._view["seq"] += 1
        self._publish(self._view["seq"], dict(self.view()))


class StateLike(Protocol):
    """drivers.ports.DeviceState, which this package may not name."""

    @property
    def health(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def detail(self) -> str: ...


class DeviceLike(Protocol):
    def state(self) -> StateLike: ...
    def close(self) -> None: ...


class FactsLike(Protocol):
    """drivers.ports.DeviceFacts."""

    @property
    def firmware(self) -> str: ...
    @property
    def serial(self) -> str: ...
    @property
    def paper_left_percent(self) -> int | None: ...


@runtime_checkable
class TellsFacts(Protocol):
    def facts(self) -> FactsLike: ...


D = TypeVar("D", bound=DeviceLike)


class Slot(Generic[D]):
    """A place for one device: `device` is None until it could be opened. place: its driver and address."""

    def __init__(self, name: str, kind: str, open_device: Callable[[], D], place: DeviceFacts) -> None:
        self.name, self.kind, self.open_device, self.place = name, kind, open_device, place
        self.device: D | None = None

    def facts(self) -> DeviceFacts:
        """What is known of the device besides its state."""
        facts = self.place.copy()
        device: object = self.device
        if isinstance(device, TellsFacts):
            told = device.facts()
            if told.firmware:
                facts["firmware"] = told.firmware
            if told.serial:
                facts["serial"] = told.serial
            if told.paper_left_percent is not None:
                facts["paper_left_percent"] = told.paper_left_percent
        return facts


class Devices:
    """Opens a node's devices, asks each how it is every `period_s`, and goes on trying those that would not open.

    failures: what opening and asking may raise; nothing of it ends the node.
    """

    def __init__(self, state: NodeState, failures: tuple[type[Exception], ...], period_s: float = 2.0) -> None:
        self._state, self._failures, self._period_s = state, failures, period_s
        self._slots: list[Slot[Any]] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="devices", daemon=True)

    def add(
        self, name: str, kind: str, open_device: Callable[[], D], *, driver: str = "", address: str = ""
    ) -> Slot[D]:
        """Give a device its place, before `start`. `open_device` may be called again and again; driver and address are
        shown to the maintainer."""
        slot = Slot(name, kind, open_device, {"driver": driver, "address": address} if driver else {})
        self._slots.append(slot)
        return slot

    def start(self) -> None:
        self._look()
        self._thread.start()

    def report(self, slot: Slot[Any], state: StateLike) -> None:
        self._state.device(slot.name, slot.kind, state.health, state.code, state.detail, slot.facts())

    def close(self) -> None:
        """Close every device. May be called twice."""
        self._closing.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=1.0)
        for slot in self._slots:
            if slot.device is not None:
                slot.device.close()

    def _run(self) -> None:
        while not self._closing.wait(self._period_s):
            self._look()

    def _look(self) -> None:
        for slot in self._slots:
            if self._closing.is_set():
                return
            try:
                if slot.device is None:
                    slot.device = slot.open_device()
                self.report(slot, slot.device.state())
            except self._failures as err:
                code = getattr(err, "code", None)
                self._state.device(
                    slot.name, slot.kind, "failed", code if isinstance(code, str) else "failed", str(err), slot.facts()
                )
