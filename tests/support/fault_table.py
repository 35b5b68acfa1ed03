"""The table of docs/devices.md that says how each kind meets each fault, for the tests that hold it."""

from __future__ import annotations

from pathlib import Path

DOC = Path(__file__).parents[2] / "docs" / "devices.md"
HEADING = "## Each fault at each kind"


def fault_table() -> dict[str, dict[str, str]]:
    """kind -> fault -> code, "works", "unseen" or "–"."""
    section = DOC.read_text("utf-8").partition(HEADING)[2].partition("\n## ")[0]
    lines = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip().strip("`") for cell in line] for line in lines]
    kinds, *faults = rows[:1] + rows[2:]
    return {kind: {row[0]: row[column] for row in faults} for column, kind in enumerate(kinds) if column}
