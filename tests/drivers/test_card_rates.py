"""The pace of a card reader's line: a card in the time of its bytes, and the rate found out."""

from __future__ import annotations

import pytest
from card_readers import laid

from drivers.address import Address, parse_address
from drivers.card_once import read_once
from drivers.errors import BadAddress, BadFrame, Mute, Unplugged
from drivers.idcard import ReaderLine
from drivers.registry import open_device
from drivers.sdt import STATUS, SdtTalk
from drivers.simulated.faults import begin_fault
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.line import PtyLine
from drivers.simulated.wire import Wire


class Ruled:
    """A Transport over a paced wire with a clock of its own: reading lets the time pass at once."""

    def __init__(self, wire: Wire) -> None:
        self.byte_time_s = 10 / wire.baud
        self.now_s = 0.0
        self._wire = wire

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        self._wire.send(data, self.now_s)

    def read(self, timeout_s: float) -> bytes:
        until_s = self.now_s + timeout_s
        while not (data := self._wire.take(self.now_s)):
            next_s = self._wire.next_s
            if next_s is None or next_s > until_s:
                self.now_s = until_s
                return b""
            self.now_s = max(self.now_s, next_s)
        return data

    def discard_input(self) -> None:
        return

    def close(self) -> None:
        return


@pytest.mark.parametrize(("baud", "limit_s"), [(115_200, 0.13), (9600, 1.5)])
def test_from_card_to_data_in_the_time_of_its_bytes(baud, limit_s):
    """Find, select, read: 1,359 bytes and no pause between them. The pause before is the poll of 0.1 s: below 0.4 s."""
    line = Ruled(Wire(laid("citizen"), baud))
    talk = SdtTalk(line)
    assert talk.find()
    assert len(talk.read_text()) == 256
    assert line.now_s < limit_s


class AtOneRate(IdCardTwin):
    """Understands one baud rate; at others it hears noise and, when `noisy`, noise is heard of it."""

    def __init__(self, baud: int, noisy: bool) -> None:
        super().__init__()
        self._baud, self._noisy = baud, noisy
        self.line: PtyLine | None = None
        self.tried: list[int] = []

    def _receive(self, data: bytes) -> None:
        assert self.line is not None
        if self.line.wire.baud not in self.tried:
            self.tried.append(self.line.wire.baud)
        if self.line.wire.baud == self._baud:
            super()._receive(data)
        elif self._noisy:
            self._say(b"\xf8\x00\xf8")


@pytest.mark.parametrize("noisy", [True, False], ids=["noise", "silence"])
@pytest.mark.parametrize("baud", [115_200, 19_200])
def test_the_rate_is_found_out(on_pty, tmp_path, baud, noisy):
    twin = AtOneRate(baud, noisy)
    twin.line = on_pty(twin, paced=True)
    twin.hold("citizen")
    line = ReaderLine(parse_address(f"serial://{tmp_path}/device?baud=auto"))
    transport = line.open()
    assert read_once(transport, 5.0) is not None
    transport.close()
    twin.tried.clear()
    line.open().close()
    assert twin.tried == [baud], "the rate that was found is tried first the next time"


def test_a_reader_that_answers_only_to_what_concerns_a_card(on_pty, tmp_path):
    class Terse(IdCardTwin):
        def _do(self, command: bytes) -> None:
            if command != STATUS:
                super()._do(command)

    on_pty(Terse())
    transport = ReaderLine(parse_address(f"serial://{tmp_path}/device?baud=auto")).open()
    assert read_once(transport, 0.0) is None
    transport.close()


@pytest.mark.parametrize(("noisy", "error"), [(True, BadFrame), (False, Mute)])
def test_no_rate_fits(on_pty, tmp_path, noisy, error):
    twin = AtOneRate(1, noisy)
    twin.line = on_pty(twin, paced=True)
    with pytest.raises(error, match="19200"):
        ReaderLine(parse_address(f"serial://{tmp_path}/device?baud=auto")).open()
    assert twin.tried == [115_200, 9600, 57_600, 38_400, 19_200]


def test_the_cable_is_pulled_while_rates_are_tried(on_pty, tmp_path):
    begin_fault("silence", "idcard", twin := IdCardTwin(), line := on_pty(twin))
    line.pull_after(15, 60.0)
    with pytest.raises(Unplugged):
        ReaderLine(parse_address(f"serial://{tmp_path}/device?baud=auto")).open()


def test_other_devices_take_no_auto():
    assert parse_address("serial:///dev/x?baud=auto") == Address("serial", "/dev/x", baud_auto=True)
    with pytest.raises(BadAddress, match="self-test"):
        open_device("printer", "escpos", "serial:///dev/x?baud=auto")
    with pytest.raises(BadAddress, match="manual"):
        run_open("serial:///dev/x?baud=auto")


def run_open(url: str) -> None:
    from drivers.address import open_transport

    open_transport(parse_address(url))
