"""`queue-server` as a person at a terminal meets it: real processes, exit codes, one clear line each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from queue_server import cli
from queue_server.access import ROLES, Access
from queue_server.database import Database, default_url

ROOT = Path(__file__).parents[2]
CONFIG = str(ROOT / "config" / "examples" / "village.toml")
HALL = "village"
COMMANDS = [
    [],
    *([name] for name in cli.main.commands),
    *(["token", name] for name in cli.token.commands),
    *(["staff", name] for name in cli.staff.commands),
]


def run(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "queue_server.cli", *arguments],
        cwd=ROOT,
        input=said,
        capture_output=True,
        text=True,
        timeout=60,
        env={name: value for name, value in os.environ.items() if name != "HALL_DATABASE"},
    )


def failed(done: subprocess.CompletedProcess[str], code: int) -> str:
    """The one line on stderr."""
    assert done.returncode == code, done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def access(data: Path) -> Access:
    return Access(Database(default_url(data)), HALL)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help(command: list[str]) -> None:
    done = run(*command, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: ")
    assert done.stderr == ""


def test_roles_are_those_of_the_rights() -> None:
    assert cli.ROLES == ROLES


def test_a_token_is_alone_on_the_last_line_and_works(data: Path) -> None:
    done = run("token", "create", "--role", "node", "--name", "kiosk-1", "--config", CONFIG, "--data", str(data))
    assert done.returncode == 0, done.stderr
    found = access(data).principal_of_token(done.stdout.splitlines()[-1])
    assert found is not None
    assert (found.id, found.role) == ("kiosk-1", "node")
    assert data.stat().st_mode & 0o077 == 0


def test_tokens_are_listed_without_their_secret_and_revoked(data: Path) -> None:
    where = ("--config", CONFIG, "--data", str(data))
    secret = run("token", "create", "--role", "staff", "--window", "1", *where).stdout.strip()
    listed = run("token", "list", *where).stdout
    assert secret not in listed
    assert "active" in listed
    assert run("token", "revoke", listed.split()[0], *where).returncode == 0
    assert "revoked" in run("token", "list", *where).stdout
    assert access(data).principal_of_token(secret) is None


def test_a_staff_account_with_its_password_on_stdin(data: Path) -> None:
    where = ("--config", CONFIG, "--data", str(data))
    add = ("staff", "add", "li", "--name", "李", "--role", "manager", "--password-stdin", *where)
    done = run(*add, said="Nine horses, 5 carts\n")
    assert done.returncode == 0, done.stderr
    account = access(data).check_password("li", "Nine horses, 5 carts")
    assert account is not None
    assert (account.name, account.role, account.window) == ("李", "manager", None)
    assert "already" in failed(run(*add, said="Nine horses, 5 carts\n"), 2)
    assert "li" in run("staff", "list", *where).stdout
    assert run("staff", "password", "li", "--password-stdin", *where, said="Ten horses, 6 carts").returncode == 0
    assert access(data).check_password("li", "Ten horses, 6 carts") is not None
    assert run("staff", "sign-out", "li", *where).returncode == 0
    assert "no staff account 'wang'" in failed(run("staff", "sign-out", "wang", *where), 2)


@pytest.mark.parametrize("password", ["", "short\n", "12345678\n"])
def test_bad_passwords_are_one_line(data: Path, password: str) -> None:
    add = ("staff", "add", "li", "--name", "L", "--role", "manager", "--password-stdin")
    assert "password" in failed(run(*add, "--config", CONFIG, "--data", str(data), said=password), 2)


def test_usage_mistakes(data: Path) -> None:
    where = ("--config", CONFIG, "--data", str(data))
    assert "boss" in failed(run("token", "create", "--role", "boss", *where), 2)
    assert "no such window" in failed(run("token", "create", "--role", "node", "--window", "77", *where), 2)
    assert "--role" in failed(run("token", "create", *where), 2)
    assert "--config" in failed(run("serve", "--data", str(data)), 2)
    assert "no token" in failed(run("token", "revoke", "nope", *where), 2)
    assert "nonsense" in failed(run("nonsense"), 2)
    assert "Missing command" in failed(run(), 2)
    assert "Missing command" in failed(run("token"), 2)
    assert "mysql" in failed(run("token", "list", *where, "--database", "mysql://x/y"), 1)
    assert not (data / "hall.db").exists() or access(data).tokens() == []


def test_a_data_folder_that_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    line = failed(run("token", "list", "--config", CONFIG, "--data", str(file / "below")), 1)
    assert "below" in line


def test_check_says_ok_or_a_line_per_mistake(tmp_path: Path) -> None:
    done = run("check", "--config", CONFIG)
    assert done.returncode == 0
    assert done.stdout.startswith("ok: ")
    wrong = tmp_path / "wrong.toml"
    text = Path(CONFIG).read_text(encoding="utf-8")
    wrong.write_text(text.replace("[hall]", "[hall]\ncolour = 1\n[rules]\ncall_gap_s = -1", 1), encoding="utf-8")
    done = run("check", "--config", str(wrong))
    assert done.returncode == 2
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines
    assert all(str(wrong) in line for line in lines)
    assert "Traceback" not in done.stderr
    assert "no such file" in failed(run("check", "--config", str(tmp_path / "none.toml")), 2)


def test_light_commands_load_no_server() -> None:
    program = (
        "import sys; from queue_server import cli\n"
        "try: cli.main(['check', '--config', sys.argv[1]])\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'flask', 'gevent', 'alembic', 'cryptography', 'pydantic'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", program, CONFIG], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
