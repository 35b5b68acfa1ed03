"""Card readers with manners of their own, as the field knows them; knows no test."""

from __future__ import annotations

from drivers.simulated.idcard import IdCardTwin


class Mannered(IdCardTwin):
    """A reader as the field knows them: says more than it must, needs to be asked twice, knows a later address."""

    lead = b""
    repeats_find = False
    late: tuple[int, int] | None = None  # status and bytes of an older answer that comes when the next was asked for
    failing_selects = 0
    later = b""
    status_of_later = 0x91

    def _do(self, command: bytes) -> None:
        if self.late is not None:
            super()._answer(self.late[0], bytes(self.late[1]))
        if command == b"\x20\x02" and self.failing_selects:
            self.failing_selects -= 1
            self._answer(0x81)
        elif command == b"\x30\x03":
            self._answer(0x90, self.later) if self.later else self._answer(self.status_of_later)
        else:
            super()._do(command)

    def _answer(self, status: int, data: bytes = b"") -> None:
        self._say(self.lead)
        super()._answer(status, data)
        if status == 0x9F and self.repeats_find:
            super()._answer(status, data)


def laid(sample: str, **traits) -> Mannered:
    twin = Mannered()
    for name, value in traits.items():
        setattr(twin, name, value)
    twin.hold(sample)
    return twin
