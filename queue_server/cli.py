"""The command `queue-server`: parses arguments, says mistakes in one line each; every command's work is elsewhere.

Exit codes: 0 done, 2 a mistake in the arguments or the configuration, 1 anything else that failed. What a command does
not need is not imported: `--help` and `token create` answer at once.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from queue_server.simulate.command import simulate

if TYPE_CHECKING:
    from config.settings import HallSettings
    from queue_server.access import Access

ROLES = ("node", "reception", "staff", "manager", "maintainer", "county")
Command = TypeVar("Command", bound=Callable[..., Any])


class _Group(click.Group):
    """Says every mistake in one line on stderr, click's and ours, and ends with the right code."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.ClickException as err:
            hint = " (--help says more)" if isinstance(err, click.UsageError) else ""
            click.echo(f"queue-server: {' '.join(err.format_message().split())}{hint}", err=True)
            code = err.exit_code
        except click.Abort:
            click.echo("queue-server: stopped", err=True)
            code = 1
        sys.exit(code)

    def invoke(self, ctx: click.Context) -> int:
        from config.errors import ConfigError
        from queue_server.errors import BadAccount, QueueServerError, UnknownAccount

        try:
            super().invoke(ctx)
        except ConfigError as err:
            for mistake in err.mistakes:
                click.echo(str(mistake), err=True)
            return 2
        except (QueueServerError, OSError) as err:
            click.echo(f"queue-server: {err}", err=True)
            return 2 if isinstance(err, BadAccount | UnknownAccount) else 1
        return 0


_file = click.Path(path_type=Path, dir_okay=False)
_config = click.option("--config", type=_file, required=True, metavar="FILE", help="The hall's TOML file.")
_data = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The hall's data folder; made when it does not exist.",
)
_database = click.option(
    "--database",
    metavar="URL",
    envvar="HALL_DATABASE",
    show_envvar=True,
    help="postgresql://user:password@host/name, or sqlite:////path/hall.db; default: hall.db in the data folder.",
)


def _hall_options(command: Command) -> Command:
    return _config(_data(_database(command)))


@click.group(
    cls=_Group,
    no_args_is_help=False,  # a missing command is a mistake like others
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="hall-queue")
def main() -> None:
    """The server of a public service hall: queues, tokens, staff."""


@main.command()
@_hall_options
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for the hall's net."
)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--key-file", type=_file, help="The identity key; default: identity.key in the data folder.")
def serve(config: Path, data: Path, database: str | None, host: str, port: int, key_file: Path | None) -> None:
    """Serve a hall until a signal ends it."""
    settings = _settings(config)
    _make_folder(data)
    from queue_server.web.serve import CannotServeError, run

    try:
        digest = hashlib.sha256(config.read_bytes()).hexdigest()
        run(settings, data, host, port, database, key_file, digest)
    except CannotServeError as err:
        raise click.ClickException(str(err)) from None
    except SystemExit as err:
        sys.exit(1 if err.code else 0)


@main.command()
@_config
def check(config: Path) -> None:
    """Check a hall's configuration: a line per mistake and exit 2, or a summary."""
    settings = _settings(config)
    languages = ", ".join(settings.languages)
    click.echo(
        f"ok: {settings.name[settings.languages[0]]} ({settings.id}), {len(settings.services)} services, "
        f"{len(settings.windows)} windows, {languages}"
    )


@main.command()
@_config
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Default: .run/HALL")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65000), help="The first of some ports.")
def demo(config: Path, data: Path | None, port: int) -> None:
    """Run a whole hall on this machine: server, nodes and simulated devices."""
    _settings(config)
    from queue_server.demo import DemoFailedError, run

    try:
        run(config, data or Path(".run") / config.stem, port)
    except DemoFailedError as err:
        raise click.ClickException(str(err)) from None


main.add_command(simulate)


@main.group(no_args_is_help=False)
def words() -> None:
    """Language packs: the public words of one more language, as one file."""


@words.command("check")
@click.argument("file", type=_file)
def words_check(file: Path) -> None:
    """Compare the language pack FILE with all there is to say: what it lacks, and exit 2 for what is wrong."""
    from queue_server import language_packs

    try:
        report = language_packs.check(language_packs.read(file), file.stem)
    except ValueError as err:
        raise click.ClickException(str(err)) from None
    for line in report.missing:
        click.echo(f"missing {line}")
    for line in report.mistakes:
        click.echo(f"{file}: {line}", err=True)
    if report.mistakes:
        sys.exit(2)
    rest = "; the rest is said in the hall's first language" if report.missing else ""
    click.echo(f"ok: {report.words} of {report.of} words{rest}")


@words.command("new")
@click.argument("tag")
@click.option("--to", "file", type=_file, required=True, metavar="FILE", help="The file to write, TAG.json.")
def words_new(tag: str, file: Path) -> None:
    """Write a language pack to be translated into TAG: every word in English."""
    from queue_server import language_packs

    if not language_packs.TAG.fullmatch(tag) or file.stem != tag:
        raise click.UsageError('write a language tag such as "ug", and name the file after it: ug.json')
    if file.exists():
        raise click.ClickException(f"{file} is there already; move it away first")
    file.write_text(json.dumps(language_packs.template(tag), ensure_ascii=False, indent=1) + "\n", "utf-8")
    click.echo(f"{file}: translate it, `queue-server words check {file}`, then put it into DATA/language-packs/")


@main.group(no_args_is_help=False)
def token() -> None:
    """Tokens of nodes and other programs."""


@token.command("create")
@_hall_options
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option(
    "--window", "windows", type=click.IntRange(1, 999), multiple=True, help="Bind it to this window; may be repeated."
)
@click.option("--name", help="What the journal calls it, e.g. kiosk-1; not a person's name.")
def token_create(
    config: Path, data: Path, database: str | None, role: str, windows: tuple[int, ...], name: str | None
) -> None:
    """Make a token. It is printed alone on the last line, and can never be shown again."""
    with _access(config, data, database, *windows) as access:
        click.echo(access.create_token(role, windows, name))


@token.command("list")
@_hall_options
def token_list(config: Path, data: Path, database: str | None) -> None:
    """List tokens: id, role, windows, name, state."""
    with _access(config, data, database) as access:
        for one in access.tokens():
            state = "active" if one.revoked_ms is None else "revoked"
            windows = ",".join(map(str, one.windows)) or "-"
            click.echo(f"{one.id}  {one.role:<10}  {windows:<3}  {one.name:<32}  {state}")


@token.command("revoke")
@click.argument("token_id", metavar="ID")
@_hall_options
def token_revoke(token_id: str, config: Path, data: Path, database: str | None) -> None:
    """Make a token useless, within 5 seconds also in a running server."""
    with _access(config, data, database) as access:
        access.revoke_token(token_id)


@main.group(no_args_is_help=False)
def staff() -> None:
    """Accounts of people. There is none to begin with, and no password that everybody knows."""


_password_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")


@staff.command("add")
@click.argument("staff_id", metavar="ID")
@_hall_options
@click.option("--name", required=True, help="The name that colleagues see.")
@click.option("--role", type=click.Choice(ROLES[1:]), required=True)
@click.option("--window", type=click.IntRange(1, 999), help="The only window they may operate.")
@_password_stdin
def staff_add(
    staff_id: str,
    config: Path,
    data: Path,
    database: str | None,
    name: str,
    role: str,
    window: int | None,
    password_stdin: bool,
) -> None:
    """Add an account."""
    with _access(config, data, database, window) as access:
        access.add_staff(staff_id, name, role, window, _password(password_stdin))


@staff.command("password")
@click.argument("staff_id", metavar="ID")
@_hall_options
@_password_stdin
def staff_password(staff_id: str, config: Path, data: Path, database: str | None, password_stdin: bool) -> None:
    """Set a new password and sign the account out everywhere."""
    with _access(config, data, database) as access:
        access.set_password(staff_id, _password(password_stdin))


@staff.command("sign-out")
@click.argument("staff_id", metavar="ID")
@_hall_options
def staff_sign_out(staff_id: str, config: Path, data: Path, database: str | None) -> None:
    """Sign an account out everywhere."""
    with _access(config, data, database) as access:
        access.end_sessions(staff_id)


@staff.command("list")
@_hall_options
def staff_list(config: Path, data: Path, database: str | None) -> None:
    """List accounts: id, role, window, name."""
    with _access(config, data, database) as access:
        for one in access.all_staff():
            click.echo(f"{one.id:<32}  {one.role:<10}  {one.window or '-':<3}  {one.name}")


@main.group(no_args_is_help=False)
def appointments() -> None:
    """Appointments that were made elsewhere."""


@appointments.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_hall_options
@click.option("--server", default="http://127.0.0.1:8080", show_default=True, help="Where the hall's server answers.")
def appointments_import(file: Path, config: Path, data: Path, database: str | None, server: str) -> None:
    """Book every line of a CSV file, or none of them: each wrong line is named, and exit 1."""
    settings = _settings(config)
    _make_folder(data)
    from queue_server.appointments_file import WORDS, hand_over

    done = hand_over(settings, config, data, file, server, database)
    for line, code in done.wrong:
        click.echo(f"{file}:{line}: {WORDS.get(code, code)}", err=True)
    if done.wrong:
        raise click.ClickException(f"{len({line for line, _ in done.wrong})} lines are wrong. Nothing was booked.")
    click.echo(f"booked: {done.booked}")


def _settings(config: Path) -> HallSettings:
    from config.load import load_hall

    return load_hall(config)


def _make_folder(data: Path) -> None:
    if not data.is_dir():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _access(config: Path, data: Path, database: str | None, *windows: int | None) -> Iterator[Access]:
    settings = _settings(config)
    for window in windows:
        if window is not None and window not in settings.windows:
            numbers = ", ".join(map(str, settings.windows))
            raise click.UsageError(f"--window {window}: this hall has no such window; there are {numbers}.")
    _make_folder(data)
    from queue_server.access import Access
    from queue_server.database import Database, default_url

    opened = Database(database or default_url(data))
    try:
        yield Access(opened, settings.id)
    finally:
        opened.close()


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return answer
    return sys.stdin.readline().rstrip("\r\n")


if __name__ == "__main__":
    main()
