"""Requests to a hall server that are safe to repeat; knows no hall and no device."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter

from queue_server.client.errors import HallRefused, HallUnreachable
from queue_server.request_keys import new_key
from queue_server.wire.contract import API, IDEMPOTENCY_HEADER, Problem
from queue_server.wire.hall import HallInfo
from queue_server.wire.tickets import TicketView

PROBABLY_PASSING = frozenset({502, 503, 504})
"""Answers that say nothing happened or nothing is known: the same key makes asking again safe."""


class HallClient:
    """Calls of API.md. May be used by many threads at once.

    base_url: "http://host:port" without a path. token: of the node or tool, never logged.
    deadline_s: 0.1-120, how long one command may take with all its repetitions.
    connect_s, read_s: 0.1-60, limits of one try.
    """

    def __init__(
        self, base_url: str, token: str, *, deadline_s: float = 8.0, connect_s: float = 2.0, read_s: float = 4.0
    ) -> None:
        self._base = base_url.rstrip("/")
        self._deadline_s, self._connect_s, self._read_s = deadline_s, connect_s, read_s
        self._server_clock: tuple[float, float] | None = None
        self._session = requests.Session()
        # A proxy or a .netrc of the machine must neither see nor replace the node's token.
        self._session.trust_env = False
        self._session.headers.update({"Authorization": f"Bearer {token}", "Accept": "application/json"})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=16))

    def close(self) -> None:
        """Give the connections back. May be called twice."""
        self._session.close()

    def server_now(self) -> float | None:
        """The server's time in Unix seconds, to a second; None before its first answer. Our own clock may step."""
        clock = self._server_clock
        return None if clock is None else clock[0] + time.monotonic() - clock[1]

    def hall(self) -> HallInfo:
        return cast(HallInfo, self.command("GET", "/hall"))

    def picture(self, picture: str) -> bytes:
        """`GET /pictures/{picture}`, a JPEG, asked for once. Raises HallRefused, HallUnreachable."""
        url = f"{self._base}{API}/pictures/{_segment(picture)}"
        try:
            answer = self._session.get(url, timeout=(self._connect_s, self._read_s), allow_redirects=False)
        except requests.RequestException as err:
            raise HallUnreachable(f"{self._base} did not send a picture ({type(err).__name__})") from err
        if answer.status_code == 200 and answer.headers.get("Content-Type") == "image/jpeg":
            return answer.content
        self._read(answer)
        raise HallUnreachable(f"{self._base} sent no picture: check the address")

    def ticket(self, ticket_id: str) -> TicketView:
        return cast(TicketView, self.command("GET", f"/tickets/{_segment(ticket_id)}"))

    def arrive(self, ticket_id: str) -> TicketView:
        """`POST /tickets/{ticket_id}/arrive`: who took it elsewhere is here."""
        return cast(TicketView, self.command("POST", f"/tickets/{_segment(ticket_id)}/arrive", {}))

    def issue_ticket(self, request: Mapping[str, Any], key: str, within_s: float | None = None) -> TicketView:
        """`POST /tickets`. The same `key` always names the same ticket, however often this is repeated."""
        return cast(TicketView, self.command("POST", "/tickets", request, key, within_s))

    def rate(self, ticket_id: str, grade: int, reasons: Iterable[str], channel: str, key: str) -> Any:
        """`POST /tickets/{ticket_id}/rating`, grade 1-5 and reason codes."""
        body = {"grade": grade, "reasons": list(reasons), "channel": channel}
        return self.command("POST", f"/tickets/{_segment(ticket_id)}/rating", body, key)

    def command(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
        within_s: float | None = None,
    ) -> Any:
        """Send one request below /api/v1 until it is answered or the deadline is over; returns the JSON, None for 204.

        Every change carries an Idempotency-Key (`key`, or a new one), so that a time-out can be repeated without doing
        anything twice. Raises HallRefused for an answer that is an error, HallUnreachable when there was none.
        within_s: a deadline for somebody who stands and waits; then a machine that listens to nobody ends it at once.
        """
        headers = {} if method == "GET" else {IDEMPOTENCY_HEADER: key or new_key()}
        deadline_s = self._deadline_s if within_s is None else within_s
        end = time.monotonic() + deadline_s
        pause_s, last = 0.1, "no try was made"
        while True:
            left_s = max(end - time.monotonic(), 0.05)
            answer: requests.Response | None = None
            try:
                answer = self._session.request(
                    method,
                    f"{self._base}{API}{path}",
                    json=body,
                    headers=headers,
                    timeout=(min(self._connect_s, left_s), min(self._read_s, left_s)),
                    allow_redirects=False,
                )
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as err:
                last = type(err).__name__
                if within_s is not None and _nobody_listens(err):
                    raise HallUnreachable(f"nobody listens at {self._base}") from err
            except requests.RequestException as err:
                raise HallUnreachable(
                    f"{self._base} cannot be asked ({type(err).__name__}): check the address"
                ) from err
            if answer is not None and answer.status_code not in PROBABLY_PASSING:
                return self._read(answer)
            wait_s = pause_s * random.uniform(0.5, 1.0)  # noqa: S311 - only spreads repetitions
            if time.monotonic() + wait_s >= end:
                if answer is not None:
                    return self._read(answer)
                raise HallUnreachable(f"{self._base} did not answer within {deadline_s:g} s ({last})")
            time.sleep(wait_s)
            pause_s = min(pause_s * 2, 1.0)

    def _read(self, answer: requests.Response) -> Any:
        status = answer.status_code
        try:
            content = answer.json() if answer.content else None
        except requests.exceptions.JSONDecodeError:
            content = None
        if status == 204 or (200 <= status < 300 and content is not None):
            self._note_clock(answer.headers.get("Date"))
            return content
        if isinstance(content, dict) and isinstance(content.get("code"), str):
            facts = content.get("facts")
            beside = {name: value for name, value in content.items() if name not in Problem.__annotations__}
            raise HallRefused(
                status, content["code"], {**beside, **(facts if isinstance(facts, dict) else {})}, content
            )
        raise HallUnreachable(f"{self._base} answered {status} without words of a hall server: check the address")

    def _note_clock(self, date: str | None) -> None:
        if date:
            try:
                self._server_clock = (parsedate_to_datetime(date).timestamp(), time.monotonic())
            except ValueError:
                return  # a proxy's odd date; the one noted before is still good


def _nobody_listens(error: BaseException) -> bool:
    """Whether the connection was refused: the process is gone, and no request was sent."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ConnectionRefusedError):
            return True
        reason = getattr(seen.args[0], "reason", None) if seen.args else None
        seen = reason if isinstance(reason, BaseException) else seen.__cause__
    return False


def _segment(value: str) -> str:
    return quote(value, safe="")
