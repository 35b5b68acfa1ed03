"""Addresses and the lines they open: what is refused, in words, and what a pty does when its other end goes."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from drivers.address import Address, devices_dir, open_transport, parse_address, twin_path
from drivers.errors import BadAddress, Mute, NoAccess, PortBusy, Unplugged
from drivers.simulated.line import PtyLine
from drivers.simulated.twin import ByteTwin


class Echo(ByteTwin):
    """Says what it hears."""

    def _receive(self, data: bytes) -> None:
        self._say(data)


@pytest.fixture
def echo(tmp_path: Path):
    line = PtyLine(Echo(), tmp_path / "echo")
    yield line
    line.close()


def test_each_form_is_read():
    assert parse_address("serial:///dev/ttyUSB0?baud=9600") == Address("serial", "/dev/ttyUSB0", baud=9600)
    assert parse_address("serial:///dev/ttyS1?parity=E&bits=7").line == {"parity": "E", "bits": "7"}
    assert parse_address("socket://192.168.1.20:9100") == Address("socket", "192.168.1.20", port=9100)
    assert parse_address("socket://[::1]:9100").place == "::1"
    assert parse_address("simulated://front-desk") == Address("simulated", "front-desk")
    assert parse_address("simulated://front-desk?baud=9600").baud == 9600
    assert parse_address("alsa://default") == Address("alsa", "default")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/dev/ttyUSB0",
        "usb://1234",
        "usb://1234:567g",
        "cups://a b",
        "serial://dev/ttyUSB0",
        "serial://",
        "serial:///dev/ttyUSB0?baud=fast",
        "serial:///dev/ttyUSB0?baud=0",
        "serial:///dev/ttyUSB0?baud=²",
        "serial:///dev/ttyUSB0?speed=9600",
        "serial:///dev/ttyUSB0?parity=X",
        "socket://host",
        "socket://:9100",
        "socket://host:99999",
        "socket://host:9100?baud=9600",
        "simulated://",
        "simulated://../etc",
        "simulated://a/b",
        "simulated://-a",
        "alsa://",
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence(url):
    with pytest.raises(BadAddress) as caught:
        parse_address(url)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_sound_card_is_no_line():
    with pytest.raises(BadAddress):
        open_transport(parse_address("alsa://default"))


def test_the_folder_of_the_twins(monkeypatch, tmp_path):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    assert twin_path("a") == tmp_path / "a"
    monkeypatch.delenv("HALL_DEVICES_DIR")
    assert str(os.getuid()) in devices_dir().name


@pytest.mark.parametrize("url", ["serial:///dev/no-such-port", "simulated://no-such-twin", "socket://127.0.0.1:1"])
def test_what_is_not_there_is_unplugged(url, monkeypatch, tmp_path):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    with pytest.raises(Unplugged):
        open_transport(parse_address(url))


def test_what_is_no_port_is_unplugged(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unplugged):
        open_transport(parse_address(f"serial://{tmp_path}/file"))


def test_a_port_of_another_program_is_busy(echo, tmp_path):
    address = parse_address(f"serial://{tmp_path}/echo")
    first = open_transport(address)
    with pytest.raises(PortBusy):
        open_transport(address)
    first.close()
    open_transport(address).close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every port")
def test_a_port_without_the_right_is_named(echo, tmp_path):
    Path(echo.port).chmod(0)
    with pytest.raises(NoAccess):
        open_transport(parse_address(f"serial://{tmp_path}/echo"))


def test_bytes_go_and_come(echo, tmp_path):
    transport = open_transport(parse_address(f"serial://{tmp_path}/echo?baud=9600"))
    assert transport.byte_time_s == pytest.approx(10 / 9600)
    transport.write(bytes(range(256)))
    heard = b""
    while len(heard) < 256:
        piece = transport.read(5.0)
        assert piece
        heard += piece
    assert heard == bytes(range(256))
    assert transport.read(0.0) == b""
    transport.close()
    transport.close()


def test_a_line_that_goes_is_unplugged_for_reading_and_writing(echo, tmp_path):
    """HARDWARE.md 6: pyserial itself raises SerialException, OSError or termios.error here, and says it is open."""
    for use in (lambda t: t.read(1.0), lambda t: t.write(b"x"), lambda t: t.discard_input()):
        transport = open_transport(parse_address(f"serial://{tmp_path}/echo"))
        echo.unplug()
        with pytest.raises(Unplugged):
            use(transport)
        transport.close()
        with pytest.raises(Unplugged):
            use(transport)
        echo.plug()


def test_a_line_that_takes_nothing_is_mute():
    """A printer that holds its flow control: the kernel's buffer fills and nobody reads."""
    from drivers.transport import FdTransport

    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    transport = FdTransport(ours.fileno(), ours.close, "the line")
    with pytest.raises(Mute):
        transport.write(bytes(4_000_000), timeout_s=0.1)
    transport.close()
    theirs.close()


def test_a_network_device_that_hangs_up_is_unplugged():
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted: list[socket.socket] = []
        waiting = threading.Thread(target=lambda: accepted.append(server.accept()[0]))
        waiting.start()
        transport = open_transport(parse_address(f"socket://127.0.0.1:{server.getsockname()[1]}"))
        waiting.join()
        accepted[0].sendall(b"hello")
        assert transport.read(5.0) == b"hello"
        accepted[0].close()
        with pytest.raises(Unplugged):
            transport.read(5.0)
        transport.close()


def test_a_place_that_is_taken_is_left_alone(tmp_path):
    (tmp_path / "mine").write_text("precious")
    with pytest.raises(BadAddress):
        PtyLine(Echo(), tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "precious"


def test_a_second_twin_at_one_place_takes_it_over(tmp_path):
    first, second = PtyLine(Echo(), tmp_path / "twin"), None
    try:
        second = PtyLine(Echo(), tmp_path / "twin")
        first.close()
        assert str((tmp_path / "twin").readlink()) == second.port
    finally:
        first.close()
        if second is not None:
            second.close()
    assert not (tmp_path / "twin").is_symlink()


def test_lines_leave_no_descriptor_and_no_thread(tmp_path):
    def used() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    before = used()
    line = PtyLine(Echo(), tmp_path / "echo")
    for _ in range(20):
        transport = open_transport(parse_address(f"serial://{tmp_path}/echo"))
        line.unplug()
        transport.close()
        line.plug()
    line.close()
    assert used() == before
