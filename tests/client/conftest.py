"""The fake hall for tests of the client; knows no node."""

from collections.abc import Iterator

import pytest
from fake_hall import FakeHall


@pytest.fixture
def hall() -> Iterator[FakeHall]:
    fake = FakeHall().start()
    yield fake
    fake.stop()
