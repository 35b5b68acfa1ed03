"""`hall-devices print-test`: one slip on a printer, and truly what became of it; knows no ticket."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from drivers.cli_faults import one_sentence
from drivers.document import Columns, Document, QrCode, TextLine
from drivers.ports import PrintResult
from drivers.registry import open_device

_EXITS = {"printed": 0, "not_printed": 1, "unconfirmed": 3}
_MAX_TEXT_BYTES = 20_000


@click.command("print-test")
@click.argument("url")
@click.option(
    "--text",
    "text_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Print the lines of this UTF-8 file instead of the test slip.",
)
@click.option("--width-mm", type=click.Choice(["58", "80"]), default="80", show_default=True, help="Paper.")
@click.option("--cutter/--no-cutter", default=True, help="Whether the printer cuts.")
@click.option("--process-id/--no-process-id", default=True, help="Off for a clone that prints GS ( H as text.")
@one_sentence
def print_test(url: str, text_file: Path | None, width_mm: str, cutter: bool, process_id: bool) -> None:
    """Print a test slip on the printer at URL and say what became of it.

    URL is like serial:///dev/ttyUSB0?baud=9600 or socket://192.168.1.20:9100. Exits 0 when it was printed, 3 when
    nobody can say, 1 when it was not printed.
    """
    document = _sample() if text_file is None else _lines(text_file)
    printer = open_device("printer", "escpos", url, width_mm=int(width_mm), cutter=cutter, process_id=process_id)
    try:
        result = printer.print(document)
    finally:
        printer.close()
    click.echo(sentence(result), err=result.outcome == "not_printed")
    raise SystemExit(_EXITS[result.outcome])


def sentence(result: PrintResult) -> str:
    """Outcome, code and reason in one line."""
    code = "" if result.code == "ok" else f" ({result.code})"
    return f"{result.outcome.replace('_', ' ')}{code}: {result.detail}"


def _sample() -> Document:
    return Document(
        (
            TextLine("打印测试 Print test", scale=2),
            TextLine("中文、标点：，。！？（）《》——……"),
            TextLine("A042", scale=4, bold=True),
            Columns("左 left", "右 right"),
            QrCode("print-test", module_dots=4),
            TextLine(datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S")),
        )
    )


def _lines(path: Path) -> Document:
    data = path.read_bytes()
    if len(data) > _MAX_TEXT_BYTES:
        raise click.UsageError(f"{path} has {len(data)} bytes; a test slip takes at most {_MAX_TEXT_BYTES}.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        raise click.UsageError(f"{path} is no UTF-8 text; save it as UTF-8.") from err
    return Document(tuple(TextLine(line, align="left") for line in text.splitlines()))
