"""`hall-devices monitor`: a line for each press, typed line or scanned code, acknowledged as a node would; knows no
hall."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import click

from drivers.address import Address, open_transport, parse_address
from drivers.callpad import REPEAT_S
from drivers.cli_faults import one_sentence
from drivers.cli_stop import until_stopped
from drivers.dialect_port import named_dialect, opener
from drivers.errors import Unsupported
from drivers.ff68_keys import Ff68Language
from drivers.keys import TypedLines
from drivers.keys import opener as keys_opener
from drivers.pad_events import PadEvent, PadLanguage
from drivers.padline import DEFAULT_BAUD, PadLine
from drivers.ports import DeviceState
from drivers.trace import TracedTransport, hex_line
from drivers.transport import OpenTransport, Transport

_PADS = ("ff68", "callpad", "ratingpad")
_KEYS = ("keypad", "scanner")
Told = dict[str, object]


@click.command()
@click.argument("url")
@click.option(
    "--driver",
    required=True,
    help="ff68 (also callpad, ratingpad), keypad, scanner, or the path of a dialect's FILE.toml.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of a sentence.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many events.")
@click.option("--trace", is_flag=True, help="Show the bytes in both directions on standard error.")
@one_sentence
def monitor(url: str, driver: str, as_json: bool, count: int | None, trace: bool) -> None:
    """Print a line for each press on the pads at URL until Ctrl-C, and acknowledge it."""
    address = parse_address(url)
    language, open_line = _driver(address, driver)
    open_line = _present(_traced(open_line) if trace else open_line)
    with until_stopped() as stopped:
        printer = _Printer(stopped, as_json, count)
        if language is None:
            keys = TypedLines(driver, open_line, empty=driver == "keypad", patience_s=30.0)
            keys.listen(lambda text: printer({"event": "line", "address": 0, "text": text}), _tell_state)
            stopped.wait()
            keys.close()
        else:
            pads = PadLine("pads", open_line, language, REPEAT_S)
            pads.listen(lambda event: printer(told_of(event)), _tell_state)
            stopped.wait()
            pads.close()


class _Printer:
    """Prints events; sets `stopped` after the last one, or when nobody reads them any more."""

    def __init__(self, stopped: threading.Event, as_json: bool, count: int | None) -> None:
        self._stopped = stopped
        self._as_json = as_json
        self._left = count

    def __call__(self, told: Told) -> None:
        if self._stopped.is_set():
            return
        told["at"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        try:
            click.echo(json.dumps(told, ensure_ascii=False) if self._as_json else as_sentence(told))
            sys.stdout.flush()
        except BrokenPipeError:
            self._left = 1
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._stopped.set()


def told_of(event: PadEvent) -> Told:
    """`{event, address, value?, digits?, frame}`; value is that of a grade, as it is on the wire."""
    told: Told = {"event": event.event, "address": event.address}
    if event.value is not None:
        told["value"] = event.value
    if event.digits:
        told["digits"] = event.digits
    told["frame"] = event.frame.hex(" ").upper()
    return told


def as_sentence(told: Told) -> str:
    """One event for people: "pad 3: grade 2"."""
    if "text" in told:
        return f"typed: {told['text']}"
    value = f" {told['value']}" if "value" in told else ""
    digits = f" after {told['digits']}" if "digits" in told else ""
    return f"pad {told['address']}: {told['event']}{value}{digits}"


def _driver(address: Address, driver: str) -> tuple[PadLanguage | None, OpenTransport]:
    if driver in _KEYS:
        return None, keys_opener(address)
    if driver in _PADS:
        return Ff68Language(), lambda: open_transport(address, DEFAULT_BAUD)
    if not driver.endswith(".toml"):
        names = ", ".join((*_PADS, *_KEYS))
        raise Unsupported(f"There is no driver {driver!r} to monitor; there are {names} and FILE.toml.")
    dialect = named_dialect(driver)
    return dialect, opener(address, dialect.baud, dialect.line)


def _present(open_line: OpenTransport) -> OpenTransport:
    """What is not there now is told at once; later the line is opened again by itself."""
    first = [open_line()]
    return lambda: first.pop() if first else open_line()


def _traced(open_line: OpenTransport) -> Callable[[], Transport]:
    return lambda: TracedTransport(open_line(), lambda way, data: click.echo(hex_line(way, data), err=True))


def _tell_state(state: DeviceState) -> None:
    click.echo(state.detail if state.health != "ok" else "Listening.", err=True)
