"""`hall-devices monitor` and `probe --trace`, run as processes against twins of bytes that know nothing of ours."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner

from drivers.cli import main
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import PtyLine

DIALECTS = Path(__file__).parents[2] / "config" / "dialects"
NEXT_3 = bytes.fromhex("FF 68 03 03 68 03 01 0C 10 16")
GRADE_3 = bytes.fromhex("FF 68 03 03 68 03 11 02 16 16")
TAKEN_3 = bytes.fromhex("FF 68 03 03 68 03 01 00 04 16")
NO_SHOW_4 = bytes.fromhex("FF 68 04 04 68 04 01 06 0F 1A 16")


class Line:
    """The far end of a serial line."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.url = f"serial://{os.ttyname(self._slave)}?baud=9600"

    def say(self, data: bytes) -> None:
        os.write(self._master, data)

    def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            heard += os.read(self._master, count - len(heard))
        return heard

    def close(self) -> None:
        os.close(self._master)
        os.close(self._slave)


class Running:
    """A command as a process; its lines come out of queues."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "drivers.cli", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.out: queue.Queue[str] = queue.Queue()
        self.err: queue.Queue[str] = queue.Queue()
        self._readers = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, lines) -> None:
        for line in stream:
            lines.put(line.rstrip("\n"))

    def event(self) -> dict:
        return json.loads(self.out.get(timeout=30))

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(timeout=20)
        for reader in self._readers:
            reader.join(timeout=10)
        self.process.stdout.close()
        self.process.stderr.close()


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.close()


@pytest.fixture
def start() -> Iterator[Callable[..., Running]]:
    made: list[Running] = []

    def run(*arguments: str) -> Running:
        made.append(Running(*arguments))
        return made[-1]

    yield run
    for one in made:
        one.end()


@pytest.mark.parametrize("driver", ["ff68", "callpad", str(DIALECTS / "ff68.toml")])
def test_every_press_is_a_line_and_is_acknowledged(line, start, driver):
    running = start("monitor", line.url, "--driver", driver, "--json", "--count", "4")
    assert running.err.get(timeout=30) == "Listening."
    line.say(b"\xff\x68\x07" + NEXT_3)
    assert line.hear(len(NEXT_3)) == NEXT_3
    told = running.event()
    assert (told["event"], told["address"]) == ("next", 3)
    assert told["frame"] == "FF 68 03 03 68 03 01 0C 10 16"
    for byte in GRADE_3:
        line.say(bytes((byte,)))
    assert line.hear(len(TAKEN_3)) == TAKEN_3
    told = running.event()
    assert (told["event"], told["address"], told["value"]) == ("grade", 3, 2)
    line.say(NO_SHOW_4)
    assert line.hear(len(NO_SHOW_4)) == NO_SHOW_4
    assert running.event()["event"] == "no_show"
    line.say(bytes.fromhex("FF 68 04 04 68 04 01 05 13 1D 16"))
    assert running.event()["digits"] == "5"
    assert running.process.wait(timeout=20) == 0


def test_sentences_trace_and_ctrl_c(line, start):
    running = start("monitor", line.url, "--driver", "ff68", "--trace")
    assert running.err.get(timeout=30) == "Listening."
    line.say(GRADE_3)
    assert running.out.get(timeout=30) == "pad 3: grade 2"
    assert running.err.get(timeout=30) == "< FF 68 03 03 68 03 11 02 16 16  |.h..h.....|"
    assert running.err.get(timeout=30) == "> FF 68 03 03 68 03 01 00 04 16  |.h..h.....|"
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(timeout=20) == 0


def test_nobody_reads_any_more(line):
    process = subprocess.Popen(
        [sys.executable, "-m", "drivers.cli", "monitor", line.url, "--driver", "ff68", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr.readline() == "Listening.\n"
    process.stdout.close()
    line.say(NEXT_3)
    assert process.wait(timeout=20) in (0, 120)
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_a_key_pad(tmp_path, start, monkeypatch):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    twin = KeysTwin(keypad=True)
    pty = PtyLine(twin, tmp_path / "keys")
    pty.wire.baud = KeysTwin.wire_baud
    try:
        running = start("monitor", "simulated://keys", "--driver", "keypad", "--json", "--count", "1")
        assert running.err.get(timeout=30) == "Listening."
        twin.enter("042")
        assert running.event()["text"] == "042"
        assert running.process.wait(timeout=20) == 0
    finally:
        pty.close()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["monitor", "serial:///dev/no-such-port", "--driver", "ff68"], 1, "not plugged in"),
        (["monitor", "serial:///dev/no-such-port", "--driver", "zpl"], 2, "there are ff68"),
        (["monitor", "serial:///dev/no-such-port", "--driver", "no.toml"], 2, "no.toml: cannot be read"),
        (["monitor", "nonsense", "--driver", "ff68"], 2, "no address"),
        (["monitor", "serial:///dev/ttyS0", "--driver", "keypad"], 2, "evdev://"),
        (["probe", "serial:///dev/no-such-port", "--driver", "no.toml"], 2, "no.toml: cannot be read"),
        (["probe", "gpio://bcm"], 1, "hall-queue[device]"),
        (["probe", "udp://127.0.0.1:9"], 1, "udp://127.0.0.1:9"),
    ],
)
def test_faults_are_one_sentence(arguments, code, says):
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, says in result.output) == (code, True), result.output
    assert "Traceback" not in result.output


@contextmanager
def talking(line: Line, data: bytes) -> Iterator[None]:
    """A device that says `data` again and again: what is there before the port is opened is thrown away."""
    stopped = threading.Event()

    def talk() -> None:
        while not stopped.wait(0.05):
            line.say(data)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def test_what_an_unknown_pad_sends_is_seen(line):
    with talking(line, b"\x02A7\x03"):
        result = CliRunner().invoke(main, ["probe", line.url, "--driver", "listen", "--trace", "--seconds", "1"])
    assert result.exit_code == 0
    assert "< 02 41 37 03  |.A7.|" in result.output
    assert re.search(r"sent \d+ bytes in 1 s", result.output)


@pytest.mark.parametrize(
    ("driver", "heard", "says"),
    [
        ("ff68", NEXT_3 + NO_SHOW_4, r"FF 68 pads \(driver ff68\): \d+ frames"),
        ("ff68", b"hello", "no FF 68 frame"),
        ("ff68", b"", "is silent"),
        (str(DIALECTS / "ff68.toml"), NEXT_3, r"in them [1-9]\d* frames of the dialect ff68"),
    ],
)
def test_a_line_is_listened_to(line, driver, heard, says):
    with talking(line, heard) if heard else nullcontext():
        result = CliRunner().invoke(main, ["probe", line.url, "--driver", driver, "--seconds", "1"])
    assert result.exit_code == 0
    assert re.search(says, result.output), result.output


@pytest.mark.parametrize("as_json", [True, False])
def test_in_this_process_too(line, as_json):
    with talking(line, GRADE_3):
        arguments = ["monitor", line.url, "--driver", "ff68", "--count", "1", "--trace"]
        result = CliRunner().invoke(main, [*arguments, "--json"] if as_json else arguments)
    assert result.exit_code == 0, result.output
    assert ('"value": 2' if as_json else "pad 3: grade 2") in result.stdout
    assert "> FF 68 03 03 68 03 01 00 04 16" in result.stderr


def test_a_scanner_in_this_process(tmp_path, monkeypatch):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    twin = KeysTwin()
    pty = PtyLine(twin, tmp_path / "scan")
    pty.wire.baud = KeysTwin.wire_baud
    stopped = threading.Event()

    def scan() -> None:
        while not stopped.wait(0.3):
            twin.enter("A042")

    thread = threading.Thread(target=scan)
    thread.start()
    try:
        result = CliRunner().invoke(main, ["monitor", "simulated://scan", "--driver", "scanner", "--count", "1"])
    finally:
        stopped.set()
        thread.join()
        pty.close()
    assert (result.exit_code, result.stdout) == (0, "typed: A042\n")
