"""Everything a stranger may meet is documented: events, errors, commands, reasons for a call."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import click
import pytest
from hall_process import script

from drivers.cli import main as hall_devices
from queue_server.cli import main as queue_server
from queue_server.hall.events import KINDS
from queue_server.hall.refusal import REFUSALS
from queue_server.web.problems import PROBLEMS, status_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
COMMANDS = {"queue-server": queue_server, "hall-devices": hall_devices}


def _rows(name: str) -> dict[str, str]:
    """The tables of a page: first cell's code -> the whole row."""
    lines = (DOCS / name).read_text(encoding="utf-8").splitlines()
    return {found[1]: line for line in lines if (found := re.match(r"\| `([^`]+)`", line))}


def test_every_event_is_documented() -> None:
    rows = _rows("journal.md")
    for kind, event in KINDS.items():
        assert kind in rows, f"docs/journal.md has no row for {kind}"
        for field in event.__dataclass_fields__:
            assert field == "at_ms" or f"`{field}`" in rows[kind], f"{kind}.{field}"
    assert {row for row in rows if row[0].isupper()} == set(KINDS)


def test_every_error_is_documented_with_its_status() -> None:
    rows = _rows("errors.md")
    for code in (*REFUSALS, *PROBLEMS):
        assert code in rows, f"docs/errors.md has no row for {code}"
        assert f"| {status_of(code)} |" in rows[code]


def test_every_reason_for_a_call_is_documented() -> None:
    """In docs/routing.md with an example, and in the console's words of both languages; and no reason that is none."""
    source = "".join((ROOT / "queue_server/hall" / name).read_text() for name in ("order.py", "window_rules.py"))
    reasons = set(re.findall(r'why = "(\w+)"', source)) | set(re.findall(r'Choice\([^)]*?, "(\w+)"\)', source))
    rows = _rows("routing.md")
    assert reasons == set(rows)
    assert all(len([cell for cell in row.split("|") if cell.strip()]) == 3 for row in rows.values()), "an example each"
    for language in ("zh-CN", "en"):
        words = json.loads((ROOT / f"queue_server/web/shared/words/{language}/console.json").read_text("utf-8"))
        assert {f"why.{reason}" for reason in reasons} <= set(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_and_explains_itself(name: str) -> None:
    text = (DOCS / "commands.md").read_text(encoding="utf-8")
    group = COMMANDS[name]
    assert isinstance(group, click.Group)
    for path, command in _leaves(group):
        first, last = path.split()[0], path.split()[-1]
        said = rf"\b{name} [^|]*\b{last}\b" if first == last else rf"\b{first}\b[^|]*\b{last}\b"
        assert re.search(said, text), f"{name} {path}"
        assert command.help


@pytest.mark.parametrize("name", ["kiosk-node", "display-node"])
def test_nodes_are_documented_and_explain_themselves(name: str) -> None:
    assert f"`{name} run --config FILE`" in (DOCS / "commands.md").read_text(encoding="utf-8")
    done = subprocess.run([script(name), "run", "--help"], capture_output=True, text=True, check=True, timeout=60)
    assert "--config FILE" in done.stdout


def test_links_of_the_documents_lead_somewhere() -> None:
    for page in (*DOCS.glob("*.md"), *ROOT.glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def _leaves(group: click.Group, path: str = "") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        here = f"{path} {name}".strip()
        found += _leaves(command, here) if isinstance(command, click.Group) else [(here, command)]
    return found
