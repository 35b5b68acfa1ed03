"""Hall servers for one test, ended with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from hall_process import HallProcess


class NewHall(Protocol):
    def __call__(self, name: str = "hall", **options: Any) -> HallProcess: ...


@pytest.fixture
def new_hall(tmp_path: Path) -> Iterator[NewHall]:
    halls: list[HallProcess] = []

    def make(name: str = "hall", folder: Path | None = None, **options: Any) -> HallProcess:
        log_file = tmp_path / f"{name}.log"
        hall = HallProcess(folder or tmp_path / name, log_file=log_file, **options)
        halls.append(hall)
        return hall

    yield make
    for hall in halls:
        hall.close()
