"""The bench runs and prints every figure; how fast anything is stays with `make bench`."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from config.load import load_hall
from queue_server.codec import decode
from queue_server.database import Database, default_url
from queue_server.hall.evolve import evolve
from queue_server.hall.state import Hall
from queue_server.journal import SqlJournal

sys.path.append(str(Path(__file__).parent))  # the bench's modules stand beside it, as for run.py

import old_journal
import servers

RUN = Path(__file__).parent / "run.py"

# Section -> a word of each figure that the issue asks for.
FIGURES = {
    "raw": ["commits of 1", "commits of 16", "commits of 64"],
    "tickets": [
        "bare path, 1 client",
        "hall server, 1 client",
        "÷ bare path, 1 client",
        "bare path, 16 clients",
        "hall server, 16 clients",
        "÷ bare path, 16 clients",
        "old tickets, 16 clients",
        "random keys, 16 clients",
        "so many times slower",
        "so many times the CPU",
        "generator's own limit",
    ],
    "next": ["next (and as many start beside)", "slower", "times the CPU"],
    "races": ["tickets for both", "one last ticket"],
    "estimates": ["mean absolute error", "p90 held", "pinball loss of p90", "CPU of an answer"],
    "walls": ["pressed → wall, p50", "pressed → wall, p99", "answered → wall, p99", "slower"],
    "phones": ["p99, no phones", "p99, 10 phones", "processor, 10 phones", "messages to phones"],
}


@pytest.mark.timeout(170)
def test_every_figure_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, RUN, "--quick", "--json", file, "--folder", tmp_path, *FIGURES]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as bench:
        try:
            said, failed = bench.communicate(timeout=150)
        except subprocess.TimeoutExpired:
            bench.terminate()  # not killed: it ends its servers
            raise
    assert bench.returncode == 0, failed
    figures = json.loads(file.read_text(encoding="utf-8"))["figures"]
    for section, words in FIGURES.items():
        names = [figure["name"] for figure in figures if figure["section"] == section]
        for word in words:
            assert any(word in name for name in names), f"{word!r} is missing in {names}"
    for figure in figures:
        assert math.isfinite(figure["value"]), figure
        printed = [line for line in said.splitlines() if line.strip().startswith(figure["name"].strip())]
        assert printed, f"{figure['name']!r} was not printed"
        assert figure["meets"] is None or "meets" in printed[0] or "falls short" in printed[0]


def test_an_unknown_section_is_a_clear_mistake() -> None:
    done = subprocess.run([sys.executable, RUN, "walks"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no section walks" in done.stderr


def test_an_old_journal_is_one_that_the_rules_could_have_written(tmp_path: Path) -> None:
    config = tmp_path / "hall.toml"
    config.write_text(servers.hall_toml(), encoding="utf-8")
    settings = load_hall(config)
    last = old_journal.write(tmp_path, settings, old_tickets=5_000, today_events=400)
    database = Database(default_url(tmp_path))
    journal = SqlJournal(database, settings.id)
    hall, tickets, last_ms = Hall(settings), set[str](), 0
    for row in journal.read(0):
        if row.kind == "DayOpened":
            assert {ticket.state for ticket in hall.tickets.values()} <= {"finished", "cancelled", "no_show"}
            tickets |= hall.tickets.keys()
        evolve(hall, decode(row.kind, row.version, row.at_ms, row.data), row.seq)
        assert row.at_ms >= last_ms
        last_ms = row.at_ms
    assert len(tickets) == 5_000
    assert hall.seq == last
    assert journal.last_day_opened() == last - len(journal.read(journal.last_day_opened()))
    assert 90 <= len(hall.tickets) <= 110
    journal.close()
    database.close()
