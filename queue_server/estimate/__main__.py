"""The estimator's process: reads journal rows from stdin, answers each question with one line; knows no database.

    {"settings": DOCUMENT, "now": NOW_MS}      first line: the hall's settings
    {"row": [SEQ, AT_MS, KIND, VERSION, DATA]} a row of the journal, in order
    {"estimate": NOW_MS}                       answered by {"tickets": {ID: [P50_S, P90_S]}, "ordinary": …}

It ends with its stdin, and the kernel ends it with its parent.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import IO

from config.load import read_hall
from queue_server.child import begin_as_child
from queue_server.codec import decode
from queue_server.estimate.estimator import Estimator

REHEARSED_MS = 10 * 24 * 3600 * 1000  # of the past: what was wrong with estimates long ago need not be so now


def main() -> None:
    if begin_as_child():
        answer(sys.stdin, sys.stdout)


def answer(lines: Iterable[str], to: IO[str]) -> None:
    """Do what `lines` say until they end."""
    estimator: Estimator | None = None
    for line in lines:
        message = json.loads(line)
        if "settings" in message:
            settings = read_hall(message["settings"], "the hall's settings")
            estimator = Estimator(settings, rehearse_from_ms=message["now"] - REHEARSED_MS)
        elif estimator is None:
            raise ValueError("the settings come first")
        elif "row" in message:
            seq, at_ms, kind, version, data = message["row"]
            estimator.apply(decode(kind, version, at_ms, data), seq)
        else:
            to.write(json.dumps(estimator.estimate(message["estimate"]), separators=(",", ":")) + "\n")
            to.flush()


if __name__ == "__main__":
    main()
