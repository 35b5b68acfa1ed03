"""A disk whose every fsync takes 5 ms longer, made of a real one by LD_PRELOAD; knows no server.

The little library is compiled when it is needed, into a temporary folder. Where that can't be done, `Unavailable` says
why in one sentence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

DELAY_MS = 5

SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>

static void wait_a_little(void) {
    struct timespec delay = {0, DELAY_MS * 1000000L};
    while (nanosleep(&delay, &delay)) {}
}

#define SLOW(name) \\
    int name(int file) { \\
        static int (*real)(int); \\
        if (!real) real = (int (*)(int))dlsym(RTLD_NEXT, #name); \\
        wait_a_little(); \\
        return real(file); \\
    }

SLOW(fsync)
SLOW(fdatasync)
"""

PROOF = f"""
import os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode = WAL"); db.execute("PRAGMA synchronous = FULL"); db.execute("CREATE TABLE t (x)")
began = time.monotonic()
for n in range(10):
    db.execute("INSERT INTO t VALUES (1)")
sys.exit(time.monotonic() - began < 10 * {DELAY_MS} / 1000)
"""


class Unavailable(RuntimeError):  # noqa: N818 - a reason to leave a section out, not a failure
    """No slow disk can be made here."""


def environment(folder: Path) -> dict[str, str]:
    """What to add to a process's environment, proved to work on SQLite's commits. Raises Unavailable."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise Unavailable("there is no C compiler (on Debian: apt-get install gcc)")
    source, library = folder / "slow_disk.c", folder / "slow_disk.so"
    source.write_text(SOURCE, encoding="utf-8")
    command = [compiler, "-shared", "-fPIC", "-O1", f"-DDELAY_MS={DELAY_MS}", "-o", library, source, "-ldl"]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise Unavailable(f"the library was not compiled: {made.stderr.strip().splitlines()[0]}")
    added = {"LD_PRELOAD": str(library)}
    proof = [sys.executable, "-c", PROOF, str(folder / "proof.db")]
    if subprocess.run(proof, env={**os.environ, **added}, check=False, timeout=60).returncode:
        raise Unavailable("this Python's SQLite does not call the system's fsync")
    return added
