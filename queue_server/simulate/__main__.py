"""The process that answers one "what if": settings, journal rows and the question as lines of JSON; knows no database.

{"settings": DOCUMENT}                     first line: the hall's settings
{"row": [SEQ, AT_MS, KIND, VERSION, DATA]} rows of the journal in order, from a DayOpened on
{"whatif": NOW_MS, "open": [5], "close": [2]}   answered by one line, see `whatif.WhatIf.answer`
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import IO

from config.load import read_hall
from queue_server.child import begin_as_child
from queue_server.codec import decode
from queue_server.simulate.whatif import WhatIf


def main() -> None:
    if begin_as_child():
        answer(sys.stdin, sys.stdout)


def answer(lines: Iterable[str], to: IO[str]) -> None:
    """Do what `lines` say until they end."""
    whatif: WhatIf | None = None
    for line in lines:
        message = json.loads(line)
        if "settings" in message:
            whatif = WhatIf(read_hall(message["settings"], "the hall's settings"))
        elif whatif is None:
            raise ValueError("the settings come first")
        elif "row" in message:
            seq, at_ms, kind, version, data = message["row"]
            whatif.apply(decode(kind, version, at_ms, data), seq)
        else:
            said = whatif.answer(message["whatif"], message["open"], message["close"])
            to.write(json.dumps(said, separators=(",", ":")) + "\n")
            to.flush()


if __name__ == "__main__":
    main()
