"""The bench runs and prints every figure; how fast anything is stays with `make bench`."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

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
        "slower, 16 clients",
        "generator's own limit",
    ],
    "next": ["next (and as many start beside)", "slower"],
    "estimates": ["mean absolute error", "p90 held", "pinball loss of p90", "CPU of an answer"],
    "walls": ["pressed → wall, p50", "pressed → wall, p99", "answered → wall, p99", "slower"],
    "phones": ["p99, no phones", "p99, 10 phones", "processor, 10 phones", "messages to phones"],
}


@pytest.mark.timeout(120)
def test_every_figure_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    command = [sys.executable, RUN, "--quick", "--json", file, "--folder", tmp_path, *FIGURES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text(encoding="utf-8"))["figures"]
    for section, words in FIGURES.items():
        names = [figure["name"] for figure in figures if figure["section"] == section]
        for word in words:
            assert any(word in name for name in names), f"{word!r} is missing in {names}"
    for figure in figures:
        assert math.isfinite(figure["value"]), figure
        printed = [line for line in done.stdout.splitlines() if line.strip().startswith(figure["name"].strip())]
        assert printed, f"{figure['name']!r} was not printed"
        assert figure["meets"] is None or "meets" in printed[0] or "falls short" in printed[0]


def test_an_unknown_section_is_a_clear_mistake() -> None:
    done = subprocess.run([sys.executable, RUN, "walks"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "no section walks" in done.stderr
