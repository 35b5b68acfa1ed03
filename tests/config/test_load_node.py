"""A node's file: the agreed shape loads, paths and environment are resolved, mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.errors import ConfigError
from config.node import DeviceSettings, load_display, load_kiosk
from config.window_devices import RatingPadSettings
from drivers.address import parse_address

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


WINDOWS = """
[[callpads]]
driver = "ff68"
address = "simulated://pads"
windows = { 1 = 7, 2 = 8 }
keys = { evaluate = "finish" }
[[signs]]
driver = "dialect"
address = "udp://192.0.2.30:8453"
windows = { 0 = 9 }
dialect = "my-sign.toml"
brightness = { "07:00" = 100, "18:30" = 0 }
[[lamps]]
driver = "gpio"
address = "gpio://bcm"
window = 7
pins = { free = 17, alarm = 23 }
[[buttons]]
driver = "gpio"
address = "gpio://bcm"
window = 10
pins = { next = 5, recall = 6 }
[[keypads]]
driver = "evdev"
address = "evdev://1a2c:0B23?phys=usb-1.2/input0"
window = 11
keys = { "9" = "transfer" }
[[keypads]]
driver = "evdev"
address = "evdev://1a2c:0b23"
window = 12
use = "grades"
[actions]
pause_reason = "午休"
"""


def test_what_stands_at_windows_loads(file: Path) -> None:
    file.write_text(DISPLAY + WINDOWS)
    display = load_display(file, {})
    assert display.operated() == [7, 8, 10, 11], "signs, lamps and grades operate nothing"
    assert display.callpads[0].keys["evaluate"] == "finish"
    assert display.callpads[0].keys["next"] == "next"
    assert display.signs[0].dialect == file.parent / "my-sign.toml"
    assert display.signs[0].brightness == {"07:00": 100, "18:30": 0}
    assert (display.lamps[0].window, display.lamps[0].pins) == (7, {"free": 17, "alarm": 23})
    assert display.keypads[0].keys[""] == "next"
    assert display.keypads[0].keys["9"] == "transfer"
    assert display.actions.pause_reason == "午休"


@pytest.mark.parametrize(
    ("old", "new", "key", "says"),
    [
        ('evaluate = "finish"', 'evaluate = "finnish"', "callpads[0].keys.evaluate", 'did you mean "finish"'),
        ('evaluate = "finish"', 'Ev = "finish"', "callpads[0].keys.Ev", "small letters"),
        ('"18:30" = 0', '"18:60" = 0', 'signs[0].brightness."18:60"', "07:30"),
        ('"18:30" = 0', '"18:30" = 101', 'signs[0].brightness."18:30"', "0–100"),
        ("free = 17, alarm = 23", "green = 17", "lamps[0].pins.green", "free"),
        ("free = 17, alarm = 23", "free = 28", "lamps[0].pins.free", "0–27"),
        ("free = 17, alarm = 23", "free = 17, alarm = 17", "lamps[0].pins", "its own"),
        ("next = 5, recall = 6", "nxt = 5", "buttons[0].pins.nxt", 'did you mean "next"'),
        ("window = 11", "window = 0", "keypads[0].window", "1–999"),
        ('use = "grades"', 'use = "grade"', "keypads[1].use", 'did you mean "grades"'),
        ('"9" = "transfer"', 'x = "transfer"', "keypads[0].keys.x", "before ENTER"),
    ],
)
def test_mistakes_at_windows(file: Path, old: str, new: str, key: str, says: str) -> None:
    assert old in WINDOWS
    file.write_text(DISPLAY + WINDOWS.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load_display(file, {})
    assert says in {mistake.key: mistake.message for mistake in caught.value.mistakes}[key]


@pytest.mark.parametrize(
    "address", ["udp://192.0.2.30:8453", "evdev://1a2c:0B23", "evdev://1a2c:0b23?phys=a", "gpio://bcm"]
)
def test_addresses_are_those_that_drivers_take(file: Path, address: str) -> None:
    file.write_text(KIOSK.replace("simulated://front-desk-printer", address))
    parse_address(load_kiosk(file, {}).printer.address)


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
        ("simulated://front-desk-printer", "udp://host", "devices.printer.address", "udp://host:8453"),
        ("simulated://front-desk-printer", "evdev://1a2c", "devices.printer.address", "vendor and product"),
        ("simulated://front-desk-printer", "evdev://1a2c:0b23?port=1", "devices.printer.address", "?phys=PORT"),
        ("simulated://front-desk-printer", "gpio://17", "devices.printer.address", "gpio://bcm"),
        ("width_mm = 58", "speed_mm_s = 5", "devices.printer.speed_mm_s", "20–400"),
        ("width_mm = 58", "print_again_s = 601", "devices.printer.print_again_s", "0–600"),
        ("width_mm = 58", 'cutter = "no"', "devices.printer.cutter", "true or false"),
        ("width_mm = 58", "process_id = 1", "devices.printer.process_id", "true or false"),
        (
            "[devices.printer]",
            "[devices.lamps]\npins = { busy = 3 }\n[devices.printer]",
            "devices.lamps.pins.busy",
            "free",
        ),
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
        ("[[ratingpads]]", "[actions]\npause_reason = 3\n[[ratingpads]]", "actions.pause_reason", "text"),
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


def test_a_wall_may_keep_to_its_floor_and_show_a_folder(file: Path) -> None:
    file.write_text(
        DISPLAY + '[wall]\nzones = ["f2"]\nlayout = "split"\ncolumns = 2\nclosed = "clock"\n[media]\nfolder = "m"\n'
    )
    display = load_display(file, {})
    assert (display.wall.zones, display.wall.layout, display.wall.columns) == (("f2",), "split", 2)
    assert (display.wall.closed, display.wall.shift, display.voice.emergency_every_s) == ("clock", True, 30)
    assert display.media.folder == file.parent / "m"


def test_a_wall_without_a_folder_shows_none(file: Path) -> None:
    file.write_text(DISPLAY + '[media]\nfolder = ""\n')
    assert load_display(file, {}).media.folder is None
    file.write_text(DISPLAY + '[wall]\nlayout = "tabel"\n')
    with pytest.raises(ConfigError, match="did you mean"):
        load_display(file, {})
