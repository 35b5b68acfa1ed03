"""A thread that keeps a device's line open and listens, for ever: opens, runs a session, reports, tries again; knows
no protocol."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from drivers.errors import DriverError
from drivers.ports import DeviceState
from drivers.states import CLOSED, STARTING, failed

_log = logging.getLogger(__name__)

OnState = Callable[[DeviceState], None]


class Closable(Protocol):
    """What is opened: a transport, or a board of pins."""

    def close(self) -> None: ...


T = TypeVar("T", bound=Closable)


class Listener(Generic[T]):
    """One device's thread.

    session: works on an open transport until `stopped`; raises DriverError when the device fails · retry_s: pause
    before the
    line is opened again.
    """

    def __init__(
        self, name: str, open_transport: Callable[[], T], session: Callable[[T], None], retry_s: float = 0.5
    ) -> None:
        self._name = name
        self._open_transport = open_transport
        self._session = session
        self._retry_s = retry_s
        self._on_state: OnState = lambda _state: None
        self._state = STARTING
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def state(self) -> DeviceState:
        """What was reported last."""
        return self._state

    def stopped(self, within_s: float = 0.0) -> bool:
        """Whether the session is to end; waits up to `within_s` for that."""
        return self._stop.wait(within_s)

    def start(self, on_state: OnState) -> None:
        """Begin. `on_state` is called from the thread at each change. Raises RuntimeError when already started."""
        if self._thread is not None:
            raise RuntimeError(f"{self._name} is listened to already")
        self._on_state = on_state
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the thread and wait for it; may be called twice, and from the thread itself."""
        self._stop.set()
        self._state = CLOSED
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def report(self, state: DeviceState) -> None:
        """Tell the node, if this is news."""
        if state != self._state and not self._stop.is_set():
            self._state = state
            self.tell(lambda: self._on_state(state))

    def tell(self, call: Callable[[], None]) -> None:
        """Run a node's callback. Its mistake must not end the thread; its text may name a person, so only its type is
        logged."""
        try:
            call()
        except Exception as err:  # noqa: BLE001  the node's code, whatever it raises
            _log.error("%s: a callback failed with %s", self._name, type(err).__name__)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                transport = self._open_transport()
                try:
                    self._session(transport)
                finally:
                    transport.close()
            except DriverError as err:
                self.report(failed(err))
            self._stop.wait(self._retry_s)
