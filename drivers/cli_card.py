"""`hall-devices read-card`: one card's text as JSON on the shell of whoever laid it on; keeps and logs nothing."""

from __future__ import annotations

import json

import click

from drivers.address import parse_address
from drivers.card_once import read_once
from drivers.cli_faults import one_sentence
from drivers.idcard import ReaderLine

_NO_CARD = 3


@click.command("read-card")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines to read.")
@click.option(
    "--timeout",
    "timeout_s",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="Seconds to wait for a card.",
)
@one_sentence
def read_card(url: str, as_json: bool, timeout_s: float) -> None:
    """Read one identity card from the reader at URL and print its text; the photo is dropped unread.

    URL is like serial:///dev/ttyUSB0?baud=115200; with baud=auto the usual rates are tried. Exits 0 with a card, 3 when
    none came, 1 on a fault.
    """
    transport = ReaderLine(parse_address(url)).open()
    try:
        sheet = read_once(transport, timeout_s)
    finally:
        transport.close()
    if sheet is None:
        click.echo(f"No card was laid on the reader within {timeout_s:g} s.", err=True)
        raise SystemExit(_NO_CARD)
    if as_json:
        click.echo(json.dumps(sheet.as_dict(), ensure_ascii=False))
    else:
        for name, value in sheet.as_dict().items():
            click.echo(f"{name}: {value}")
        click.echo("Take the card away.", err=True)
