"""Measures the hall server on this machine in one run and prints each figure beside its limit.

    .venv/bin/python tests/bench/run.py [--quick] [--old N] [--speed X] [--json FILE] [SECTION ...]

Sections: raw, tickets, next, races, walls, phones, slow-disk, memory, start-up, estimates, node, tap, pages, long-day;
all but the last when none is named. Every figure is a median of rounds in which the servers take turns;
docs/performance.md says what each one means. Exit code 0 also when a figure falls short: a machine under load is no
mistake of the code. 1 when something could not be measured.
"""

from __future__ import annotations

import argparse
import dataclasses
import signal
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import report  # noqa: E402
import sections  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(sections.SECTIONS))
    parser.add_argument("--quick", action="store_true", help="one short round each: shows that it runs, not how fast")
    parser.add_argument("--old", type=int, metavar="N", help="so many old tickets; default: 100,000")
    parser.add_argument("--speed", type=float, metavar="X", help="of the long day; default: 60, 24 hours in 24 minutes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="a folder on the disk to measure; default: /var/tmp")
    arguments = parser.parse_args()
    unknown = set(arguments.sections) - set(sections.SECTIONS)
    if unknown:
        parser.error(f"no section {', '.join(sorted(unknown))}; there are {', '.join(sections.SECTIONS)}")

    size = sections.QUICK if arguments.quick else sections.FULL
    if arguments.old is not None:
        size = dataclasses.replace(size, old_tickets=arguments.old)
    if arguments.speed is not None:
        size = dataclasses.replace(size, day_speed=arguments.speed)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # whoever gave up waiting wants no servers left behind
    chosen = arguments.sections or [each for each in sections.SECTIONS if each not in sections.ONLY_NAMED]
    # Not the default of tempfile: /tmp is often a RAM disk, on which nothing is durable and every commit is free.
    folder = arguments.folder or Path("/var/tmp")
    began_s = time.monotonic()
    print(f"{report.machine()}; disk of {folder}; {'one short round' if arguments.quick else 'medians of rounds'}")
    figures: list[report.Figure] = []
    left_out: list[str] = []
    with tempfile.TemporaryDirectory(prefix="hall-bench-", dir=folder) as made:
        bench = sections.Bench(Path(made), size)
        try:
            for name in chosen:
                section = sections.SECTIONS[name]
                print(f"\n{section.__doc__}", flush=True)
                for one in section(bench):
                    if isinstance(one, str):
                        left_out.append(f"{name}: {one}")
                        print(f"  left out: {one}")
                    else:
                        figures.append(one)
                        print(f"  {report.line(one)}", flush=True)
        finally:
            bench.close()
    if arguments.json:
        report.write_json(arguments.json, figures, left_out)
    short = [figure for figure in figures if figure.meets is False]
    print(f"\n{len(figures)} figures in {time.monotonic() - began_s:.0f} s, {len(short)} fall short of their limit")
    return 0


if __name__ == "__main__":
    sys.exit(main())
