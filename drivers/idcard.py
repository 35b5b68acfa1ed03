"""Identity card readers that speak SDT: each card laid on is told once; knows no ticket and keeps no card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

from drivers.address import Address, open_transport
from drivers.errors import BadFrame, CardInvalid, CardUnreadable, Mute
from drivers.idcard_text import decode_card
from drivers.listener import Listener
from drivers.ports import Card, DeviceFacts, DeviceState
from drivers.sdt import FIND, STATUS, SdtTalk
from drivers.states import OK, warning
from drivers.transport import OpenTransport, Transport

DEFAULT_BAUD = 115_200
BAUDS = (115_200, 9_600, 57_600, 38_400, 19_200)
"""Rates that readers are set to, the commonest first."""

_TRY_TIMEOUT_S = 0.4


class SdtReader:
    """One reader.

    open_transport: opens its line; called again after it was unplugged · poll_s: pause between two looks for a card ·
    answer_timeout_s, read_timeout_s: longest wait for the first byte of a short answer, and of one
    that the card has a part in.
    """

    def __init__(
        self,
        open_transport: OpenTransport,
        *,
        poll_s: float = 0.1,
        answer_timeout_s: float = 0.6,
        read_timeout_s: float = 3.0,
    ) -> None:
        self._poll_s = poll_s
        self._answer_timeout_s = answer_timeout_s
        self._read_timeout_s = read_timeout_s
        self._sam_id: str | None = None  # None: not asked yet
        self._on_card: Callable[[Card], None] = lambda _card: None
        self._listener = Listener("card reader", open_transport, self._session)

    def listen(self, on_card: Callable[[Card], None], on_state: Callable[[DeviceState], None]) -> None:
        """Start the thread; both callbacks are called from it. A card is told once, until it was taken away."""
        self._on_card = on_card
        self._listener.start(on_state)

    def state(self) -> DeviceState:
        return self._listener.state

    def facts(self) -> DeviceFacts:
        """The number of its security module, where it told it."""
        return DeviceFacts(serial=self._sam_id or "")

    def close(self) -> None:
        self._listener.stop()

    def _session(self, transport: Transport) -> None:
        talk = SdtTalk(transport, self._answer_timeout_s, self._read_timeout_s)
        talk.check()
        if self._sam_id is None:
            self._sam_id = talk.sam_id()
        self._listener.report(OK)
        told = False
        while not self._listener.stopped(self._poll_s):
            if not self._find(talk):
                told = False
                self._listener.report(OK)
            elif not told:
                told = self._read(talk)

    def _find(self, talk: SdtTalk) -> bool:
        try:
            return talk.find()
        except Mute:
            # One lost question is no fault: a reader is deaf for a moment after a card was pulled out of its field.
            return talk.find()

    def _read(self, talk: SdtTalk) -> bool:
        """Read the card that was found and tell it; whether this reader still finds it, so that it must not be told
        again.

        Most readers do not find a card again before it was taken away. That is asked before the card is told, for the
        next card
        may lie there soon after.
        """
        try:
            text = talk.read_text()
        except CardUnreadable as err:
            self._listener.report(warning(err))
            return False
        found_again = self._find(talk)
        try:
            card = decode_card(text)
        except CardInvalid as err:
            self._listener.report(warning(err))
        else:
            self._listener.report(OK)
            self._listener.tell(lambda: self._on_card(card))
        return found_again


class ReaderLine:
    """Opens the line of a reader; with `?baud=auto` at the rate at which it answers, the last good one tried first.

    open_line: opens an address at a rate; another than the usual one is for showing the bytes.
    """

    def __init__(self, address: Address, open_line: Callable[[Address, int], Transport] = open_transport) -> None:
        self._address = address
        self._open_line = open_line
        self._bauds: tuple[int, ...] = BAUDS

    @property
    def baud(self) -> int:
        """The rate that the reader answered at last, or is meant to."""
        return self._bauds[0] if self._address.baud_auto else self._address.baud or DEFAULT_BAUD

    def open(self) -> Transport:
        """Raises as open_transport does, and with `?baud=auto` Mute or BadFrame when there is no answer at any rate."""
        if not self._address.baud_auto:
            return self._open_line(self._address, DEFAULT_BAUD)
        noise = False
        # Every reader ought to know the first question; some answer only to what concerns a card.
        for question, baud in product((STATUS, FIND), self._bauds):
            transport = self._open_line(replace(self._address, baud=baud, baud_auto=False), DEFAULT_BAUD)
            try:
                answers = SdtTalk(transport, _TRY_TIMEOUT_S).answers(question)
            except BadFrame:
                answers, noise = False, True
            except BaseException:
                transport.close()
                raise
            if answers:
                self._bauds = (baud, *(other for other in BAUDS if other != baud))
                return transport
            transport.close()
        rates = ", ".join(map(str, BAUDS))
        if noise:
            raise BadFrame(f"{self._address}: something answers, but not as a card reader at {rates} baud.")
        raise Mute(f"{self._address}: no card reader answers at {rates} baud; see that it has power.")


def create(address: Address, *, poll_s: float = 0.1) -> SdtReader:
    """The reader at `address`; 115,200 baud unless it names another rate or `auto`."""
    return SdtReader(ReaderLine(address).open, poll_s=poll_s)
