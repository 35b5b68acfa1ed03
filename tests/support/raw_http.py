"""JSON requests on a keep-alive connection with next to no work of ours; for who asks much. Knows no server."""

from __future__ import annotations

import re

API = "/api/v1"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def request_bytes(token: str, method: str, path: str, body: bytes = b"", key: str | None = None) -> bytes:
    """A request below /api/v1, ready to be sent."""
    lines = [f"{method} {API}{path} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}"]
    if method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    if key is not None:
        lines.append(f"Idempotency-Key: {key}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def whole_answer(received: bytes) -> tuple[int, bytes] | None:
    """Status and body when all of one answer has come, else None."""
    head, separator, body = received.partition(b"\r\n\r\n")
    length = LENGTH.search(head)
    if not separator or len(body) < (int(length[1]) if length else 0):
        return None
    return int(head[9:12]), body
