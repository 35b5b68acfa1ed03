"""`hall-devices` from a shell: exit codes, one sentence for each fault, and twins that other programs can talk to."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import serial
from click.testing import CliRunner

from drivers.cli import main

TWINS = '[[twins]]\nname = "p1"\nkind = "printer"\n[[twins]]\nname = "s1"\nkind = "speaker"\n'


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hall-") as name:
        monkeypatch.setenv("HALL_DEVICES_DIR", name)
        yield Path(name)


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """`start(*arguments)` runs hall-devices and returns the process and its first line."""
    started: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> tuple[subprocess.Popen[str], str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "drivers.cli", *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        started.append(process)
        assert process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=lambda: lines.put(process.stdout.readline()), daemon=True).start()
        return process, lines.get(timeout=30)

    yield run
    for process in started:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["list", "--help"], ["probe", "--help"], ["simulate", "-h"], ["panel", "-h"]]
)
def test_help(arguments):
    result = run(*arguments)
    assert (result.exit_code, "Usage:" in result.output) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["probe", "nonsense"], 2, "no address"),
        (["probe", "serial:///dev/no-such-port"], 1, "not plugged in"),
        (["probe", "simulated://away"], 1, "not there"),
        (["probe", "serial:///dev/no-such-port", "--driver", "zpl"], 2, "escpos"),
        (["simulate", "fax", "--pty", "x"], 2, "fax"),
        (["simulate", "printer", "--pty", "/no/such/folder/x"], 2, "no folder"),
        (["panel", "--config", "/no/such/file.toml"], 2, "cannot be read"),
    ],
)
def test_faults_are_one_sentence(folder, arguments, code, says):
    result = run(*arguments)
    assert result.exit_code == code
    assert says in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("arguments", [(), ("bank",), ("nonsense",), ("probe",), ("simulate", "toaster", "--pty", "x")])
def test_mistakes_of_usage_are_one_line(folder, arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("hall-devices: ")


def test_nothing_to_list(folder):
    result = run("list")
    assert result.exit_code == 0
    assert "simulated://" not in result.output


def test_a_simulated_device_for_anyones_software(start, tmp_path):
    process, line = start("simulate", "printer", "--pty", str(tmp_path / "printer"), "--width-mm", "58")
    assert str(tmp_path / "printer") in line
    with serial.Serial(str(tmp_path / "printer"), 9600, timeout=5) as port:
        port.write(b"\x10\x04\x04")
        assert port.read(1) == b"\x12"
    assert "ESC/POS printer" in run("probe", f"serial://{tmp_path}/printer").output
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=20) == 0
    assert not (tmp_path / "printer").is_symlink()


def test_pads_answer_to_their_own_driver_only(start, folder):
    start("simulate", "ratingpad", "--pty", str(folder / "pads"), "--address", "3")
    silent = run("probe", "simulated://pads")
    assert silent.exit_code == 1
    assert "--driver ff68" in silent.output
    assert run("probe", "simulated://pads", "--driver", "ff68").exit_code == 0


def test_a_card_reader_and_a_speaker_are_recognised(start, folder):
    start("simulate", "idcard", "--pty", str(folder / "reader"))
    start("simulate", "speaker", "--pty", str(folder / "speaker"))
    assert "SDT" in run("probe", "simulated://reader").output
    assert "simulated speaker" in run("probe", "simulated://speaker").output


def test_a_whole_hall_on_one_page(start, folder, tmp_path):
    (tmp_path / "twins.toml").write_text(TWINS)
    process, line = start("panel", "--config", str(tmp_path / "twins.toml"), "--port", "0")
    url = line.split()[2]
    assert [twin["name"] for twin in requests.get(f"{url}api/twins", timeout=10).json()] == ["p1", "s1"]
    listed = run("list").output
    assert "simulated://p1  simulated printer  driver: escpos" in listed
    assert "simulated://s1  simulated speaker  driver: speech" in listed
    second = subprocess.run(
        [
            sys.executable,
            "-m",
            "drivers.cli",
            "panel",
            "--config",
            str(tmp_path / "twins.toml"),
            "--port",
            url.split(":")[2].strip("/"),
        ],
        capture_output=True,
        text=True,
        env={**os.environ, "HALL_DEVICES_DIR": str(tmp_path / "other")},
        timeout=30,
    )
    assert second.returncode == 1
    assert "another --port" in second.stderr
    process.terminate()
    assert process.wait(timeout=20) == 0
    assert list(folder.iterdir()) == []


def test_mistakes_in_the_file_end_with_2(folder, tmp_path):
    (tmp_path / "twins.toml").write_text('[[twins]]\nname = "a"\nkind = "printer"\nwidth_mm = 1\nnmae = 2\n')
    result = run("panel", "--config", str(tmp_path / "twins.toml"))
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 2
