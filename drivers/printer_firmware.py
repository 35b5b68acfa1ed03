"""Asks an ESC/POS printer for its model and firmware (`GS I`); knows no slip.

A command of print data, answered in order, so it is asked only while nothing is being printed. A clone that does not
know it keeps silent; one that takes its last byte for text forgets it with the `ESC @` that begins each slip.
"""

from __future__ import annotations

import re
import time

from drivers.transport import Transport

_FIRMWARE, _MODEL = b"A", b"C"
_ANSWER = re.compile(rb"_([\x20-\x7e]{1,80})\x00")
_MAX_BYTES = 256


def ask_firmware(transport: Transport, timeout_s: float = 0.2) -> str:
    """Model and firmware as the printer names them, "TM-T88V 2.01 ESC/POS"; "" when it does not say. Waits at most
    twice `timeout_s`. Raises Unplugged, Mute."""
    firmware = _ask(transport, _FIRMWARE, timeout_s)
    model = _ask(transport, _MODEL, timeout_s) if firmware else ""
    return " ".join(filter(None, (model, firmware)))


def _ask(transport: Transport, what: bytes, timeout_s: float) -> str:
    transport.write(b"\x1dI" + what)
    heard = b""
    deadline = time.monotonic() + timeout_s
    while (left_s := deadline - time.monotonic()) > 0 and len(heard) < _MAX_BYTES:
        heard += transport.read(left_s)
        found = _ANSWER.search(heard)
        if found is not None:
            return found[1].decode("ascii").strip()
    return ""
