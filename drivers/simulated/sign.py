"""The sign twin: takes the bytes of any sign drivers know and shows what it was told; knows no driver and no port."""

from __future__ import annotations

import re

from drivers.simulated.twin import ByteTwin
from drivers.simulated.twins_file import SIGNS

_ALPHA = re.compile(rb"\0{5}\x01Z([0-9A-F]{2})(\x02AA\x1b b([ -~]*)\x03)([0-9A-F]{4})\x04")
_STRIP_HEAD = bytes.fromhex("21 21 55 AA 00 01 03 08 10 00 00 00")
_HOLD_BYTES = 4096


class SignTwin(ByteTwin):
    """The signs of one line. speaks: of SIGNS · echoes: a two-wire adapter, the host hears itself."""

    def __init__(self, speaks: str = "kanban") -> None:
        super().__init__()
        if speaks not in SIGNS:
            raise ValueError(f"a sign speaks one of {', '.join(SIGNS)}")
        self.speaks = speaks
        self.echoes = False
        self._held = bytearray()
        self._shown: dict[int, str] = {}
        self._frames = 0

    def shown(self, address: int = 0) -> str:
        """What the sign at `address` shows, "" before anything was told."""
        with self._lock:
            return self._shown.get(address, self._shown.get(0, ""))

    def all_shown(self) -> dict[int, str]:
        """Address -> what is shown."""
        with self._lock:
            return dict(self._shown)

    @property
    def frames(self) -> int:
        """How many right frames arrived."""
        with self._lock:
            return self._frames

    def forget(self) -> None:
        """Be switched off and on: a sign starts dark."""
        with self._lock:
            self._shown.clear()

    def _receive(self, data: bytes) -> None:
        if self.echoes:
            self._say(data)
        self._held += data
        del self._held[:-_HOLD_BYTES]
        {"kanban": self._numbers, "alpha": self._alpha, "ledstrip": self._strip}[self.speaks]()

    def _show(self, address: int, text: str) -> None:
        self._shown[address] = text
        self._frames += 1

    def _numbers(self) -> None:
        while len(self._held) >= 4:
            address, high, low, total = self._held[:4]
            if (address + high + low) & 0xFF == total:
                self._show(address, str(high << 8 | low))
                del self._held[:4]
            else:
                del self._held[0]

    def _alpha(self) -> None:
        while found := _ALPHA.search(self._held):
            if int(found[4], 16) == sum(found[2]) & 0xFFFF:
                self._show(int(found[1], 16), found[3].decode("ascii"))
            del self._held[: found.end()]

    def _strip(self) -> None:
        while (at := self._held.find(_STRIP_HEAD)) >= 0:
            start = at + len(_STRIP_HEAD) + 2
            size = int.from_bytes(self._held[start - 2 : start], "little")
            if len(self._held) < start + size:
                return
            self._show(0, bytes(self._held[start : start + size]).decode("gb2312", "replace").strip())
            del self._held[: start + size]
