"""requirements.lock fits pyproject.toml: every package it asks for is pinned, within its bounds, with hashes."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ASKED = [
    *PROJECT["project"]["dependencies"],
    *PROJECT["dependency-groups"]["dev"],
    *PROJECT["build-system"]["requires"],
]


@pytest.fixture(scope="module")
def locked() -> dict[str, tuple[str, str]]:
    text = (ROOT / "requirements.lock").read_text()
    return {canonicalize_name(found[1]): (found[2], found[3]) for found in PINNED.finditer(text)}


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_for_is_locked_within_its_bounds(asked: str, locked: dict[str, tuple[str, str]]) -> None:
    requirement = Requirement(asked)
    version, _ = locked[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version, prereleases=True), "run `make lock`"


def test_every_package_has_hashes_and_no_registry_is_named(locked: dict[str, tuple[str, str]]) -> None:
    assert len(locked) > len(ASKED)
    assert all("--hash=sha256:" in rest for _, rest in locked.values())
    assert "://" not in (ROOT / "requirements.lock").read_text()
