"""What a kiosk node and a display node can be set to, and how their files are read; knows no driver and no page.

Paths in a file are relative to the folder of the file. The environment wins over the file, so that one file serves a
demo, a test and a hall: HALL_NODE_SERVER, HALL_NODE_TOKEN_FILE, HALL_NODE_DATA and HALL_NODE_PORT.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from config.read import Table, open_file
from config.values import DEVICE_ADDRESS, IDENTITY, LANGUAGES, WEB_ADDRESS, choice, integer, number_map, text

TOKEN_FILE_VARIABLE = "HALL_NODE_TOKEN_FILE"  # noqa: S105 - the name of a variable
DATA_VARIABLE = "HALL_NODE_DATA"
SERVER_VARIABLE = "HALL_NODE_SERVER"
PORT_VARIABLE = "HALL_NODE_PORT"

# Bounds; docs/settings.md says them too and a test compares.
PORT = (1, 65_535)
PAPER_WIDTHS_MM = (58, 80)
PRIORITY_AGE = (0, 120)
REPEATS = (1, 5)
DROP_AFTER_S = (5, 3_600)
ON_THE_LINE = (0, 255)
GRADE = (1, 5)
WINDOW_ID = (1, 999)
PATH_CHARACTERS = 4_096

_PATH = text(longest=PATH_CHARACTERS)


@dataclass(frozen=True, slots=True)
class NodeSettings:
    """Who a node is. id: [a-z0-9-]{1,32} · server: http(s) URL without a path · token_file and data: absolute paths."""

    id: str
    server: str
    token_file: Path
    data: Path


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Where the node serves its page: a host name or address, and a port 1–65,535."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """A device: the name of its driver, and its address as a URL (serial, socket, simulated or alsa)."""

    driver: str
    address: str


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """The slip printer. width_mm: of the paper, 58 or 80."""

    driver: str
    address: str
    width_mm: int = 80


@dataclass(frozen=True, slots=True)
class KioskPrivacy:
    """What a kiosk may conclude from a card. priority_age: 0–120 years, from then on priority is offered; 0: never."""

    priority_age: int = 65


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """One kiosk node. `idcard` is None at a kiosk without a card reader."""

    node: NodeSettings
    page: PageSettings
    printer: PrinterSettings
    idcard: DeviceSettings | None = None
    privacy: KioskPrivacy = field(default_factory=KioskPrivacy)


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How calls are spoken.

    languages: one after another · repeats: 1–5, of the whole announcement · bank: folder of recorded clips, or None ·
    drop_after_s: 5–3,600, a call that waited longer to be spoken is dropped.
    """

    languages: tuple[str, ...] = ("zh-CN",)
    repeats: int = 2
    bank: Path | None = None
    drop_after_s: int = 60


@dataclass(frozen=True, slots=True)
class RatingPadSettings:
    """Rating pads on one line. windows: pad address 0–255 -> window 1–999 · grades: value on the wire 0–255 -> 1–5."""

    driver: str
    address: str
    windows: Mapping[int, int]
    grades: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """One display node. `speaker` is None where nothing is said."""

    node: NodeSettings
    page: PageSettings
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    speaker: DeviceSettings | None = None
    ratingpads: tuple[RatingPadSettings, ...] = ()


def load_kiosk(path: Path, environment: Mapping[str, str] = os.environ, text: str | None = None) -> KioskSettings:
    """Read a kiosk's file, or `text` as if it stood there. Raises ConfigError with every mistake in it."""
    file = open_file(path, text)
    devices = file.table("devices")
    printer = devices.table("printer")
    privacy = file.table("privacy", required=False)
    settings = KioskSettings(
        node=_node(file, path, environment),
        page=_page(file, preset_port=8081, environment=environment),
        printer=PrinterSettings(
            driver=printer.get("driver", IDENTITY),
            address=printer.get("address", DEVICE_ADDRESS),
            width_mm=printer.get("width_mm", choice(PAPER_WIDTHS_MM), 80),
        ),
        idcard=_device(devices, "idcard"),
        privacy=KioskPrivacy(privacy.get("priority_age", integer(*PRIORITY_AGE), KioskPrivacy().priority_age)),
    )
    file.finish()
    return settings


def load_display(path: Path, environment: Mapping[str, str] = os.environ, text: str | None = None) -> DisplaySettings:
    """Read a display's file, or `text` as if it stood there. Raises ConfigError with every mistake in it."""
    file = open_file(path, text)
    settings = DisplaySettings(
        node=_node(file, path, environment),
        page=_page(file, preset_port=8082, environment=environment),
        voice=_voice(file.table("voice", required=False), path),
        speaker=_device(file.table("devices", required=False), "speaker"),
        ratingpads=tuple(_pads(pads) for pads in file.tables("ratingpads")),
    )
    file.finish()
    return settings


def _node(file: Table, path: Path, environment: Mapping[str, str]) -> NodeSettings:
    node = file.table("node")
    if server := environment.get(SERVER_VARIABLE):
        node.replace("server", server)
    for name, variable in (("token_file", TOKEN_FILE_VARIABLE), ("data", DATA_VARIABLE)):
        if given := environment.get(variable):
            node.replace(name, str(Path(given).absolute()))
    identity = node.get("id", IDENTITY)
    # Joining with an absolute path gives that path, so file and environment may name either.
    folder = path.absolute().parent
    return NodeSettings(
        id=identity,
        server=node.get("server", WEB_ADDRESS),
        token_file=folder / node.get("token_file", _PATH, f"{identity}.token"),
        data=folder / node.get("data", _PATH, identity),
    )


def _page(file: Table, preset_port: int, environment: Mapping[str, str]) -> PageSettings:
    page = file.table("page", required=False)
    if port := environment.get(PORT_VARIABLE):
        page.replace("port", int(port) if port.isascii() and port.isdecimal() else port)
    return PageSettings(host=page.get("host", text(), "127.0.0.1"), port=page.get("port", integer(*PORT), preset_port))


def _device(devices: Table, name: str) -> DeviceSettings | None:
    if not devices.has(name):
        return None
    device = devices.table(name)
    return DeviceSettings(driver=device.get("driver", IDENTITY), address=device.get("address", DEVICE_ADDRESS))


def _voice(voice: Table, path: Path) -> VoiceSettings:
    presets = VoiceSettings()
    bank = voice.get("bank", text(longest=PATH_CHARACTERS, may_be_empty=True), "")
    return VoiceSettings(
        languages=voice.get("languages", LANGUAGES, presets.languages),
        repeats=voice.get("repeats", integer(*REPEATS), presets.repeats),
        bank=path.absolute().parent / bank if bank else None,
        drop_after_s=voice.get("drop_after_s", integer(*DROP_AFTER_S), presets.drop_after_s),
    )


def _pads(pads: Table) -> RatingPadSettings:
    return RatingPadSettings(
        driver=pads.get("driver", IDENTITY),
        address=pads.get("address", DEVICE_ADDRESS),
        windows=pads.get("windows", number_map(ON_THE_LINE[1], *WINDOW_ID)),
        grades=pads.get("grades", number_map(ON_THE_LINE[1], *GRADE)),
    )
