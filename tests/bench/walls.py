"""Many walls in a process of their own: Socket.IO clients that follow `board` and note when each call arrives.

    walls.py PORT COUNT    stdin: the token; prints "ready" when all follow; stdin: the label of the last call
    result (JSON), when every wall has that call: {"cpu_s": ..., "calls": {label: [when each wall had it, in seconds
    of CLOCK_MONOTONIC]}}

One thread, a selector and wsproto: everything that has come is first taken from all sockets and given its time, and
only then read, so that no wall waits for another one's JSON. Walls get the same bytes, so each text is read once.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from typing import Any

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Message, Ping, Request, TextMessage

NAMESPACE = "/live"
LAST_S = 10.0


class Follower:
    """One connection of somebody who follows a view. `auth`: what it shows when it connects."""

    def __init__(self, port: int, auth: dict[str, str], view: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.follows = False
        self._auth = auth
        self._view = view
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._text = ""
        target = "/socket.io/?EIO=4&transport=websocket"
        self.socket.sendall(self._protocol.send(Request(host="127.0.0.1", target=target)))

    def read(self, data: bytes) -> list[str]:
        """The whole messages that `data` completes; what the protocol wants back is sent."""
        self._protocol.receive_data(data)
        messages: list[str] = []
        for event in self._protocol.events():
            if isinstance(event, Ping):
                self.socket.sendall(self._protocol.send(event.response()))
            elif isinstance(event, TextMessage):
                self._text += event.data
                if event.message_finished:
                    messages.append(self._text)
                    self._text = ""
            elif not isinstance(event, AcceptConnection):
                raise SystemExit(f"who follows {self._view} was cut off: {event}")
        return [message for message in messages if not self._handshake(message)]

    def _handshake(self, message: str) -> bool:
        if message == "2":
            self._send("3")
        elif message.startswith("0"):
            self._send(f"40{NAMESPACE},{json.dumps(self._auth)}")
        elif message.startswith(f"40{NAMESPACE}"):
            self._send(f'42{NAMESPACE},0["follow",{json.dumps({"view": self._view})}]')
        elif message.startswith(f"43{NAMESPACE},0"):
            self.follows = True
        elif message.startswith("44"):
            raise SystemExit(f"who follows {self._view} was refused: {message}")
        else:
            return False
        return True

    def _send(self, text: str) -> None:
        self.socket.sendall(self._protocol.send(Message(data=text)))


def labels_of(message: str) -> list[str]:
    prefix = f"42{NAMESPACE},"
    if not message.startswith(prefix):
        return []
    name, follow = json.loads(message[len(prefix) :])
    return [call["label"] for call in follow["data"]["calls"]] if name == "view" else []


def main() -> None:
    token = sys.stdin.readline().strip()
    selector = selectors.DefaultSelector()
    walls = [Follower(int(sys.argv[1]), {"token": token}, "board") for _ in range(int(sys.argv[2]))]
    for n, wall in enumerate(walls):
        selector.register(wall.socket, selectors.EVENT_READ, n)
    selector.register(sys.stdin, selectors.EVENT_READ, None)
    seen: list[set[str]] = [set() for _ in walls]
    calls: dict[str, list[float]] = {}
    known: tuple[str, list[str]] = ("", [])
    began_cpu_s, said, last, ends_s = time.process_time(), False, "", float("inf")
    while time.monotonic() < ends_s and (not last or len(calls.get(last, ())) < len(walls)):
        came: list[tuple[int, float, bytes]] = []
        for key, _ in selector.select(1.0):
            if key.data is None:
                selector.unregister(sys.stdin)
                last, ends_s = sys.stdin.readline().strip(), time.monotonic() + LAST_S
                continue
            data = walls[key.data].socket.recv(1 << 20)
            came.append((key.data, time.monotonic(), data))
        for n, at_s, data in came:
            for message in walls[n].read(data):
                if message != known[0]:
                    known = (message, labels_of(message))
                for label in known[1]:
                    if label not in seen[n]:
                        seen[n].add(label)
                        calls.setdefault(label, []).append(at_s)
        if not said and all(wall.follows for wall in walls):
            said = True
            print("ready", flush=True)
    json.dump({"cpu_s": time.process_time() - began_cpu_s, "calls": calls}, sys.stdout)


def start(port: int, count: int, token: str) -> subprocess.Popen[str]:
    """Start the process and wait until its walls follow; `finish` ends it."""
    process = subprocess.Popen(
        [sys.executable, __file__, str(port), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{token}\n")
    process.stdin.flush()
    if process.stdout.readline().strip() != "ready":
        process.kill()
        raise RuntimeError("the walls could not follow the board")
    return process


def finish(process: subprocess.Popen[str], last_label: str) -> dict[str, Any]:
    """Wait until every wall has the last call, 10 s at most: whoever looks sees in `calls` what did not arrive."""
    answer, _ = process.communicate(f"{last_label}\n", timeout=60)
    result: dict[str, Any] = json.loads(answer)
    return result


if __name__ == "__main__":
    main()
