"""`hall-devices list` and `probe` on what is there, what is not and what nobody knows: one sentence, no traceback."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import plugged as plugged_module
from drivers.cli import main
from drivers.errors import LibraryMissing
from drivers.plugged import Plugged, Sources, plugged
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import PtyLine
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.twin import ByteTwin

KEY_PAD = (0x1A2C, 0x0B23, "usb-1.2/input0", True, 0, 0)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A /dev and a /sys of our own, and a folder for simulated devices."""
    (tmp_path / "twins").mkdir()
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path / "twins"))
    for name in ("ttyUSB0", "ttyUSB1", "usb/lp0", "input/event0"):
        file = tmp_path / "dev" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return tmp_path


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text + "\n")


def link(machine: Path, name: str, to: str) -> str:
    place = machine / "dev" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(machine / "dev" / to)
    return str(place)


def look(machine: Path, nodes: Callable, *ports: str, rows: tuple = ()) -> list[Plugged]:
    listed = [SimpleNamespace(device=f"{machine}/dev/{name}", description=f"Adapter {name}") for name in ports]
    library = nodes(*rows, folder=f"{machine}/dev/input")
    found, notes = plugged(Sources(machine / "dev", machine / "sys", lambda: listed, library))
    assert notes == []
    return found


def test_serial_ports_by_the_name_that_lasts(machine, nodes):
    ours = link(machine, "hall/serial-A50285BI", "ttyUSB0")
    link(machine, "serial/by-id/usb-FTDI_A50285BI-if00-port0", "ttyUSB0")
    named, bare = look(machine, nodes, "ttyUSB1", "ttyUSB0")
    assert (named.address, named.lasting, named.what) == (f"serial://{ours}", ours, "Adapter ttyUSB0")
    assert (bare.address, bare.lasting) == (f"serial://{machine}/dev/ttyUSB1", "")
    assert "sdt" in bare.driver
    assert "probe" in bare.driver


def test_usb_printers_from_what_every_user_may_read(machine, nodes):
    write(machine / "sys/1-1", idVendor="04b8", idProduct="0202", serial="S 1", manufacturer="EPSON", product="TM-T88")
    write(machine / "sys/1-1:1.0/usbmisc/lp0")
    (machine / "sys/1-1:1.0/bInterfaceClass").write_text("07\n")
    write(machine / "sys/1-2", idVendor="0416", idProduct="5011")
    write(machine / "sys/1-2:1.0", bInterfaceClass="07")
    write(machine / "sys/1-3", idVendor="046d", idProduct="c31c", product="Keyboard")
    write(machine / "sys/1-3:1.0", bInterfaceClass="03")
    write(machine / "sys/1-4:1.0", bInterfaceClass="07")  # pulled while we look
    lasting = link(machine, "hall/printer-pci-0-usb-0:1", "usb/lp0")
    assert look(machine, nodes) == [
        Plugged("usb://04b8:0202:S%201", "EPSON TM-T88", "escpos", lasting),
        Plugged("usb://0416:5011", "USB printer", "escpos"),
    ]


def test_key_pads_and_scanners(machine, nodes):
    lasting = link(machine, "hall/keys-pci-0-usb-0:3", "input/event0")
    assert look(machine, nodes, rows=(KEY_PAD,)) == [
        Plugged("evdev://1a2c:0b23?phys=usb-1.2/input0", "pad", "evdev (keypad or scanner)", lasting)
    ]


def test_what_cannot_be_looked_for_is_said(machine, monkeypatch):
    def missing(_library: object) -> list[object]:
        raise LibraryMissing("Key pads need the library evdev.")

    monkeypatch.setattr(plugged_module, "list_keys", missing)
    assert plugged(Sources(machine / "dev", machine / "sys", list)) == ([], ["Key pads need the library evdev."])


def test_the_command_on_this_machine(machine, nodes):
    (machine / "twins" / "gone").symlink_to(machine / "nowhere")
    (machine / "twins" / ".hidden").symlink_to(machine / "nowhere")
    result = run("list")
    assert result.exit_code == 0
    assert "simulated://gone  simulated unknown, gone  driver: unknown" in result.output
    assert ".hidden" not in result.output


# -- probe -------------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def probe(*arguments: str) -> tuple[int, str]:
    result = run("probe", *arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output.strip().splitlines()[-1]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """`at(twin, paced=False)`: the address of a pty behind which it stands."""
    lines: list[PtyLine] = []

    def put(twin: ByteTwin, paced: bool = False) -> str:
        lines.append(PtyLine(twin, tmp_path / f"device{len(lines)}", paced=paced))
        if isinstance(twin, AtOneRate):
            twin.line = lines[-1]
        return f"serial://{tmp_path}/device{len(lines) - 1}"

    yield put
    for line in lines:
        line.close()


class AtOneRate(PrinterTwin):
    """A printer that understands nothing at other rates than its own; `line` must be paced."""

    line: PtyLine

    def _receive(self, data: bytes) -> None:
        if self.line.wire.baud == 19_200:
            super()._receive(data)


def test_a_readers_rate_is_found_out(at):
    code, said = probe(f"{at(IdCardTwin())}?baud=auto")
    assert (code, "driver sdt) at 115200 baud" in said) == (0, True)


def test_a_printers_rate_is_found_out_and_nothing_comes_out_of_it(at):
    twin = AtOneRate()
    url = at(twin, paced=True)
    for driver in ([], ["--driver", "escpos"]):
        code, said = probe(f"{url}?baud=auto", *driver)
        assert (code, "driver escpos) at 19200 baud, state ok" in said) == (0, True)
    assert twin.slips() == []


def test_a_printer_is_not_asked_what_it_would_print(at):
    twin = PrinterTwin()
    assert probe(at(twin))[0] == 0
    assert twin.slips() == []


def test_nothing_answers_at_any_rate(at):
    twin = PrinterTwin()
    twin.mute = True
    url = at(twin)
    assert probe(f"{url}?baud=auto", "--driver", "escpos") == (
        1,
        f"hall-devices: {url}: no printer answers at 9600, 19200, 38400, 115200, 57600 baud.",
    )
    code, said = probe(f"{url}?baud=auto")
    assert (code, "--driver ff68" in said) == (1, True)


def test_a_sign_in_the_network():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sign:
        sign.bind(("127.0.0.1", 0))
        sign.settimeout(10)
        port = sign.getsockname()[1]
        code, said = probe(f"udp://127.0.0.1:{port}")
        assert (code, "never answer" in said) == (0, True)
        assert sign.recv(10) == b"", "nothing may be shown"
    assert probe(f"udp://127.0.0.1:{port}") == (
        1,
        f"hall-devices: udp://127.0.0.1:{port} takes nothing; see that the sign is switched on and on the network.",
    )


@pytest.mark.parametrize(
    ("url", "more", "code", "says"),
    [
        ("usb://dead:beef", [], 1, "not plugged in"),
        ("evdev://dead:beef", [], 1, "evdev"),
        ("cups://nobody-has-this-queue", [], 1, "CUPS"),
        ("gpio://bcm", [], 1, "pins"),
        ("serial:///dev/null", [], 1, "no serial port"),
        ("serial:///dev/no-such-port?baud=auto", [], 1, "not plugged in"),
        ("socket://127.0.0.1:1", [], 1, "does not answer"),
        ("usb://dead:beef", ["--driver", "sdt"], 2, "only escpos fits"),
        ("cups://q", ["--driver", "ff68"], 2, "only escpos fits"),
        ("evdev://dead:beef", ["--driver", "no.toml"], 2, "only evdev fits"),
        ("udp://127.0.0.1:1", ["--driver", "kanban"], 2, "only ledstrip fits"),
        ("serial:///dev/null", ["--driver", "no.toml"], 2, "no.toml"),
    ],
)
def test_what_is_not_there_and_what_does_not_fit(monkeypatch, url, more, code, says):
    monkeypatch.setenv("CUPS_SERVER", "127.0.0.1:1")
    told, said = probe(url, *more)
    assert (told, says in said) == (code, True), said


@settings(max_examples=150, deadline=None)
@given(
    scheme=st.sampled_from(["usb", "evdev", "udp", "cups", "gpio", "serial", "simulated", "alsa", "", "http"]),
    rest=st.text(st.sampled_from("ab:/?=&%0f#[]@ .-\u4f60"), max_size=12),
)
def test_no_address_makes_a_traceback(scheme, rest):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HALL_DEVICES_DIR", folder)
        patch.setenv("CUPS_SERVER", "127.0.0.1:1")
        code, said = probe("--seconds", "0.1", "--", f"{scheme}://{rest}")
    assert code in (1, 2)
    assert said.startswith("hall-devices: ")


@pytest.mark.skipif(shutil.which("aplay") is None, reason="aplay (alsa-utils) is not installed")
def test_a_sound_card_that_is_not_there():
    assert probe("alsa://no-such-card")[0] == 1
