"""Web Push for phones: the hall's VAPID key, subscriptions kept sealed, and the OS thread that has messages sent.

A subscription says which browser somebody uses, so it lies in the vault like a phone number, and is deleted with the
end of its ticket. Only hosts of `push_services` are ever posted to: the address comes from a stranger's browser.
"""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .child import Child, ProcessEndedError
from .keys import derive
from .threads import os_lock, os_queue, start_os_thread

PURPOSE = "push"
GONE = (404, 410)  # the browser has ended the subscription
WAITING_MAX = 500  # messages not yet sent; more are dropped: they would come too late
AT_ONCE = 40
ANSWER_S = 120.0
IDLE_S = 60.0  # then the process ends: most halls need it seldom
LOOPBACK = ("127.0.0.1", "localhost", "::1")

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of the curve P-256

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser that wants to be told. Its repr shows nothing of it."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    language: str


class VapidKey:
    """The key by which push services know this hall: from the master key, so that no other secret has to be kept."""

    def __init__(self, master: bytes, hall: str) -> None:
        number = int.from_bytes(derive(master, f"{hall} vapid"), "big") % (_ORDER - 1) + 1
        key = ec.derive_private_key(number, ec.SECP256R1())
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.private = _base64(number.to_bytes(32, "big"))
        self.public = _base64(point)

    def __repr__(self) -> str:
        return "VapidKey(…)"


def is_allowed(endpoint: str, services: Sequence[str]) -> bool:
    """Whether an address is one of `services`: a host, with its subdomains, or host:port. https, but on loopback."""
    try:
        address = urlsplit(endpoint)
        host, port = address.hostname or "", address.port
    except ValueError:
        return False
    if address.username or address.scheme not in ("https", "http"):
        return False
    if address.scheme == "http" and host not in LOOPBACK:
        return False
    named = [service.partition(":") for service in services]
    return any(
        (host == name or host.endswith(f".{name}")) and port == (int(given) if given else None)
        for name, _, given in named
    )


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one browser; `id` names the ticket to us alone."""

    id: str
    to: Subscription
    payload: str = field(repr=False)


class PushThread:
    """Has messages sent by a process. `gone` is called in this thread with the ids whose subscriptions are over."""

    def __init__(
        self,
        key: VapidKey,
        subject: Callable[[], str],
        gone: Callable[[list[str]], None],
        command: tuple[str, ...] = (sys.executable, "-m", "queue_server.push_sender"),
    ) -> None:
        self._key, self._subject, self._gone, self._command = key, subject, gone, command
        self._queue = os_queue()
        self._running = False
        self._stopped = os_lock()
        self._child: Child | None = None

    def start(self) -> None:
        self._running = True
        self._stopped.acquire()
        start_os_thread(self._run)

    def send(self, message: Message) -> None:
        """At once for the caller, whatever the push service does. A message too many is dropped."""
        if self._queue.qsize() < WAITING_MAX:
            self._queue.put(message)

    def stop(self) -> None:
        """Messages not yet sent are dropped."""
        if not self._running:
            return
        self._running = False
        child = self._child
        if child is not None:
            child.end()
        self._queue.put(None)
        self._stopped.acquire()
        self._stopped.release()

    def _run(self) -> None:
        while self._running:
            batch = self._take()
            try:
                if batch:
                    self._have_sent(batch)
                else:
                    self._close()
            except (OSError, ValueError) as err:
                if self._running:
                    log.warning("messages to phones were not sent: %s", type(err).__name__)
                self._close()
            except Exception:
                log.exception("messages to phones were not sent")
                self._close()
        self._close()
        self._stopped.release()

    def _take(self) -> list[Message]:
        """What waits; nothing after `IDLE_S`."""
        batch: list[Message] = []
        try:
            asked = self._queue.get(timeout=IDLE_S)
            while asked is not None:
                batch.append(asked)
                if len(batch) == AT_ONCE:
                    break
                asked = self._queue.get_nowait()
        except Empty:
            return batch
        return batch

    def _have_sent(self, batch: list[Message]) -> None:
        if self._child is None:
            self._child = Child(self._command)
        jobs: list[dict[str, Any]] = [
            {
                "id": message.id,
                "endpoint": message.to.endpoint,
                "p256dh": message.to.p256dh,
                "auth": message.to.auth,
                "payload": message.payload,
            }
            for message in batch
        ]
        asked = {"private": self._key.private, "subject": self._subject(), "jobs": jobs}
        results = self._child.ask(asked, ANSWER_S).get("results")
        if not isinstance(results, dict):
            raise ProcessEndedError("it answered something else")
        over = [ticket for ticket, status in results.items() if status in GONE]
        if over:
            self._gone(over)
        failed = sum(1 for status in results.values() if status not in GONE and not 200 <= status < 300)
        if failed:
            log.warning("%d of %d messages to phones were not taken by their push service", failed, len(batch))

    def _close(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.close()


def payload(title: str, body: str, tag: str, url: str) -> str:
    """What the page's service worker shows; `tag`: a newer message takes the older one's place."""
    return json.dumps({"title": title, "body": body, "tag": tag, "url": url}, ensure_ascii=False)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
