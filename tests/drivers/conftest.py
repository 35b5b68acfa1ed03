"""Plugs a twin in, in memory or behind a pty, so that one contract suite runs against both."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from replugs import no_more, open_things
from waiting import wait_for

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
def on_pty(tmp_path: Path) -> Iterator[Callable[..., PtyLine]]:
    """`on_pty(twin, …)` -> its line at `tmp_path / "device"`."""
    lines: list[PtyLine] = []

    def put(twin: ByteTwin, **options: bool) -> PtyLine:
        lines.append(PtyLine(twin, tmp_path / "device", **options))
        return lines[-1]

    yield put
    for line in lines:
        line.close()


@pytest.fixture
def no_leak() -> Iterator[None]:
    """No thread and no descriptor is left behind."""
    before = open_things()
    yield
    wait_for(lambda: no_more(before))
    print(f"before {before}, after {open_things()}")


class FakeEvdev:
    """Event nodes by path: (vendor, product, phys, has keys, error on opening, error on grabbing)."""

    def __init__(self, *nodes: tuple[int, int, str, bool, int, int], folder: str = "/dev/input") -> None:
        self._nodes = {f"{folder}/event{n}": node for n, node in enumerate(nodes)}
        self.open: list[str] = []
        self.pipes = {path: os.pipe() for path in self._nodes}

    def list_devices(self) -> list[str]:
        return list(self._nodes)

    def InputDevice(self, path: str):  # noqa: N802  evdev's name
        vendor, product, phys, has_keys, open_error, grab_error = self._nodes[path]
        if open_error:
            raise OSError(open_error, "open")
        self.open.append(path)

        def grab() -> None:
            if grab_error:
                raise OSError(grab_error, "grab")

        return SimpleNamespace(
            fd=self.pipes[path][0],
            path=path,
            phys=phys,
            name="pad",
            info=SimpleNamespace(vendor=vendor, product=product),
            capabilities=lambda: {1: [2]} if has_keys else {2: [0]},
            grab=grab,
            close=lambda: self.open.remove(path),
        )

    def close(self) -> None:
        for read, write in self.pipes.values():
            os.close(read)
            os.close(write)


@pytest.fixture
def nodes() -> Iterator[Callable[..., FakeEvdev]]:
    made: list[FakeEvdev] = []

    def make(*rows: tuple[int, int, str, bool, int, int], folder: str = "/dev/input") -> FakeEvdev:
        made.append(FakeEvdev(*rows, folder=folder))
        return made[-1]

    yield make
    for one in made:
        one.close()
