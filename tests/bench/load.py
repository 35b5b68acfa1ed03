"""The load generator, a process of its own: keep-alive clients that ask, wait and ask again; knows no server's inside.

    load.py < plan.json > result.json

plan:   {"port": 8080, "token": str, "warm_up_s": 0.3, "seconds": 2.0, "streams": [STREAM, ...]}
stream: {"name": str, "kind": "issue" | "next" | "read", "clients": 16, "rate_per_s": null or requests/s of all clients,
         "services": [str], "windows": [int], "path": str, "random_keys": false}
result: {"cpu_s": of this process, "wall_s": ..., "requests": all streams together, "streams": {name: ANSWERED}}
answered: {"per_s", "p50_ms", "p99_ms", "answers": {status: count}, "calls": [[label, sent_s, answered_s], ...]}

One thread and a selector, requests built beforehand: the generator spends a fraction of what a server spends on the
same request, and says how much, so that nobody takes its own limit for a server's. Times are of CLOCK_MONOTONIC, which
all processes of a machine share.
"""

from __future__ import annotations

import itertools
import json
import secrets
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent.parent), str(HERE.parent / "support")]

from raw_http import request_bytes, whole_answer  # noqa: E402

from queue_server.request_keys import new_key  # noqa: E402

ANSWER_S = 10.0


def random_key() -> str:
    """As a stranger's client may send it; ours begin with the time."""
    return secrets.token_hex(16)


def _issues(token: str, services: list[str], first: int, key: Callable[[], str]) -> Iterator[bytes]:
    for n in itertools.count(first):
        body = json.dumps({"service": services[n % len(services)]}).encode()
        yield request_bytes(token, "POST", "/tickets", body, key())


def _reads(token: str, path: str) -> Iterator[bytes]:
    return itertools.repeat(request_bytes(token, "GET", path))


def _calls(token: str, window: int) -> Iterator[bytes]:
    """A window's work: call the next, start to serve (the following call finishes it)."""
    for word in itertools.cycle(("next", "start")):
        yield request_bytes(token, "POST", f"/windows/{window}/{word}", b"{}", new_key())


@dataclass
class Stream:
    name: str
    kind: str
    pause_s: float  # between two requests of one client; 0: as fast as answers come
    latencies_s: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    calls: list[tuple[str, float, float]] = field(default_factory=list)

    def note(self, request: bytes, status: int, body: bytes, sent_s: float, answered_s: float) -> None:
        is_start = self.kind == "next" and b"/start " in request[:64]
        if not is_start:  # what is counted of a window is its calls
            self.latencies_s.append(answered_s - sent_s)
            self.answers[status] += 1
        if self.kind == "next" and not is_start and status == 200:
            self.calls.append((json.loads(body)["label"], sent_s, answered_s))

    def result(self, seconds: float) -> dict[str, Any]:
        ranked = sorted(self.latencies_s)
        return {
            "per_s": sum(n for status, n in self.answers.items() if status < 300 and status != 204) / seconds,
            "p50_ms": 1000 * quantile(ranked, 0.5),
            "p99_ms": 1000 * quantile(ranked, 0.99),
            "answers": {str(status): n for status, n in sorted(self.answers.items())},
            "calls": self.calls,
        }


def quantile(ranked: list[float], share: float) -> float:
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")


class Connection:
    """One client on one keep-alive connection."""

    def __init__(self, port: int, stream: Stream, requests: Iterator[bytes], due_s: float) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = stream
        self.due_s = due_s
        self.busy = False
        self._requests = requests
        self._request = b""
        self._buffer = b""
        self._sent_s = 0.0

    @property
    def in_hand(self) -> bool:
        """A window that called must start before it leaves, or its next work would begin with a refusal."""
        return self.stream.kind == "next" and b"/next " in self._request[:64]

    def send(self) -> None:
        self._request = next(self._requests)
        self.busy = True
        self._sent_s = time.monotonic()
        self.socket.sendall(self._request)

    def receive(self, counted_from_s: float) -> bool:
        """Take what has come; True when the answer is whole."""
        data = self.socket.recv(65536)
        if not data:
            raise SystemExit(f"the server closed the connection of {self.stream.name}")
        self._buffer += data
        answer = whole_answer(self._buffer)
        if answer is None:
            return False
        self._buffer, self.busy = b"", False
        now_s = time.monotonic()
        if self._sent_s >= counted_from_s:
            self.stream.note(self._request, *answer, self._sent_s, now_s)
        self.due_s = max(now_s, self.due_s + self.stream.pause_s) if self.stream.pause_s else now_s
        return True


def connect(plan: dict[str, Any], began_s: float) -> tuple[list[Stream], list[Connection]]:
    token, streams, connections = plan["token"], [], []
    for wish in plan["streams"]:
        clients, rate = wish["clients"], wish.get("rate_per_s")
        pause_s = clients / rate if rate else 0.0
        stream = Stream(wish["name"], wish["kind"], pause_s)
        streams.append(stream)
        for n in range(clients):
            if stream.kind == "issue":
                requests = _issues(token, wish["services"], n, random_key if wish.get("random_keys") else new_key)
            elif stream.kind == "next":
                requests = _calls(token, wish["windows"][n])
            else:
                requests = _reads(token, wish["path"])
            connections.append(Connection(plan["port"], stream, requests, began_s + pause_s * n / clients))
    return streams, connections


def run(plan: dict[str, Any]) -> dict[str, Any]:
    began_s, cpu_before_s = time.monotonic(), time.process_time()
    streams, connections = connect(plan, began_s)
    counted_from_s = began_s + plan["warm_up_s"]
    ends_s = counted_from_s + plan["seconds"]
    selector = selectors.DefaultSelector()
    for connection in connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    answered = 0
    while True:
        now_s = time.monotonic()
        over = now_s >= ends_s
        for connection in connections:
            if not connection.busy and (connection.in_hand if over else connection.due_s <= now_s):
                connection.send()
        busy = any(connection.busy for connection in connections)
        if over and not busy:
            break
        next_s = min((c.due_s for c in connections if not c.busy), default=ends_s)
        ready = selector.select(ANSWER_S if over else max(0.0, min(next_s, ends_s) - now_s))
        if over and not ready:
            raise SystemExit("the server does not answer")
        for key, _ in ready:
            answered += key.data.receive(counted_from_s)
    took_s = time.monotonic() - counted_from_s  # the last answers are counted, so is the time they took
    for connection in connections:
        connection.socket.close()
    return {
        "cpu_s": time.process_time() - cpu_before_s,
        "wall_s": time.monotonic() - began_s,
        "requests": answered,
        "streams": {stream.name: stream.result(took_s) for stream in streams},
    }


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
