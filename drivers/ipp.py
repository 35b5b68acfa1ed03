"""The little of IPP (RFC 8011) that printing through CUPS takes: requests and answers as bytes; knows no printer."""

from __future__ import annotations

import http.client
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from drivers.errors import BadFrame, Mute, NoAccess, Unplugged

PRINT_JOB, CANCEL_JOB, GET_JOB, GET_PRINTER = 0x0002, 0x0008, 0x0009, 0x000B
NOT_FOUND, NOT_ACCEPTING = 0x0406, 0x0506

_CHARSET, _LANGUAGE, _URI, _KEYWORD, _NAME, _MIME, _INTEGER, _ENUM = 0x47, 0x48, 0x45, 0x44, 0x42, 0x49, 0x21, 0x23
_OPERATION, _END = 0x01, 0x03
_SOCKET = "/run/cups/cups.sock"
_TIMEOUT_S = 5.0
_USER = "hall"

Value = str | int
Attribute = tuple[str, tuple[Value, ...]]
Answer = dict[str, list[Value]]

_TAGS = {
    "attributes-charset": _CHARSET,
    "attributes-natural-language": _LANGUAGE,
    "printer-uri": _URI,
    "job-id": _INTEGER,
    "requesting-user-name": _NAME,
    "job-name": _NAME,
    "document-format": _MIME,
    "requested-attributes": _KEYWORD,
}


def encode(operation: int, attributes: Sequence[Attribute], data: bytes = b"") -> bytes:
    """A request; every attribute must be one of _TAGS."""
    out = bytearray(b"\x02\x00" + operation.to_bytes(2, "big") + (1).to_bytes(4, "big") + bytes((_OPERATION,)))
    for name, values in [("attributes-charset", ("utf-8",)), ("attributes-natural-language", ("en",)), *attributes]:
        for n, value in enumerate(values):
            key = name.encode() if n == 0 else b""
            raw = value.to_bytes(4, "big") if isinstance(value, int) else value.encode()
            out += bytes((_TAGS[name],)) + len(key).to_bytes(2, "big") + key + len(raw).to_bytes(2, "big") + raw
    return bytes(out) + bytes((_END,)) + data


def decode(answer: bytes) -> tuple[int, Answer]:
    """Status and attributes of an answer; numbers and texts only. Raises BadFrame."""
    attributes: Answer = {}
    at, name = 8, ""
    while at < len(answer) and answer[at] != _END:
        tag = answer[at]
        at += 1
        if tag < 0x10:
            continue  # a new group
        name_end = at + 2 + int.from_bytes(answer[at : at + 2], "big")
        value_at = name_end + 2
        value_end = value_at + int.from_bytes(answer[name_end:value_at], "big")
        if value_end > len(answer):
            break
        name = answer[at + 2 : name_end].decode("utf-8", "replace") or name
        raw = answer[value_at:value_end]
        value: Value = int.from_bytes(raw, "big") if tag in (_INTEGER, _ENUM) else raw.decode("utf-8", "replace")
        attributes.setdefault(name, []).append(value)
        at = value_end
    if at >= len(answer) or answer[at] != _END:
        raise BadFrame("CUPS answered in a way that makes no sense; see its version.")
    return int.from_bytes(answer[2:4], "big"), attributes


def ask_cups(
    queue: str, operation: int, *, job: int = 0, attributes: Sequence[Attribute] = (), data: bytes = b""
) -> tuple[int, Answer]:
    """Ask this machine's CUPS, or that of `$CUPS_SERVER`, about `queue` or its `job`. Raises Unplugged, Mute, NoAccess,
    BadFrame."""
    asked: list[Attribute] = [("printer-uri", (f"ipp://localhost/printers/{queue}",))]
    if job:
        asked.append(("job-id", (job,)))
    asked += [("requesting-user-name", (_USER,)), *attributes]
    connection = _connection()
    try:
        connection.request(
            "POST",
            f"/printers/{queue}",
            encode(operation, asked, data),
            {"Content-Type": "application/ipp", "Host": "localhost"},
        )
        response = connection.getresponse()
        body = response.read()
    except TimeoutError as err:
        raise Mute("CUPS does not answer; restart the service cups.") from err
    except (OSError, http.client.HTTPException) as err:
        raise Unplugged("CUPS does not run here; start the service cups.") from err
    finally:
        connection.close()
    if response.status in (401, 403):
        raise NoAccess(f"CUPS does not let this user print on {queue}; see its policy.")
    if response.status != 200:
        raise BadFrame(f"CUPS answered with HTTP {response.status}; see its log.")
    return decode(body)


class _LocalConnection(http.client.HTTPConnection):
    """HTTP over the unix socket at `path`."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_TIMEOUT_S)
        self.sock.connect(self._path)


def _connection() -> http.client.HTTPConnection:
    server = os.environ.get("CUPS_SERVER") or (_SOCKET if Path(_SOCKET).exists() else "localhost")
    if server.startswith("/"):
        return _LocalConnection(server)
    host, _, port = server.partition(":")
    return http.client.HTTPConnection(host, int(port) if port.isdigit() else 631, timeout=_TIMEOUT_S)
