"""A hall server for a module's tests, with a client for each role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest
from hall_process import Client, HallProcess


class StartHall(Protocol):
    def __call__(self, extra: str = "", **options: object) -> HallProcess: ...


@pytest.fixture(scope="module")
def start_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartHall]:
    """Start as many servers as a module wants; all end with the module."""
    halls: list[HallProcess] = []

    def start(extra: str = "", **options: object) -> HallProcess:
        hall = HallProcess(tmp_path_factory.mktemp("hall"), extra=extra, **options)  # type: ignore[arg-type]
        halls.append(hall)
        hall.start()
        return hall

    yield start
    for hall in halls:
        hall.close()


@pytest.fixture(scope="module")
def hall(start_hall: StartHall) -> HallProcess:
    return start_hall("[rules]\ncall_gap_s = 0\n")


@pytest.fixture(scope="module")
def manager(hall: HallProcess) -> Client:
    return hall.client("manager")


@pytest.fixture(scope="module")
def node(hall: HallProcess) -> Client:
    return hall.client("node")
