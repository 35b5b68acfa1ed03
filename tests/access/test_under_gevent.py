"""The server patches its process with gevent and runs slow work in its thread pool: that must not block its loop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from queue_server.database import Database

ROOT = Path(__file__).parents[2]


def test_accounts_and_vault(database: Database, tmp_path: Path) -> None:
    url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("under_gevent.py")), url, str(tmp_path / "identity.key")],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.stdout.strip(), done.returncode) == ("ok", 0), done.stderr
