"""What a descriptor does when nobody reads, when it is used after its end, and when it never stops talking."""

from __future__ import annotations

import os
import socket
import threading
import tty

import pytest

from drivers.address import open_transport, parse_address
from drivers.errors import Mute, Unplugged


@pytest.fixture
def stalled():
    """A serial port whose other end never reads."""
    master, slave = os.openpty()
    tty.setraw(slave)
    transport = open_transport(parse_address(f"serial://{os.ttyname(slave)}?baud=9600"))
    yield master, transport
    transport.close()
    os.close(slave)
    os.close(master)


def test_a_port_that_takes_nothing_more_is_mute(stalled):
    _, transport = stalled
    with pytest.raises(Mute, match="takes no more data"):
        transport.write(bytes(200_000), timeout_s=0.2)


def test_a_line_that_never_stops_talking_does_not_hold_its_driver(stalled):
    master, transport = stalled
    stop = threading.Event()

    def talk() -> None:
        os.set_blocking(master, False)
        while not stop.is_set():
            try:
                os.write(master, b"x" * 4000)
            except BlockingIOError:
                stop.wait(0.0001)

    thread = threading.Thread(target=talk)
    thread.start()
    transport.discard_input()
    stop.set()
    thread.join()


def test_a_closed_port_says_so(stalled):
    _, transport = stalled
    transport.close()
    transport.close()
    with pytest.raises(Unplugged, match="closed"):
        transport.read(0.1)


def test_a_network_device_that_hangs_up():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        transport = open_transport(parse_address(f"socket://127.0.0.1:{server.getsockname()[1]}"))
        client, _ = server.accept()
        client.close()
        with pytest.raises(Unplugged, match="closed the connection"):
            transport.read(5.0)
        transport.close()
