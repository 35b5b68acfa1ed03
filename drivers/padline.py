"""One line with pads on it: listens, asks, acknowledges, passes echoes over, tells presses; knows no one protocol."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from drivers.errors import BadFrame, Mute, StuckKey, Unplugged
from drivers.framing import FrameParser
from drivers.listener import Listener, OnState
from drivers.own_echo import OwnEcho
from drivers.pad_events import PadEvent, PadLanguage
from drivers.ports import DeviceState
from drivers.presses import Presses
from drivers.states import OK, warning
from drivers.transport import OpenTransport, Transport

DEFAULT_BAUD = 9600
_READ_S = 0.1
_NOISE_BYTES = 32  # so many without one right frame are no disturbance but a wrong rate or a bad cable
_MISSED = 3  # questions without an answer before a pad counts as mute


class PadLine:
    """The pads of one line.

    name: in sentences for people · open_transport: opens the line, again after it was unplugged · language: what they
    speak · repeat_s: the same press again within this time is not told again, though acknowledged.
    """

    def __init__(
        self, name: str, open_transport: OpenTransport, language: PadLanguage, repeat_s: float, retry_s: float = 0.5
    ) -> None:
        self._name = name
        self._language = language
        self._repeat_s = repeat_s
        self._on_event: Callable[[PadEvent], None] = lambda _event: None
        self._transport: Transport | None = None
        self._write_lock = threading.Lock()
        self._echo = OwnEcho()
        self._listener = Listener(name, open_transport, self._session, retry_s)

    def listen(self, on_event: Callable[[PadEvent], None], on_state: OnState) -> None:
        """Start the thread; both callbacks are called from it."""
        self._on_event = on_event
        self._listener.start(on_state)

    def command(self, name: str, text: str = "", address: int = 0) -> None:
        """Tell the pad at `address` something. Raises Unsupported, Unplugged, Mute."""
        self._write(self._language.command(name, text, address))

    @property
    def state(self) -> DeviceState:
        """Of the line; a pad that is not polled says nothing while nobody presses it."""
        return self._listener.state

    def close(self) -> None:
        self._listener.stop()

    def _session(self, transport: Transport) -> None:
        parser = self._language.parser()
        presses = Presses(self._repeat_s)
        questions = _Questions(self._language)
        with self._write_lock:
            self._transport = transport
        try:
            while not self._listener.stopped():
                now_s = time.monotonic()
                self._listener.report(self._seen(parser, presses, questions, now_s))
                question = questions.due(now_s)
                if question:
                    self._write(question)
                wait_s = min(_READ_S, self._language.question_every_s or _READ_S)
                data = transport.read(wait_s)
                for frame in parser.feed(data, time.monotonic()):
                    self._take(frame, presses, questions, parser)
        finally:
            with self._write_lock:
                self._transport = None

    def _take(self, frame: bytes, presses: Presses, questions: _Questions, parser: FrameParser) -> None:
        now_s = time.monotonic()
        if self._echo.is_ours(frame, now_s):
            return
        parser.noise_bytes = 0
        questions.answered(self._language.address_of(frame))
        event = self._language.read(frame)
        if event is None:
            return
        answer = self._language.acknowledgement(frame)
        if answer:
            self._write(answer)
        if presses.is_new(event.address, (event.event, event.value, event.digits), now_s):
            self._listener.tell(lambda: self._on_event(event))

    def _write(self, data: bytes) -> None:
        with self._write_lock:
            if self._transport is None:
                raise Unplugged(f"The {self._name} are not connected; see their cable.")
            self._echo.sent(data, time.monotonic())
            self._transport.write(data)

    def _seen(self, parser: FrameParser, presses: Presses, questions: _Questions, now_s: float) -> DeviceState:
        stuck = presses.stuck(now_s)
        if stuck is not None:
            key = stuck[1][0] if isinstance(stuck[1], tuple) else stuck[1]
            return warning(StuckKey(f"The key {key} of pad {stuck[0]} is stuck; free it or change the pad."))
        if parser.noise_bytes > _NOISE_BYTES:
            return warning(BadFrame(f"The {self._name} send what is no message; see baud rate and cable."))
        silent = questions.silent()
        if silent:
            return warning(Mute(f"Of the {self._name}, {silent} do not answer; see their power and addresses."))
        return OK


class _Questions:
    """Asks each polled pad in turn, and notes who stays silent."""

    def __init__(self, language: PadLanguage) -> None:
        self._questions = list(language.questions())
        self._every_s = language.question_every_s
        self._missed = dict.fromkeys((address for address, _ in self._questions), 0)
        self._next_s = 0.0
        self._at = 0

    def due(self, now_s: float) -> bytes:
        """The question to ask now, b"" for none."""
        if not self._questions or now_s < self._next_s:
            return b""
        self._next_s = now_s + self._every_s
        address, question = self._questions[self._at]
        self._at = (self._at + 1) % len(self._questions)
        self._missed[address] += 1
        return question

    def answered(self, address: int | None) -> None:
        """A pad spoke. On a line where frames name nobody, the one asked last did."""
        if address is None and self._questions:
            address = self._questions[self._at - 1][0]
        if address in self._missed:
            self._missed[address] = 0

    def silent(self) -> str:
        """Addresses that did not answer three questions in a row."""
        return ", ".join(str(address) for address, missed in self._missed.items() if missed > _MISSED)
