"""How a command of `hall-devices` ends when something is wrong: one sentence and an exit code; knows no device."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from drivers.errors import BadAddress, BadDialect, DriverError, Unsupported


def one_sentence(command: Callable[..., None]) -> Callable[..., None]:
    """A fault of a device is one sentence and exit 1, a mistake of the person one sentence (a line for
    each in a dialect) and exit 2; never a traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except BadDialect as err:
            for mistake in err.lines:
                click.echo(mistake, err=True)
            raise SystemExit(2) from err
        except (BadAddress, Unsupported) as err:
            raise click.UsageError(str(err)) from err
        except DriverError as err:
            raise click.ClickException(str(err)) from err

    return run
