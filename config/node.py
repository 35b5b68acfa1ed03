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
from config.values import DEVICE_ADDRESS, FLAG, IDENTITY, LANGUAGES, WEB_ADDRESS, choice, each, integer, text
from config.wall import MediaSettings, WallSettings, read_media, read_wall
from config.window_devices import (
    PATH_CHARACTERS,
    ActionSettings,
    ButtonSettings,
    CallPadSettings,
    KeyPadSettings,
    LampSettings,
    RatingPadSettings,
    SignSettings,
    WindowLampSettings,
    read_actions,
    read_buttons,
    read_call_pads,
    read_key_pad,
    read_lamp,
    read_rating_pads,
    read_signs,
    read_window_lamp,
)

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
EMERGENCY_EVERY_S = (10, 600)
SPEED_MM_S = (20, 400)
ROLL_M = (1, 500)
PRINT_AGAIN_S = (0, 600)

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
    """A device: the name of its driver, and its address as a URL."""

    driver: str
    address: str


@dataclass(frozen=True, slots=True)
class PrinterSettings:
    """The slip printer.

    width_mm: of the paper, 58 or 80 · cutter: it has one · logo: picture at the top of every slip, or None ·
    process_id: it understands `GS ( H` · speed_mm_s: its slowest paper speed, 20–400 · print_again_s: 0–600, for so
    long a slip that paper end interrupted is printed again by itself when there is paper; 0: never · roll_m: length of
    a new roll, 1–500, for the estimate of what is left.
    """

    driver: str
    address: str
    width_mm: int = 80
    cutter: bool = True
    logo: Path | None = None
    process_id: bool = True
    speed_mm_s: int = 60
    print_again_s: int = 120
    roll_m: int = 80


@dataclass(frozen=True, slots=True)
class KioskPrivacy:
    """What a kiosk may conclude from a card. priority_age: 0–120 years, from then on priority is offered; 0: never."""

    priority_age: int = 65


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    """The browser for the hall's `sites`. program: its name or path, "" for none here · arguments: more of them."""

    program: str = "chromium"
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """One kiosk node. What it does not have is None."""

    node: NodeSettings
    page: PageSettings
    printer: PrinterSettings
    idcard: DeviceSettings | None = None
    scanner: DeviceSettings | None = None
    keypad: DeviceSettings | None = None
    speaker: DeviceSettings | None = None
    headphones: DeviceSettings | None = None
    lamps: LampSettings | None = None
    privacy: KioskPrivacy = field(default_factory=KioskPrivacy)
    browser: BrowserSettings = field(default_factory=BrowserSettings)


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """How calls are spoken.

    languages: one after another · repeats: 1–5, of the whole announcement · bank: folder of recorded clips, or None ·
    drop_after_s: 5–3,600, a call that waited longer to be spoken is dropped · emergency_every_s: 10–600, how long after
    an emergency message was said it is said again.
    """

    languages: tuple[str, ...] = ("zh-CN",)
    repeats: int = 2
    bank: Path | None = None
    drop_after_s: int = 60
    emergency_every_s: int = 30


@dataclass(frozen=True, slots=True)
class DisplaySettings:
    """One display node, and what stands at the windows it looks after. `speaker` is None where nothing is said."""

    node: NodeSettings
    page: PageSettings
    wall: WallSettings = field(default_factory=WallSettings)
    media: MediaSettings = field(default_factory=MediaSettings)
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    speaker: DeviceSettings | None = None
    ratingpads: tuple[RatingPadSettings, ...] = ()
    callpads: tuple[CallPadSettings, ...] = ()
    signs: tuple[SignSettings, ...] = ()
    lamps: tuple[WindowLampSettings, ...] = ()
    buttons: tuple[ButtonSettings, ...] = ()
    keypads: tuple[KeyPadSettings, ...] = ()
    actions: ActionSettings = field(default_factory=ActionSettings)

    def operated(self) -> list[int]:
        """Windows whose keys hang on this node, sorted: its token must name each."""
        lines = [window for line in self.callpads for window in line.windows.values()]
        buttons = [buttons.window for buttons in self.buttons]
        typed = [pad.window for pad in self.keypads if pad.use == "calls"]
        return sorted({*lines, *buttons, *typed})


def load_kiosk(path: Path, environment: Mapping[str, str] = os.environ, text: str | None = None) -> KioskSettings:
    """Read a kiosk's file, or `text` as if it stood there. Raises ConfigError with every mistake in it."""
    file = open_file(path, text)
    devices = file.table("devices")
    privacy = file.table("privacy", required=False)
    settings = KioskSettings(
        node=_node(file, path, environment),
        page=_page(file, preset_port=8081, environment=environment),
        printer=_printer(devices.table("printer"), path.absolute().parent),
        idcard=_device(devices, "idcard"),
        scanner=_device(devices, "scanner"),
        keypad=_device(devices, "keypad"),
        speaker=_device(devices, "speaker"),
        headphones=_device(devices, "headphones"),
        lamps=read_lamp(devices.table("lamps")) if devices.has("lamps") else None,
        privacy=KioskPrivacy(privacy.get("priority_age", integer(*PRIORITY_AGE), KioskPrivacy().priority_age)),
        browser=_browser(file.table("browser", required=False)),
    )
    file.finish()
    return settings


def load_display(path: Path, environment: Mapping[str, str] = os.environ, text: str | None = None) -> DisplaySettings:
    """Read a display's file, or `text` as if it stood there. Raises ConfigError with every mistake in it."""
    file = open_file(path, text)
    folder = path.absolute().parent
    settings = DisplaySettings(
        node=_node(file, path, environment),
        page=_page(file, preset_port=8082, environment=environment),
        wall=read_wall(file.table("wall", required=False)),
        media=read_media(file.table("media", required=False), folder),
        voice=_voice(file.table("voice", required=False), path),
        speaker=_device(file.table("devices", required=False), "speaker"),
        ratingpads=tuple(read_rating_pads(pads, folder) for pads in file.tables("ratingpads")),
        callpads=tuple(read_call_pads(pads, folder) for pads in file.tables("callpads")),
        signs=tuple(read_signs(signs, folder) for signs in file.tables("signs")),
        lamps=tuple(read_window_lamp(lamp) for lamp in file.tables("lamps")),
        buttons=tuple(read_buttons(buttons) for buttons in file.tables("buttons")),
        keypads=tuple(read_key_pad(pad) for pad in file.tables("keypads")),
        actions=read_actions(file.table("actions", required=False)),
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


def _printer(printer: Table, folder: Path) -> PrinterSettings:
    presets = PrinterSettings("", "")
    logo = printer.get("logo", text(longest=PATH_CHARACTERS, may_be_empty=True), "")
    return PrinterSettings(
        driver=printer.get("driver", IDENTITY),
        address=printer.get("address", DEVICE_ADDRESS),
        width_mm=printer.get("width_mm", choice(PAPER_WIDTHS_MM), presets.width_mm),
        cutter=printer.get("cutter", FLAG, presets.cutter),
        logo=folder / logo if logo else None,
        process_id=printer.get("process_id", FLAG, presets.process_id),
        speed_mm_s=printer.get("speed_mm_s", integer(*SPEED_MM_S), presets.speed_mm_s),
        print_again_s=printer.get("print_again_s", integer(*PRINT_AGAIN_S), presets.print_again_s),
        roll_m=printer.get("roll_m", integer(*ROLL_M), presets.roll_m),
    )


def _device(devices: Table, name: str) -> DeviceSettings | None:
    if not devices.has(name):
        return None
    device = devices.table(name)
    return DeviceSettings(driver=device.get("driver", IDENTITY), address=device.get("address", DEVICE_ADDRESS))


def _browser(browser: Table) -> BrowserSettings:
    presets = BrowserSettings()
    return BrowserSettings(
        program=browser.get("program", text(longest=PATH_CHARACTERS, may_be_empty=True), presets.program),
        arguments=browser.get("arguments", each(text()), presets.arguments),
    )


def _voice(voice: Table, path: Path) -> VoiceSettings:
    presets = VoiceSettings()
    bank = voice.get("bank", text(longest=PATH_CHARACTERS, may_be_empty=True), "")
    return VoiceSettings(
        languages=voice.get("languages", LANGUAGES, presets.languages),
        repeats=voice.get("repeats", integer(*REPEATS), presets.repeats),
        bank=path.absolute().parent / bank if bank else None,
        drop_after_s=voice.get("drop_after_s", integer(*DROP_AFTER_S), presets.drop_after_s),
        emergency_every_s=voice.get("emergency_every_s", integer(*EMERGENCY_EVERY_S), presets.emergency_every_s),
    )
