"""`hall-devices`: lists, probes and simulates devices from a shell; knows no hall and no node. Exits 0, 2 on a usage
mistake, 1 else."""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path
from typing import Any

import click
from werkzeug.serving import make_server

from drivers.address import devices_dir, parse_address
from drivers.cli_card import read_card
from drivers.cli_faults import one_sentence
from drivers.cli_monitor import monitor
from drivers.cli_print import print_test
from drivers.cli_say import bank, say
from drivers.cli_stop import until_stopped
from drivers.errors import BadAddress, Unsupported
from drivers.plugged import plugged
from drivers.probe import LISTEN_S
from drivers.probe import probe as probe_address
from drivers.simulated.faults import FAULTS, begin_fault
from drivers.simulated.hall import Twins, make_twin, put_on_line
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.panel.app import create_app
from drivers.simulated.people import SAMPLES
from drivers.simulated.twins_file import KINDS, TwinSettings, TwinsFileError, load_twins
from drivers.trace import hex_line


class _Group(click.Group):
    """Says a mistake in one line on stderr, whatever click would add to it."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.ClickException as err:
            hint = " (--help says more)" if isinstance(err, click.UsageError) else ""
            click.echo(f"hall-devices: {' '.join(err.format_message().split())}{hint}", err=True)
            code = err.exit_code
        except click.Abort:
            code = 1
        sys.exit(code)


@click.group(cls=_Group, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Devices of a hall: what is plugged in, what it is, and simulated ones to play with."""


main.add_command(read_card)
main.add_command(print_test)
main.add_command(monitor)
main.add_command(say)
main.add_command(bank)


@main.command("list")
def list_devices() -> None:
    """List serial ports, USB printers, key pads, scanners and simulated devices, and the driver that fits."""
    found, notes = plugged()
    if not found:
        click.echo(f"Nothing is plugged in that a driver could fit, and no simulated device is in {devices_dir()}.")
    for one in found:
        lasting = f"  udev: {one.lasting}" if one.lasting else ""
        click.echo(f"{one.address}  {one.what}  driver: {one.driver}{lasting}")
    for note in notes:
        click.echo(note, err=True)


@main.command()
@click.argument("url")
@click.option(
    "--driver",
    help="Ask as its driver would (escpos, sdt, ff68, ledstrip, evdev, gpio, speech), only listen, or look for "
    "FILE.toml's frames.",
)
@click.option("--trace", is_flag=True, help="Show the bytes in both directions on standard error.")
@click.option(
    "--seconds", default=LISTEN_S, show_default=True, type=click.FloatRange(0.1, 3600), help="How long to listen."
)
@one_sentence
def probe(url: str, driver: str | None, trace: bool, seconds: float) -> None:
    """Ask what stands at URL, without printing or playing anything."""
    on_bytes = (lambda way, data: click.echo(hex_line(way, data), err=True)) if trace else None
    click.echo(f"{url}: {probe_address(parse_address(url), driver, on_bytes, seconds)}")


@main.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "--pty", "path", required=True, type=click.Path(path_type=Path), help="Place of the link to its pty or socket."
)
@click.option(
    "--width-mm", type=click.Choice(["58", "80"]), default="80", show_default=True, help="Paper of a printer."
)
@click.option(
    "--address", "addresses", type=click.IntRange(0, 255), multiple=True, help="Address of a rating pad; repeat it."
)
@click.option("--fault", type=click.Choice(list(FAULTS)), help="What is wrong with it.")
@click.option("--card", type=click.Choice(list(SAMPLES)), help="Card that lies on a card reader.")
@click.option("--paced", is_flag=True, help="Bytes take the time of the baud rate that the host sets.")
@one_sentence
def simulate(
    kind: str,
    path: Path,
    width_mm: str,
    addresses: tuple[int, ...],
    fault: str | None,
    card: str | None,
    paced: bool,
) -> None:
    """Simulate one device of KIND until Ctrl-C, for anyone's software to talk to."""
    if not path.parent.is_dir():
        raise BadAddress(f"{path.parent} is no folder; make it first.")
    device = make_twin(TwinSettings(path.name, kind, width_mm=int(width_mm), addresses=addresses or (1,)))
    if card is not None:
        if not isinstance(device, IdCardTwin):
            raise Unsupported(f"A simulated {kind} takes no card; --card is for an idcard.")
        device.hold(card)
    line = put_on_line(device, path, paced=paced)
    try:
        if fault is not None:
            begin_fault(fault, kind, device, line)
        with until_stopped() as stopped:
            click.echo(f"A simulated {kind} is at {path}. Ctrl-C ends it.")
            stopped.wait()
    finally:
        line.close()


@main.command()
@click.option(
    "--config", required=True, type=click.Path(path_type=Path), help="TOML file with a [[twins]] table for each device."
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8083, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@one_sentence
def panel(config: Path, host: str, port: int) -> None:
    """Simulate all devices of a hall and serve one page to play with them."""
    try:
        settings = load_twins(config)
    except TwinsFileError as err:
        for line in err.lines:
            click.echo(line, err=True)
        raise SystemExit(2) from err
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # the page asks twice a second; nobody wants to read that
    with Twins(settings, devices_dir()) as twins:
        try:
            server = make_server(host, port, create_app(twins), threaded=True)
        except (OSError, SystemExit) as err:
            raise click.ClickException(
                f"{host}:{port} cannot be used; choose another --port or end the program there."
            ) from err
        thread = threading.Thread(target=server.serve_forever, name="panel", daemon=True)
        with until_stopped() as stopped:
            thread.start()
            click.echo(f"Simulated devices: http://{host}:{server.server_port}/ (folder {devices_dir()})")
            stopped.wait()
            server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    main(prog_name="hall-devices")
