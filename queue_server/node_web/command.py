"""The command line of a node, `NAME run --config FILE`; knows neither kiosk nor display.

Exit codes: 0 stopped by a signal, 2 a mistake in the arguments or the configuration, 1 anything else that failed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

import click
from flask import Flask

from config.errors import ConfigError
from config.node import NodeSettings, PageSettings
from queue_server.node_web.serve import NodeServer, configure_logging, serve_until_stopped


class Settings(Protocol):
    @property
    def node(self) -> NodeSettings: ...
    @property
    def page(self) -> PageSettings: ...


class Node(Protocol):
    app: Flask

    def start(self) -> None: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=Settings)


def node_command(
    name: str, summary: str, load: Callable[[Path], S], make: Callable[[S, str], Node]
) -> Callable[[], None]:
    """The entry point of the command `name`. load: reads the file, make(settings, token): builds the node."""

    @click.group(help=summary, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
    def group() -> None:
        return

    @group.command()
    @click.option(
        "--config",
        required=True,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The node's TOML file.",
    )
    def run(config: Path) -> None:
        """Serve the node's page and drive its devices until Ctrl-C."""
        settings = load(config)
        token = read_token(settings.node.token_file)
        configure_logging(settings.node.id)
        node = make(settings, token)
        try:
            server = NodeServer(node.app, settings.page.host, settings.page.port)
        except OSError as err:
            raise click.ClickException(
                f"cannot listen on {settings.page.host}:{settings.page.port} ({err.strerror}): "
                "change [page] host or port, or stop what uses it"
            ) from err
        node.start()
        serve_until_stopped(server, node.close)

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
