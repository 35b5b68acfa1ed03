"""What nodes and server of an earlier version said to each other, kept for good; knows no version's code.

`tests/golden/wire-0.1.json` was recorded from processes of that version. A file is never changed: a new version adds
one, so that server and nodes can be updated one after the other, in any order.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

GOLDEN = Path(__file__).parents[1] / "golden"
VERSIONS = sorted(path.stem.removeprefix("wire-") for path in GOLDEN.glob("wire-*.json"))


def recorded(version: str) -> dict[str, Any]:
    """`requests` of nodes with the status they got, `answers` by the request's name, `views` by the view's name."""
    said: dict[str, Any] = json.loads((GOLDEN / f"wire-{version}.json").read_text("utf-8"))
    return said


def missing(old: Any, new: Any, where: str = "") -> list[str]:
    """Where `new` lacks a field of `old`, or has another type there. Nothing that was null or empty is compared."""
    if old is None or (new is None and not isinstance(old, (dict, list))):
        return []
    if isinstance(old, dict):
        if not isinstance(new, dict):
            return [f"{where}: {type(new).__name__}"]
        found = [f"{where}.{key} is gone" for key in old if key not in new]
        return found + [line for key in old if key in new for line in missing(old[key], new[key], f"{where}.{key}")]
    if isinstance(old, list):
        if not isinstance(new, list):
            return [f"{where}: {type(new).__name__}"]
        return missing(old[0], new[0], f"{where}[]") if old and new else []
    alike = type(old) is type(new) or {type(old), type(new)} <= {int, float}
    return [] if alike else [f"{where}: {type(new).__name__}"]


def from_the_future(said: Any) -> Any:
    """The same with a field in every object that no version knows, and words in a language that no version has."""
    if isinstance(said, dict) and (not said or "zh-CN" in said):
        return {**said, "tlh": "nuqneH"}
    if isinstance(said, dict):
        return {**{key: from_the_future(value) for key, value in said.items()}, "of_a_later_version": {"any": [1]}}
    return [from_the_future(value) for value in said] if isinstance(said, list) else said
