"""The server patches its process with gevent; the journal must work there from a plain OS thread."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def test_appending_from_an_os_thread(open_stored: Callable[..., Any]) -> None:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("under_gevent.py")), open_stored.url],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout.strip(), done.returncode) == ("ok", 0), done.stderr
