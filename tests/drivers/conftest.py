"""Plugs a twin in, in memory or behind a pty, so that one contract suite runs against both; waits with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.address import open_transport, parse_address
from drivers.errors import Unplugged
from drivers.simulated.line import MemoryTransport, PtyLine
from drivers.simulated.twin import ByteTwin
from drivers.transport import Transport


class MemoryPlug:
    """A twin in this process, with a cable that can be pulled."""

    def __init__(self, twin: ByteTwin) -> None:
        self._twin = twin
        self._plugged = True
        self._open: list[MemoryTransport] = []

    def open(self) -> Transport:
        if not self._plugged:
            raise Unplugged("The simulated device is not plugged in.")
        self._open.append(MemoryTransport(self._twin))
        return self._open[-1]

    def unplug(self) -> None:
        self._plugged = False
        for transport in self._open:
            transport.unplug()

    def plug(self) -> None:
        self._plugged = True

    def close(self) -> None:
        self.unplug()


class PtyPlug:
    """The same twin behind a pty, opened as any serial port."""

    def __init__(self, twin: ByteTwin, folder: Path) -> None:
        self._line = PtyLine(twin, folder / "twin")
        self._address = parse_address(f"serial://{folder}/twin?baud=115200")

    def open(self) -> Transport:
        return open_transport(self._address)

    def unplug(self) -> None:
        self._line.unplug()

    def plug(self) -> None:
        self._line.plug()

    def close(self) -> None:
        self._line.close()


Plug = MemoryPlug | PtyPlug


@pytest.fixture(params=["memory", "pty"])
def plug_in(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[ByteTwin], Plug]]:
    """`plug_in(twin)` -> a plug with `open`, `unplug` and `plug`."""
    plugs: list[Plug] = []

    def put(twin: ByteTwin) -> Plug:
        folder = tmp_path / str(len(plugs))
        folder.mkdir()
        plugs.append(MemoryPlug(twin) if request.param == "memory" else PtyPlug(twin, folder))
        return plugs[-1]

    yield put
    for plug in plugs:
        plug.close()


@pytest.fixture
def eventually() -> Callable[[Callable[[], object]], None]:
    """`eventually(condition)` polls until it is true, at most 10 s."""

    def wait(condition: Callable[[], object], timeout_s: float = 10.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "did not happen within its time"
            time.sleep(0.01)

    return wait
