"""A node's file: the agreed shape loads, paths and environment are resolved, mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.node import DeviceSettings, load_display, load_kiosk
from config.window_devices import RatingPadSettings

KIOSK = """
[node]
id = "kiosk-1"
server = "http://127.0.0.1:8080"
token_file = "kiosk-1.token"
data = "kiosk-1"
[page]
host = "127.0.0.1"
port = 8081
[devices.printer]
driver = "escpos"
address = "simulated://front-desk-printer"
width_mm = 58
[devices.idcard]
driver = "sdt"
address = "serial:///dev/ttyUSB0?baud=9600"
[privacy]
priority_age = 60
"""

DISPLAY = """
[node]
id = "display-1"
server = "https://hall.example/"
[voice]
languages = ["zh-CN", "en"]
bank = "clips"
[devices.speaker]
driver = "speech"
address = "alsa://default"
[[ratingpads]]
driver = "ff68"
address = "simulated://pads"
windows = { 3 = 1, 4 = 2 }
grades = { 0 = 2, 1 = 3, 2 = 4, 3 = 5 }
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "node.toml"


def test_a_kiosk_loads(file: Path) -> None:
    file.write_text(KIOSK)
    kiosk = load_kiosk(file, {})
    assert kiosk.node.token_file == file.parent / "kiosk-1.token"
    assert kiosk.node.data == file.parent / "kiosk-1"
    assert (kiosk.page.host, kiosk.page.port, kiosk.printer.width_mm) == ("127.0.0.1", 8081, 58)
    assert kiosk.idcard == DeviceSettings("sdt", "serial:///dev/ttyUSB0?baud=9600")
    assert kiosk.privacy.priority_age == 60


def test_a_display_loads_and_what_is_left_out_takes_its_preset(file: Path) -> None:
    file.write_text(DISPLAY)
    display = load_display(file, {})
    assert display.node.server == "https://hall.example"
    assert display.node.token_file == file.parent / "display-1.token"
    assert display.page.port == 8082
    assert (display.voice.languages, display.voice.repeats, display.voice.drop_after_s) == (("zh-CN", "en"), 2, 60)
    assert display.voice.bank == file.parent / "clips"
    assert display.speaker == DeviceSettings("speech", "alsa://default")
    assert display.ratingpads == (
        RatingPadSettings("ff68", "simulated://pads", windows={3: 1, 4: 2}, grades={0: 2, 1: 3, 2: 4, 3: 5}),
    )


def test_a_display_needs_no_device(file: Path) -> None:
    file.write_text(DISPLAY.split("[voice]")[0])
    display = load_display(file, {})
    assert display.speaker is None
    assert display.ratingpads == ()


def test_the_environment_wins_over_the_file(file: Path) -> None:
    file.write_text(KIOSK.replace('server = "http://127.0.0.1:8080"', "").replace("port = 8081", ""))
    kiosk = load_kiosk(
        file,
        {
            "HALL_NODE_SERVER": "http://127.0.0.1:9000",
            "HALL_NODE_TOKEN_FILE": "/run/secret",
            "HALL_NODE_DATA": "/var/lib/node",
            "HALL_NODE_PORT": "9001",
        },
    )
    assert kiosk.node.server == "http://127.0.0.1:9000"
    assert (kiosk.node.token_file, kiosk.node.data) == (Path("/run/secret"), Path("/var/lib/node"))
    assert kiosk.page.port == 9001


@pytest.mark.parametrize("port", ["0", "x", "70000"])
def test_a_wrong_variable_is_a_mistake(file: Path, port: str) -> None:
    file.write_text(KIOSK)
    with pytest.raises(ConfigError, match=r"page\.port = .* 1–65,535"):
        load_kiosk(file, {"HALL_NODE_PORT": port})


def test_absolute_paths_stay(file: Path) -> None:
    file.write_text(KIOSK.replace('"kiosk-1.token"', '"/etc/hall/kiosk.token"'))
    assert load_kiosk(file, {}).node.token_file == Path("/etc/hall/kiosk.token")


@pytest.mark.parametrize("address", ["usb://04b8:0202", "usb://04B8:20e2:J3K1", "cups://front-desk"])
def test_printers_stand_at_usb_and_cups_too(file: Path, address: str) -> None:
    file.write_text(KIOSK.replace("simulated://front-desk-printer", address))
    assert load_kiosk(file, {}).printer.address == address


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", "node.server", "http://"),
        ("http://127.0.0.1:8080", "http://host/api", "node.server", "without a path"),
        ("http://127.0.0.1:8080", "http://user:word@host", "node.server", "http://"),
        ("http://127.0.0.1:8080", "http://host:port", "node.server", "http://"),
        ("port = 8081", "port = 0", "page.port", "1–65,535"),
        ("width_mm = 58", "width_mm = 72", "devices.printer.width_mm", "58, 80"),
        ("simulated://front-desk-printer", "simulatd://x", "devices.printer.address", 'did you mean "simulated"'),
        ("simulated://front-desk-printer", "front-desk-printer", "devices.printer.address", "URL"),
        ("simulated://front-desk-printer", "socket://host", "devices.printer.address", "host and port"),
        ("simulated://front-desk-printer", "serial://dev/ttyUSB0", "devices.printer.address", "three slashes"),
        ("simulated://front-desk-printer", "simulated://", "devices.printer.address", "name"),
        ("simulated://front-desk-printer", "usb://4b8", "devices.printer.address", "vendor and product"),
        ("simulated://front-desk-printer", "cups://", "devices.printer.address", "name"),
        ("[devices.printer]", "[devices.prnter]", "devices.prnter", 'did you mean "printer"'),
        ("priority_age = 60", "priority_age = 121", "privacy.priority_age", "0–120"),
        ("[privacy]", "[voice]\n[privacy]", "voice", "known here"),
    ],
)
def test_kiosk_mistakes(file: Path, old: str, new: str, key: str, says: str) -> None:
    assert old in KIOSK
    file.write_text(KIOSK.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load_kiosk(file, {})
    assert says in {mistake.key: mistake.message for mistake in caught.value.mistakes}[key]


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ("3 = 1, 4 = 2", "", "ratingpads[0].windows", "table"),
        ("3 = 1, 4 = 2", "x = 1", "ratingpads[0].windows.x", "0–255"),
        ("3 = 1, 4 = 2", "256 = 1", "ratingpads[0].windows.256", "0–255"),
        ("3 = 5", "3 = 6", "ratingpads[0].grades.3", "1–5"),
        ('bank = "clips"', "repeats = 6", "voice.repeats", "1–5"),
        ('bank = "clips"', "drop_after = 6", "voice.drop_after", 'did you mean "drop_after_s"'),
    ],
)
def test_display_mistakes(file: Path, old: str, new: str, key: str, says: str) -> None:
    assert old in DISPLAY
    file.write_text(DISPLAY.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load_display(file, {})
    assert [mistake.key for mistake in caught.value.mistakes] == [key]
    assert says in caught.value.mistakes[0].message
