"""Keys that we make ourselves are UUIDs of version 7 in Python and in pages, and never the same twice."""

import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from hall_process import script

from queue_server.client import new_key

ROOT = Path(__file__).parents[2]
MANY = 2_000


def from_python() -> list[str]:
    return [new_key() for _ in range(MANY)]


def from_pages() -> list[str]:
    """`keyAt` as the pages have it; Node takes TypeScript without a build."""
    module = (ROOT / "queue_server/web/shared/key.ts").as_uri()
    told = f'const {{ keyAt }} = await import("{module}"); '
    told += f"for (let n = 0; n < {MANY}; n++) console.log(keyAt(Date.now()));"
    done = subprocess.run(
        [script("node"), "--no-warnings", "--input-type=module", "-e", told],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout.split()


@pytest.mark.parametrize("make", [from_python, from_pages])
def test_keys_begin_with_the_time_and_are_random_besides(make: Callable[[], list[str]]) -> None:
    before_ms = time.time_ns() // 1_000_000
    keys = make()
    after_ms = time.time_ns() // 1_000_000
    assert len(set(keys)) == MANY
    ever_set, ever_clear = 0, 0
    for key in keys:
        assert len(key) == 32
        made = uuid.UUID(key)
        assert (made.hex, made.version, made.variant) == (key, 7, uuid.RFC_4122)
        assert before_ms <= made.int >> 80 <= after_ms
        ever_set |= made.int
        ever_clear |= ~made.int
    chance = ever_set & ever_clear & ((1 << 80) - 1)  # bits that were both 0 and 1
    assert chance.bit_count() == 74
