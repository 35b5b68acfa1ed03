"""The process that speaks to push services: encrypts (RFC 8291), signs (RFC 8292), posts; knows no hall and no ticket.

One line in, {"private": KEY, "subject": URL, "jobs": [{"id", "endpoint", "p256dh", "auth", "payload"}]}, one line out,
{"results": {ID: HTTP_STATUS}}, 0 when the service did not answer. A service that hangs costs its own jobs `TIMEOUT_S`
a try and nobody else's. Nothing of a subscription or a message is ever written anywhere.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import requests
from pywebpush import WebPushException, webpush

from queue_server.child import begin_as_child

TIMEOUT_S = 5.0
TRIES = 2
RETRY_S = 1.0
AT_ONCE = 8
TTL_S = 600  # "nearly your turn" is of no use later


def main() -> None:
    if begin_as_child():
        answer(sys.stdin, sys.stdout)


def answer(lines: Iterable[str], to: IO[str]) -> None:
    """Do what `lines` ask until they end."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for line in lines:
            asked = json.loads(line)
            statuses = pool.map(lambda job, asked=asked: send(job, asked["private"], asked["subject"]), asked["jobs"])
            results = {job["id"]: status for job, status in zip(asked["jobs"], statuses, strict=True)}
            to.write(json.dumps({"results": results}) + "\n")
            to.flush()


def send(job: dict[str, Any], private: str, subject: str) -> int:
    """One message, tried again once where the service was away or busy; what it answered last."""
    status = 0
    for left in reversed(range(TRIES)):
        status = _post(job, private, subject)
        if status != 0 and status != 429 and status < 500:
            break
        if left:
            time.sleep(RETRY_S)
    return status


def _post(job: dict[str, Any], private: str, subject: str) -> int:
    with requests.Session() as session:
        session.trust_env = False  # no proxy that happens to stand in the environment sees who is told
        session.max_redirects = 0  # an allowed service does not send us elsewhere
        try:
            said = webpush(
                {"endpoint": job["endpoint"], "keys": {"p256dh": job["p256dh"], "auth": job["auth"]}},
                job["payload"],
                vapid_private_key=private,
                vapid_claims={"sub": subject},
                ttl=TTL_S,
                timeout=TIMEOUT_S,
                headers={"Urgency": "high"},
                requests_session=session,
            )
        except WebPushException as err:
            return err.response.status_code if err.response is not None else 400
        except requests.RequestException:
            return 0
        except (ValueError, TypeError):
            return 400  # keys that are none
    return said.status_code if isinstance(said, requests.Response) else 0


if __name__ == "__main__":
    main()
