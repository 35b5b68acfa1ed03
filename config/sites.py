"""[[sites]] of a hall's file: web sites that kiosks offer; knows no browser."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from config.errors import wrong
from config.read import Kind, Table
from config.settings import Site
from config.values import IDENTITY, each, integer, matching, text, words

SITE_IDLE_S = (20, 600)
SITE_MOST_S = (60, 7_200)
URL_CHARACTERS = 500
NAME_CHARACTERS = 40
SITES = 24

_HOST = re.compile(r"(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\\\\"<>^`{|}]")


def read_sites(file: Table, languages: Sequence[str]) -> dict[str, Site]:
    sites: dict[str, Site] = {}
    tables = file.tables("sites")
    if len(tables) > SITES:
        file.note("sites", f"write at most {SITES} of them, these are {len(tables)}")
    for table in tables:
        presets = Site("", {}, "")
        site = Site(
            id=table.get("id", IDENTITY),
            name=table.get("name", words(languages, longest=NAME_CHARACTERS)),
            url=table.get("url", SITE_ADDRESS),
            hosts=table.get("hosts", each(SITE_HOST), ()),
            letter=table.get("letter", text(longest=1, may_be_empty=True), ""),
            idle_s=table.get("idle_s", integer(*SITE_IDLE_S), presets.idle_s),
            most_s=table.get("most_s", integer(*SITE_MOST_S), presets.most_s),
        )
        if site.id and site.id in sites:
            table.note("id", "another site has this id; choose one of its own")
        if site.most_s < site.idle_s:
            table.note("most_s", "is shorter than idle_s; write more")
        sites.setdefault(site.id, site)
    return sites


def _read_address(value: object) -> str:
    message = 'write the address where the site begins, such as "https://www.example.org/hall"'
    if not isinstance(value, str) or len(value) > URL_CHARACTERS or _FORBIDDEN.search(value):
        raise wrong(value, message)
    try:
        address = urlsplit(value)
        host = address.hostname or ""
        _ = address.port
        host.encode("ascii")
    except ValueError:
        raise wrong(value, message) from None
    if address.scheme not in ("http", "https") or not host or address.username is not None:
        raise wrong(value, message)
    return value


SITE_ADDRESS = Kind(_read_address, "")


def _read_host(value: object) -> str:
    host = matching(_HOST, 'write the name of a host such as "img.example.org", or "*.example.org"').read(value)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    raise wrong(value, "write a name, not an address: only the site itself may be named by its address")


SITE_HOST = Kind(_read_host, "")
