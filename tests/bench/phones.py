"""Many phones in a process of their own, each following its own ticket by the link of its slip; shows nothing.

phones.py PORT    stdin: a line of links as JSON; prints "ready" when all follow; ends with its standard input
result (JSON): {"cpu_s": ..., "messages": how many came}
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from walls import Follower


def main() -> None:
    links = json.loads(sys.stdin.readline())
    selector = selectors.DefaultSelector()
    phones = [Follower(int(sys.argv[1]), {"link": link}, f"ticket:{link}") for link in links]
    for phone in phones:
        selector.register(phone.socket, selectors.EVENT_READ, phone)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    began_cpu_s, messages, said, over = time.process_time(), 0, False, False
    while not over:
        if not said and all(phone.follows for phone in phones):
            said = True
            print("ready", flush=True)
        for key, _ in selector.select():
            if key.data is None:
                over = True
            else:
                messages += len(key.data.read(key.data.socket.recv(1 << 16)))
    json.dump({"cpu_s": time.process_time() - began_cpu_s, "messages": messages}, sys.stdout)


def start(port: int, links: Sequence[str]) -> subprocess.Popen[str]:
    """Start the process and wait until every phone follows; `finish` ends it."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps(links)}\n")
    process.stdin.flush()
    if process.stdout.readline().strip() != "ready":
        process.kill()
        raise RuntimeError("the phones could not follow their tickets")
    return process


def finish(process: subprocess.Popen[str]) -> dict[str, Any]:
    answer, _ = process.communicate(timeout=60)
    result: dict[str, Any] = json.loads(answer)
    return result


if __name__ == "__main__":
    main()
