"""`hall-devices monitor`: a line for each press on a line of pads, acknowledged as a node would; knows no hall."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

import click

from drivers.address import open_transport, parse_address
from drivers.callpad import REPEAT_S
from drivers.cli_faults import one_sentence
from drivers.cli_stop import until_stopped
from drivers.dialect_port import named_dialect, opener
from drivers.errors import BadDialect, Unsupported
from drivers.ff68_keys import Ff68Language
from drivers.pad_events import PadEvent, PadLanguage
from drivers.padline import DEFAULT_BAUD, PadLine
from drivers.ports import DeviceState
from drivers.trace import TracedTransport, hex_line
from drivers.transport import OpenTransport, Transport

_PADS = ("ff68", "callpad", "ratingpad")


@click.command()
@click.argument("url")
@click.option("--driver", required=True, help="ff68 (also callpad, ratingpad), or the path of a dialect's TOML file.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of a sentence.")
@click.option("--count", type=click.IntRange(min=1), help="End after so many events.")
@click.option("--trace", is_flag=True, help="Show the bytes in both directions on standard error.")
@one_sentence
def monitor(url: str, driver: str, as_json: bool, count: int | None, trace: bool) -> None:
    """Print a line for each press on the pads at URL until Ctrl-C, and acknowledge it."""
    language, open_line = _language(url, driver)
    if trace:
        open_line = _traced(open_line)
    first = [open_line()]  # what is not there is told at once; later the line is opened again by itself

    def open_again() -> Transport:
        return first.pop() if first else open_line()

    line = PadLine("pads", open_again, language, REPEAT_S)
    with until_stopped() as stopped:
        line.listen(_Printer(stopped, as_json, count), _tell_state)
        stopped.wait()
        line.close()


class _Printer:
    """Prints events; sets `stopped` after the last one, or when nobody reads them any more."""

    def __init__(self, stopped: threading.Event, as_json: bool, count: int | None) -> None:
        self._stopped = stopped
        self._as_json = as_json
        self._left = count

    def __call__(self, event: PadEvent) -> None:
        if self._stopped.is_set():
            return
        try:
            click.echo(as_line(event) if self._as_json else as_sentence(event))
            sys.stdout.flush()
        except BrokenPipeError:
            self._left = 1
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._stopped.set()


def as_line(event: PadEvent) -> str:
    """`{event, address, value?, digits?, at, frame}` as JSON; value is that of a grade, as it is on the wire."""
    told: dict[str, object] = {"event": event.event, "address": event.address}
    if event.value is not None:
        told["value"] = event.value
    if event.digits:
        told["digits"] = event.digits
    told["at"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told["frame"] = event.frame.hex(" ").upper()
    return json.dumps(told, ensure_ascii=False)


def as_sentence(event: PadEvent) -> str:
    value = "" if event.value is None else f" {event.value}"
    digits = f" after {event.digits}" if event.digits else ""
    return f"pad {event.address}: {event.event}{value}{digits}"


def _language(url: str, driver: str) -> tuple[PadLanguage, OpenTransport]:
    address = parse_address(url)
    if driver in _PADS:
        return Ff68Language(), lambda: open_transport(address, DEFAULT_BAUD)
    if not driver.endswith(".toml"):
        raise Unsupported(f"There is no driver {driver!r} to monitor; there are {', '.join(_PADS)} and FILE.toml.")
    try:
        dialect = named_dialect(driver)
    except BadDialect as err:
        for mistake in err.lines:
            click.echo(mistake, err=True)
        raise SystemExit(2) from err
    return dialect, opener(address, dialect.baud, dialect.line)


def _traced(open_line: OpenTransport) -> Callable[[], Transport]:
    return lambda: TracedTransport(open_line(), lambda way, data: click.echo(hex_line(way, data), err=True))


def _tell_state(state: DeviceState) -> None:
    click.echo(state.detail if state.health != "ok" else "Listening.", err=True)
