"""The fake hall for tests of the client; knows no node."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from fake_hall import FakeHall


@pytest.fixture
def hall() -> Iterator[FakeHall]:
    fake = FakeHall().start()
    yield fake
    fake.stop()
