"""What import-linter cannot say: who uses the standard library only, and that pure ones ask no clock for the time."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"config", "display", "drivers", "kiosk", "queue_server"}
STANDARD_LIBRARY_ONLY = ["queue_server/hall", "queue_server/readers", "queue_server/wire", "config"]
PURE = ["queue_server/hall", "queue_server/readers", "queue_server/wire", "config/settings.py"]
CLOCKS = {"now", "today", "utcnow", "localtime", "gmtime", "monotonic", "perf_counter"}


def modules(places: list[str]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        found = [path] if path.is_file() else sorted(path.rglob("*.py"))
        assert found, f"{place} is gone: this test checks nothing"
        yield from found


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(modules(STANDARD_LIBRARY_ONLY)), ids=name_of)
def test_standard_library_only(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full here"
            imported.add(str(node.module).partition(".")[0])
    assert not imported - OURS - sys.stdlib_module_names


@pytest.mark.parametrize("path", list(modules(PURE)), ids=name_of)
def test_pure_modules_are_given_the_time(path: Path) -> None:
    asked = [
        f"{path.name}:{node.lineno} {node.func.attr}()"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert not asked
