"""The command line of a node, `NAME run`; knows neither kiosk nor display.

With `--config FILE` the machine's own file and token are used. With `--server URL --data FOLDER` the machine asks the
server for its place, keeps token and file in the folder, and follows changes of the file.

Exit codes: 0 stopped by a signal, 2 a mistake in the arguments or the configuration, 1 anything else that failed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from config.errors import ConfigError
from queue_server.node_web.running import Enrolled, Load, Node, Settings, run_enrolled, run_once

S = TypeVar("S", bound=Settings)


def node_command(
    name: str, kind: str, summary: str, load: Load[S], make: Callable[[S, str], Node]
) -> Callable[[], None]:
    """The entry point of the command `name` of a `kind` of node, kiosk or display.

    load(path, environment, text): reads the file, or `text` in its place. make(settings, token): builds the node.
    """

    @click.group(
        help=summary,
        no_args_is_help=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    def group() -> None:
        return

    @group.command()
    @click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The node's TOML file, when it is kept on this machine.",
    )
    @click.option("--server", metavar="URL", help="The hall server to get a place, a token and the file from.")
    @click.option(
        "--data",
        metavar="FOLDER",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where this machine keeps what it gets, with --server.",
    )
    def run(config: Path | None, server: str | None, data: Path | None) -> None:
        """Serve the node's page and drive its devices until Ctrl-C."""
        if config is not None and server is None and data is None:
            settings = load(config, os.environ)
            run_once(settings, read_token(settings.node.token_file), make)
        elif config is None and server is not None and data is not None:
            run_enrolled(Enrolled(kind, server, data.absolute(), load, make))
        else:
            raise click.UsageError("give either --config FILE, or --server URL and --data FOLDER")

    def main() -> None:
        sys.exit(_run(name, group))

    return main


def _run(name: str, group: click.Group) -> int:
    try:
        result: Any = group.main(prog_name=name, standalone_mode=False)
    except ConfigError as err:
        for mistake in err.mistakes:
            click.echo(str(mistake), err=True)
        return 2
    except click.ClickException as err:
        hint = " (--help says more)" if isinstance(err, click.UsageError) and err.ctx is not None else ""
        click.echo(f"{name}: {err.format_message()}{hint}", err=True)
        return err.exit_code
    except click.Abort:
        return 1
    return result if isinstance(result, int) else 0


def read_token(path: Path) -> str:
    """The node's token. A missing or empty file is a mistake of the configuration, with what to do."""
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as err:
        reason = err.strerror if isinstance(err, OSError) else "it is not text"
        raise click.UsageError(
            f"cannot read the token in {path} ({reason}): make one with `queue-server token create --role node`"
        ) from err
    if not token:
        raise click.UsageError(f"{path} is empty: put a token of `queue-server token create --role node` into it")
    return token
