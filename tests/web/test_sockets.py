"""What simple-websocket needs from a socket: everything is sent, whatever the other side reads."""

from __future__ import annotations

import gevent
from gevent import socket

from queue_server.web.sockets import WholeSends

BIG = bytes(range(256)) * 20_000


def test_a_full_socket_takes_only_a_part_by_itself() -> None:
    """The fault that the repair is for; if this fails, the repair may go."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert ours.send(BIG) < len(BIG)


def test_two_senders_to_a_slow_reader_stay_whole() -> None:
    ours, theirs = socket.socketpair()
    whole = WholeSends(ours)
    with ours, theirs:
        senders = [gevent.spawn(whole.send, letter * len(BIG)) for letter in (b"a", b"b")]
        got = bytearray()
        while len(got) < 2 * len(BIG):
            got += theirs.recv(5000)
            gevent.sleep(0)
        gevent.joinall(senders, raise_error=True)
    assert bytes(got) in (b"a" * len(BIG) + b"b" * len(BIG), b"b" * len(BIG) + b"a" * len(BIG))
