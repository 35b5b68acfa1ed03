"""Random bytes through each parser of printer, CUPS and card reader: no crash, no growth, the next frame is found.

`HALL_FUZZ_BYTES=10000000` feeds each so many bytes (some ten seconds for all); without it they get 2,000,000.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from drivers.document import Document, TextLine
from drivers.errors import BadFrame
from drivers.ff68 import Ff68Parser
from drivers.ipp import GET_JOB, decode, encode
from drivers.printer_replies import Processed, ReplyParser
from drivers.sdt import FIND, PREAMBLE, SdtParser, frame
from drivers.simulated.escpos import MAX_PAYLOAD_BYTES, EscposParser
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.twin import ByteTwin
from drivers.slip_bytes import encode_slip

KEY = bytes.fromhex("FF 68 03 03 68 03 01 0C 10 16")
TOTAL_BYTES = int(os.environ.get("HALL_FUZZ_BYTES", "2000000"))
PIECE_BYTES = 700
SLIP = encode_slip(Document((TextLine("A001 社保"),)), 576).data

# What begins a frame or a command, so that the noise comes far enough to be dangerous.
DANGEROUS = (
    PREAMBLE,
    PREAMBLE + b"\x05\x08",
    PREAMBLE + b"\x00\x04\x00\x00",
    b"\x37\x22",
    b"\x10\x04",
    b"\x1dv0\x00\x48\x00\xff\x00",
    b"\x1d(k\xff\x0f1P0",
    b"\x1d(k\x03\x001Q0",
    b"\x1b@",
    b"\x1dV\x00",
    b"\x1c&",
    b"\xff\x68\xff\xff\x68",
    KEY[:-1],
)


def noise(seed: int) -> Iterator[bytes]:
    """Pieces of any length from a seed, TOTAL_BYTES or a little more in all."""
    source = random.Random(seed)
    left = TOTAL_BYTES
    while left > 0:
        piece = source.randbytes(source.randrange(1, PIECE_BYTES))
        if source.random() < 0.3:
            at = source.randrange(len(piece))
            piece = piece[:at] + source.choice(DANGEROUS) + piece[at:]
        left -= len(piece)
        yield piece


@pytest.mark.timeout(3600)
def test_printer_replies() -> None:
    parser = ReplyParser()
    for piece in noise(1):
        parser.feed(piece)
        assert len(parser._held) <= 6
        assert Processed(b"0042") in parser.feed(b"\x37\x220042\x00"), "an answer right after noise was lost"


@pytest.mark.timeout(3600)
def test_sdt_frames() -> None:
    parser, now_s = SdtParser(), 0.0
    for piece in noise(2):
        now_s += 0.001
        parser.feed(piece, now_s)
        assert len(parser._held) <= 7 + 2400 + PIECE_BYTES + 16
        found = parser.feed(frame(FIND), now_s)
        now_s += 1.0
        assert frame(FIND) in found + parser.feed(b"", now_s), "a frame right after noise was lost"


@pytest.mark.timeout(3600)
def test_pad_frames() -> None:
    parser, now_s = Ff68Parser(), 0.0
    for piece in noise(6):
        now_s += 0.001
        parser.feed(piece, now_s)
        assert len(parser._held) <= PIECE_BYTES + 260 + 16
        now_s += 1.0
        assert KEY in parser.feed(b"", now_s) + parser.feed(KEY, now_s), "a frame right after noise was lost"


@pytest.mark.timeout(3600)
def test_escpos_commands() -> None:
    parser = EscposParser()
    for piece in noise(3):
        parser.feed(piece)
        assert len(parser._held) <= MAX_PAYLOAD_BYTES + 8
    parser.reset()
    assert [command.name for command in parser.feed(b"\x1b@")] == ["ESC @"]


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("make", [PrinterTwin, IdCardTwin])
def test_twins(make: type[ByteTwin]) -> None:
    twin = make()
    if isinstance(twin, IdCardTwin):
        twin.hold("citizen")
    for piece in noise(4):
        assert len(twin.feed(piece)) < 100_000
    if isinstance(twin, PrinterTwin):
        assert len(twin.slips()) <= 50
        twin.switch_off_and_on()
        twin.feed(SLIP)
        assert (twin.slips()[0].text, twin.slips()[0].complete) == ("A001 社保", True)


@pytest.mark.timeout(3600)
def test_answers_of_cups() -> None:
    """They come whole, so each piece is one answer; what is none is said to be none."""
    answer = encode(GET_JOB, [("job-id", (7,)), ("job-name", ("slip",))])
    made_sense = 0
    for n, piece in enumerate(noise(5)):
        at = n % len(answer)
        for body in (piece, answer[:at] + piece[:4] + answer[at:], answer[:at]):
            try:
                made_sense += decode(body)[1].get("job-id") == [7]
            except BadFrame:
                continue
    assert made_sense > 0
    assert decode(answer)[1]["job-id"] == [7]
