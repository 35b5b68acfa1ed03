"""Reads one card from a reader, once, for a shell; keeps nothing and knows no node."""

from __future__ import annotations

import time

from drivers.card_sheet import CardSheet, decode_sheet
from drivers.errors import BadFrame, CardUnreadable, DriverError, Mute
from drivers.idcard_text import decode_card, text_of
from drivers.sdt import SdtTalk
from drivers.transport import Transport

_POLL_S = 0.1
_TRIES = 3


def read_once(transport: Transport, timeout_s: float) -> CardSheet | None:
    """The next card laid on within `timeout_s`, None when none came.

    A lost or damaged answer is asked for again, three times in all; a card that could not be read may be laid on again
    within the time. Raises DriverError with what is wrong.
    """
    talk = SdtTalk(transport)
    deadline = time.monotonic() + timeout_s
    unread: DriverError | None = None
    while True:
        if _found(talk):
            try:
                return _sheet(talk)
            except (CardUnreadable, BadFrame, Mute) as err:
                unread = err
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            break
        # The pause between two questions; it ends early when the cable is pulled.
        transport.read(min(_POLL_S, left_s))
    if unread is not None:
        raise unread
    return None


def _found(talk: SdtTalk) -> bool:
    for _ in range(_TRIES - 1):
        try:
            return talk.find()
        except (Mute, BadFrame):
            continue
    return talk.find()


def _sheet(talk: SdtTalk) -> CardSheet:
    text = talk.read_text()
    later = b""
    if decode_card(text).kind == "citizen":
        try:
            later = talk.new_address()
        except DriverError:
            # Old readers do not know the question; the card itself was read.
            later = b""
    return decode_sheet(text, text_of(later))
