"""`queue-server simulate` as people use it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from config.document import as_toml, document_of
from config.settings import Hours, Span
from queue_server.cli import main
from queue_server.simulate.plot import NoFontError, font_family

DAY_FILE = """
priority_share = 0.1
[rates]
"08:30" = { hukou = 20, business = 8 }
"09:00" = { hukou = 24, business = 10 }
"09:30" = { hukou = 16, business = 8 }
"10:00" = { hukou = 8, business = 4 }
[service_times]
hukou = 300
business = 400
"""

Run = Callable[..., Result]


@pytest.fixture
def run(hall_settings: Callable[..., Any], tmp_path: Path) -> Run:
    settings = hall_settings(("hukou", "business"), dict.fromkeys(range(1, 5), ("hukou", "business")))
    settings = replace(settings, hours=Hours(((Span(time(8, 30), time(12)),),) * 7))
    hall, day = tmp_path / "hall.toml", tmp_path / "day.toml"
    hall.write_text(as_toml(document_of(settings)), encoding="utf-8")
    day.write_text(DAY_FILE, encoding="utf-8")

    def invoke(*arguments: str | Path, source: tuple[str | Path, ...] = ("--day-file", day)) -> Result:
        fixed = ("simulate", "--config", hall, "--date", "2026-11-23", "--days", "6", "--workers", "1")
        return CliRunner().invoke(main, [str(a) for a in (*fixed, *source, *arguments)])

    return invoke


def test_a_day_as_a_table_in_both_languages_and_as_json(run: Run) -> None:
    chinese, english = run(), run("--language", "en")
    assert chinese.exit_code == english.exit_code == 0
    assert "平均等候" in chinese.output
    assert "瓯北街道便民服务中心" in chinese.output
    assert "mean wait" in english.output
    first, again, other = (json.loads(run("--json", "--seed", seed).output) for seed in ("1", "1", "2"))
    assert first == again
    assert first["summary"] != other["summary"]
    assert first["summary"]["whole"]["tickets"] == pytest.approx(49, rel=0.3)
    assert 0 < first["summary"]["whole"]["within"]["value"] <= 1


def test_arrivals_from_a_file_are_the_same_every_day(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "arrivals.csv"
    path.write_text("time,service\n08:31,hukou\n08:32,business\n08:32,hukou\n", encoding="utf-8")
    said = json.loads(run("--json", source=("--arrivals", path)).output)
    assert said["summary"]["whole"]["tickets"] == 3


@pytest.mark.parametrize("name", ["waits.png", "waits.svg"])
def test_windows_are_compared_in_a_table_and_a_picture(run: Run, tmp_path: Path, name: str) -> None:
    done = run("--windows", "2..5", "--plot", tmp_path / name)
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in done.output.splitlines() if line[:1].isdigit()] == ["2", "3", "4", "5"]
    assert "假设" in done.output  # the hall has four windows
    assert (tmp_path / name).read_bytes()[:5] in (b"\x89PNG\r", b"<?xml")


def test_a_plan_is_recommended_that_a_day_file_takes(run: Run, tmp_path: Path) -> None:
    done = run("--recommend", "target=90%<900s", "--language", "en")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""  # a bar is for whoever watches
    assert "days that the search never saw" in done.output
    cells, bound = map(int, re.findall(r"(\d+) window-half-hours .* alone takes (\d+)", done.output)[0])
    assert bound < cells < 4 * 7
    toml = re.findall(r"\[\[plan\]\]\nwindows = .*\nshifts = .*\n", done.output)
    planned = tmp_path / "planned.toml"
    planned.write_text("\n".join([DAY_FILE, *toml]), encoding="utf-8")
    again = json.loads(run("--json", "--days", "30", source=("--day-file", planned)).output)
    assert again["summary"]["whole"]["within"]["value"] >= 0.8


@pytest.mark.usefixtures("run")  # writes the hall
def test_a_long_search_shows_a_bar_to_whoever_watches(tmp_path: Path) -> None:
    arrivals = "".join(f"09:{n:02d},hukou\n" for n in range(0, 60, 4))
    (tmp_path / "few.csv").write_text(f"time,service\n{arrivals}", encoding="utf-8")
    ours, theirs = pty.openpty()
    command = [
        sys.executable, "-m", "queue_server.cli", "simulate", "--config", tmp_path / "hall.toml", "--arrivals",
        tmp_path / "few.csv", "--date", "2026-11-23", "--workers", "1", "--language", "en",
        "--recommend", "90%<900s",
    ]  # fmt: skip
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        with os.fdopen(ours, "rb", buffering=0) as terminal, contextlib.suppress(OSError):  # EIO: the other end is shut
            while piece := terminal.read(4096):
                seen += piece
        assert process.stdout is not None
        assert b"Opening plan" in process.stdout.read()
    assert process.returncode == 0
    shown = [int(share) for share in re.findall(rb"(\d+)%", re.sub(rb"[\d.]+%, \d+", b"", seen))]
    assert shown == sorted(shown)
    assert shown[-1] == 100
    assert len(set(shown)) > 5


def test_what_cannot_be_kept_is_said(run: Run) -> None:
    done = run("--recommend", "target=99.9%<1s", "--language", "en")
    assert done.exit_code == 1
    assert "cannot be kept" in done.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--windows", "8..3"), "such as 3..8"),
        (("--recommend", "soon"), "such as target=90%<900s"),
        (("--plot", "a.png"), "--windows"),
        (("--windows", "2..3", "--plot", "a.pdf"), ".png or .svg"),
        (("--from-journal", "2026-11-01..2026-11-02"), "--data"),
        (("--from-journal", "tomorrow", "--data", "x"), "the first and the last day"),
        (("--windows", "2..3", "--recommend", "90%<900s"), "two questions"),
    ],
)
def test_a_mistake_is_said_in_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_who_comes_must_be_said_and_a_journal_be_there(run: Run, tmp_path: Path) -> None:
    assert "Say who comes" in run(source=()).stderr
    nothing = run("--from-journal", "2026-11-01", "--data", tmp_path / "none")
    assert nothing.exit_code == 2
    assert "There is no journal" in nothing.stderr


def test_a_picture_needs_a_font_for_its_words() -> None:
    assert font_family(True, {"Noto Sans CJK JP", "Noto Sans CJK SC", "Other"})[0] == "Noto Sans CJK SC"
    assert font_family(False, {"Other"}) == ["DejaVu Sans"]
    with pytest.raises(NoFontError, match="fonts-noto-cjk"):
        font_family(True, {"DejaVu Sans"})


@pytest.mark.parametrize("module", ["queue_server.web.serve", "queue_server.web.app", "queue_server.cli"])
def test_the_server_loads_no_numbers_library(module: str) -> None:
    found = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print({{'numpy', 'scipy', 'matplotlib'}} & {{*sys.modules}})"],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert found.stdout.strip() == "set()"
