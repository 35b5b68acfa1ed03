"""The pace of a simulated line, by a clock that the test turns: ten bits a byte, one byte after the other."""

from __future__ import annotations

import time

import pytest
import serial

from drivers.document import Document, QrCode, TextLine
from drivers.simulated.line import PtyLine
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.twin import ByteTwin
from drivers.simulated.wire import Wire
from drivers.slip_bytes import encode_slip

BYTE_S = 10 / 9600


class Echo(ByteTwin):
    def _receive(self, data: bytes) -> None:
        self._say(data)


def test_a_wire_without_a_rate_takes_no_time():
    wire = Wire(Echo())
    wire.send(b"abc", 5.0)
    assert wire.next_s == 5.0
    assert wire.take(5.0) == b"abc"
    assert wire.next_s is None


def test_each_byte_takes_its_ten_bits_in_each_direction():
    wire = Wire(Echo(), 9600)
    wire.send(b"ab", 0.0)
    assert wire.take(1.9 * BYTE_S) == b""
    assert wire.take(2.0 * BYTE_S) == b"a"
    assert wire.next_s == pytest.approx(3 * BYTE_S)
    assert wire.take(3.001 * BYTE_S) == b"b"
    wire.send(b"c", 1.0)
    wire.send(b"d", 1.0)
    assert wire.take(1.0 + 2.001 * BYTE_S) == b"c", "what is sent meanwhile waits its turn"


def test_half_duplex_answers_after_the_last_byte():
    wire = Wire(Echo(), 9600, half_duplex=True)
    wire.send(b"abcd", 0.0)
    assert wire.take(4.9 * BYTE_S) == b""
    assert wire.take(5.001 * BYTE_S) == b"a"


def test_a_split_wire_brings_one_byte_at_a_time():
    wire = Wire(Echo())
    wire.split_s = 0.5
    wire.send(b"ab", 0.0)
    assert [wire.take(9.0), wire.take(9.0), wire.take(9.0)] == [b"a", b"b", b""]


def test_what_is_on_its_way_when_the_cable_is_pulled_is_lost():
    wire = Wire(Echo(), 9600)
    wire.send(b"ab", 0.0)
    wire.cut()
    assert wire.take(9.0) == b""


def test_what_a_device_says_unasked_takes_its_time_too():
    twin = PrinterTwin()
    wire = Wire(twin, 9600)
    twin.feed(b"\x1da\x0e")
    twin.set_cover(True)
    assert wire.take(1.0) == b""
    assert wire.take(1.0 + 4.001 * BYTE_S) == b"\x38\0\0\0"


@pytest.mark.parametrize("width_dots", [384, 576])
def test_a_ticket_reaches_its_cut_in_half_a_second_at_9600_baud(width_dots):
    """Computed from the bytes and the twin's pacing clock: no real time passes."""
    ticket = Document(
        (
            TextLine("瓯北街道便民服务中心"),
            TextLine("社会保险 Social insurance"),
            TextLine("A042", scale=4, bold=True),
            TextLine("前面等候 5 人 · 约 8–15 分钟"),
            TextLine("可到 2、3 号窗口办理"),
            TextLine("2026-11-21 09:41"),
            TextLine("请在休息区等候，注意叫号及大屏信息"),
            QrCode("https://h.example/t/k3J9", module_dots=4),
        )
    )
    data = encode_slip(ticket, width_dots).data
    assert len(data) <= 450
    twin = PrinterTwin(width_dots)
    wire = Wire(twin, 9600)
    wire.send(data, 0.0)
    now_s = 0.0
    while not (twin.slips() and twin.slips()[0].cut):
        assert wire.next_s is not None, "the slip was never cut"
        now_s = wire.next_s
        wire.take(now_s)
    assert now_s == pytest.approx(len(data) * BYTE_S)
    assert now_s <= 0.5


def test_a_paced_pty_follows_the_rate_that_the_host_sets(tmp_path):
    line = PtyLine(Echo(), tmp_path / "echo", paced=True)
    try:
        for baud, least_s in ((115_200, 0.0), (9600, 0.2)):
            with serial.Serial(str(tmp_path / "echo"), baud, timeout=10) as port:
                started = time.monotonic()
                port.write(bytes(200))
                assert len(port.read(200)) == 200
                assert time.monotonic() - started >= least_s
                assert line.wire.baud == baud
    finally:
        line.close()
