"""A hall to simulate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from virtual_hall import Bench

from config.settings import HallSettings


@pytest.fixture
def bench(hall_settings: Callable[..., HallSettings]) -> Callable[..., Bench]:
    """`bench(services, windows, rules={...})`, as the fixture `hall_settings` takes them."""

    def make(*args: Any, **fields: Any) -> Bench:
        return Bench(hall_settings(*args, **fields))

    return make
