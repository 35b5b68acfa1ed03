"""Two windows press "next" at the very same moment, 100 times a second for a minute: never twice, never none.

    .venv/bin/python tests/bench/races.py [--seconds 60] [--seed 1] [--folder DIR]

A hall server of its own on a free port of 127.0.0.1; tickets are issued all the while. Then both windows race for a
ticket that waits alone, for a sixth of the time. Each answer is judged at once and all against the journal at the end
(tests/support/window_races.py). Exit code 1 when a ticket was called twice or left out, a window got nobody while
somebody waited, or there were fewer than 100 races a second.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "support")]

from hall_process import HallProcess  # noqa: E402
from window_races import RaceError, Races, Rate  # noqa: E402

LEAST_PER_S = 100
LAST_SHARE = 1 / 6


@dataclass(frozen=True)
class Raced:
    """Races with tickets for both, races for a last one, and how many tickets were called, each of them once."""

    both: Rate
    last: Rate
    tickets: int


def measure(folder: Path, seconds: float, seed: int = 1) -> Raced:
    """Race in a hall of its own in `folder`. Raises RaceError at the first wrong answer."""
    hall = HallProcess(folder)
    try:
        hall.start()
        with closing(Races([hall], hall.token("manager"), seed)) as races:
            both = races.race(_for(seconds))
            last = races.race_for_the_last(_for(seconds * LAST_SHARE))
            return Raced(both, last, races.check())
    finally:
        hall.close()


def _for(seconds: float) -> Callable[[int], bool]:
    ends_s = time.monotonic() + seconds
    return lambda _races: time.monotonic() < ends_s


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="a folder on the disk to use")
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hall-races-", dir=wish.folder) as made:
        try:
            raced = measure(Path(made), wish.seconds, wish.seed)
        except RaceError as err:
            print(f"FAIL: {err}")
            return 1
    for words, rate in (("two windows, tickets for both", raced.both), ("two windows, one last ticket", raced.last)):
        print(f"{words}: {rate.races} races in {rate.took_s:.1f} s, {rate.per_s:.0f}/s", end="")
        print(f", {rate.slowest_per_s} in the slowest second" if rate.slowest_per_s else "")
    print(f"{raced.tickets} tickets: each called once, in its turn, none left out, by the answers and by the journal")
    fast = raced.both.per_s >= LEAST_PER_S
    print("PASS" if fast else f"FAIL: fewer than {LEAST_PER_S} races a second")
    return 0 if fast else 1


if __name__ == "__main__":
    sys.exit(main())
