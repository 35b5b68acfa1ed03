"""The units are what systemd takes: no unknown key, no missing unit, and they start what the packages install."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = {unit.name: unit for unit in sorted((ROOT / "systemd").glob("*.service"))}
COMMANDS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
EXEC = re.compile(r"^(Exec\w+=)(/\S+)", re.MULTILINE)

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")


def verify(folder: Path, units: dict[str, str], program: Path) -> subprocess.CompletedProcess[str]:
    """systemd-analyze on copies whose programs exist, so that it can complain of nothing but the unit."""
    for name, text in units.items():
        (folder / name).write_text(EXEC.sub(rf"\g<1>{program}", text))
    paths = [str(folder / name) for name in units]
    return subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=yes", *paths],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return program


def test_all_five_units_are_there() -> None:
    assert set(UNITS) == {
        "hall-server.service",
        "hall-kiosk.service",
        "hall-kiosk-browser.service",
        "hall-display.service",
        "hall-display-browser.service",
    }


@needs_systemd
def test_systemd_has_nothing_to_complain_of(tmp_path: Path, program: Path) -> None:
    done = verify(tmp_path, {name: unit.read_text() for name, unit in UNITS.items()}, program)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@needs_systemd
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Restart=always", "Restart=allways"),
        ("StateDirectory=", "StatDirectory="),
        ("User=hall\n", "User=\n[Nothing]\n"),
    ],
)
def test_a_broken_unit_is_seen(tmp_path: Path, program: Path, old: str, new: str) -> None:
    text = UNITS["hall-server.service"].read_text()
    assert old in text
    done = verify(tmp_path, {"hall-server.service": text.replace(old, new, 1)}, program)
    assert done.returncode != 0 or done.stderr


@pytest.mark.parametrize("name", UNITS)
def test_programs_are_ours_or_debian_s(name: str) -> None:
    programs = {Path(found[2]) for found in EXEC.finditer(UNITS[name].read_text())}
    assert programs
    assert programs <= {Path("/opt/hall/bin") / command for command in COMMANDS} | {
        Path("/usr/bin/cage"),
        Path("/usr/bin/curl"),
    }


@pytest.mark.parametrize("name", UNITS)
def test_every_unit_comes_back_for_ever_and_runs_as_nobody_special(name: str) -> None:
    text = UNITS[name].read_text()
    assert "Restart=always" in text
    assert "StartLimitIntervalSec=0" in text, "systemd must not give up after a bad minute"
    assert re.search(r"^User=hall(-screen)?$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("hall-kiosk-browser.service", "http://127.0.0.1:8081/"),
        ("hall-display-browser.service", "http://127.0.0.1:8082/wall"),
    ],
)
def test_a_screen_shows_its_own_node_without_a_word_of_its_own(name: str, page: str) -> None:
    text = UNITS[name].read_text()
    for flag in (
        "--kiosk",
        f"--app={page}",
        "--incognito",
        "--noerrdialogs",
        "--autoplay-policy=no-user-gesture-required",
        "--disable-background-networking",
    ):
        assert f" {flag} " in text.replace("\\\n", " \n").replace("\n", " ") + " "
