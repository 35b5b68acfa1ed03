"""Opens the port of a device that speaks a dialect; knows no frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from drivers.address import Address, open_transport
from drivers.dialect_file import load_dialect
from drivers.dialect_language import Dialect
from drivers.errors import Unsupported
from drivers.transport import OpenTransport, Transport


def named_dialect(path: str) -> Dialect:
    """The dialect in the file at `path`. Raises BadDialect, and Unsupported when none is named."""
    if not path:
        raise Unsupported("The driver dialect needs the path of a dialect's TOML file as its setting dialect.")
    return load_dialect(Path(path))


def opener(address: Address, baud: int, line: Mapping[str, str]) -> OpenTransport:
    """Opens `address`; `baud` and `line` apply where the address itself says nothing."""

    def open_line() -> Transport:
        return open_transport(replace(address, line={**line, **address.line}), baud)

    return open_line
