"""Kinds of value that settings are made of, each with the sentence that says what would be right; knows no table."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from config.errors import WrongValueError, quoted_key, wrong
from config.read import Kind, nearest, suggestion

T = TypeVar("T")

TEXT_CHARACTERS = 200
SCHEMES = ("serial", "socket", "udp", "usb", "cups", "evdev", "gpio", "simulated", "alsa")

_IDENTITY = re.compile(r"[a-z0-9-]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_RANGE = re.compile(r"([0-9]{1,5}) ?- ?([0-9]{1,5})")
_USB = re.compile(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(:[^:]+)?")
_EVDEV = re.compile(r"evdev://[0-9a-fA-F]{4}:[0-9a-fA-F]{4}/?(\?phys=[^&#]+)?")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def integer(low: int, high: int) -> Kind[int]:
    """A whole number `low`-`high`. True and 3.0 are none."""

    def read(value: object) -> int:
        if type(value) is int and low <= value <= high:
            return value
        raise wrong(value, f"write a whole number {low:,}–{high:,}" + (" without quotes" if _quoted(value) else ""))

    return Kind(read, low)


def decimal(low: float, high: float) -> Kind[float]:
    """A number `low`-`high`, with or without a decimal point. True and nan are none."""

    def read(value: object) -> float:
        if type(value) in (int, float) and low <= value <= high:  # type: ignore[operator]
            return float(value)  # type: ignore[arg-type]
        raise wrong(value, f"write a number {low:,g}–{high:,g}" + (" without quotes" if isinstance(value, str) else ""))

    return Kind(read, low)


def _quoted(value: object) -> bool:
    return isinstance(value, str) and value.strip().isdecimal()


def _read_flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise wrong(value, "write true or false, without quotes")


FLAG = Kind(_read_flag, False)


def text(*, longest: int = TEXT_CHARACTERS, may_be_empty: bool = False, lines: bool = False) -> Kind[str]:
    """One line of text, or several with `lines`, at most `longest` characters; it may end on paper, so control
    characters are refused."""

    def read(value: object) -> str:
        if not isinstance(value, str):
            raise wrong(value, "write text in quotes")
        if not value.strip() and not may_be_empty:
            raise wrong(value, "write some text, it is empty")
        if len(value) > longest:
            raise wrong(value, f"write at most {longest} characters, these are {len(value)}")
        if _UNPRINTABLE.search(value.replace("\n", "") if lines else value):
            much = "lines without tabs" if lines else "one line without line breaks, tabs"
            raise wrong(value, f"write {much} or other control characters")
        return value

    return Kind(read, "")


def matching(pattern: re.Pattern[str], message: str) -> Kind[str]:
    """Text that a pattern matches as a whole."""

    def read(value: object) -> str:
        if isinstance(value, str) and pattern.fullmatch(value):
            return value
        raise wrong(value, message)

    return Kind(read, "")


IDENTITY = matching(_IDENTITY, "write 1–32 small letters a–z, digits or hyphens")
LANGUAGE = matching(_LANGUAGE, 'write a language tag such as "zh-CN" or "en"')


def choice(options: Sequence[T]) -> Kind[T]:
    """One of a few values, text or numbers."""

    def read(value: object) -> T:
        for option in options:
            if type(value) is type(option) and value == option:
                return option
        near = nearest(value, map(str, options)) if isinstance(value, str) else None
        listed = ", ".join(f'"{option}"' if isinstance(option, str) else str(option) for option in options)
        raise wrong(value, f"write one of {listed}" + (f'; did you mean "{near}"?' if near else ""))

    return Kind(read, options[0])


def each(kind: Kind[T], *, at_least: int = 0, once: bool = True) -> Kind[tuple[T, ...]]:
    """A list in which every item is of one kind and, with `once`, none comes twice. All wrong items are reported."""

    def read(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise wrong(value, "write a list in square brackets")
        items: list[T] = []
        parts: list[tuple[str, object, str]] = []
        for index, given in enumerate(value):
            try:
                item = kind.read(given)
            except WrongValueError as refused:
                parts += [(f"[{index}]{within}", part, message) for within, part, message in refused.parts]
                continue
            if once and item in items:
                parts.append((f"[{index}]", given, "is in the list already; leave it out"))
            items.append(item)
        if len(value) < at_least:
            parts.append(("", value, f"write at least {at_least} in the list"))
        if parts:
            raise WrongValueError(parts)
        return tuple(items)

    return Kind(read, ())


LANGUAGES = each(LANGUAGE, at_least=1)


def words(
    languages: Sequence[str], *, longest: int = TEXT_CHARACTERS, may_be_empty: bool = False, lines: bool = False
) -> Kind[Mapping[str, str]]:
    """Words by language: a plain string fills every language of the hall; a table has them all, and may have more."""
    line = text(longest=longest, may_be_empty=may_be_empty, lines=lines)

    def read(value: object) -> Mapping[str, str]:
        if isinstance(value, str):
            return dict.fromkeys(languages, line.read(value))
        if not isinstance(value, dict):
            raise wrong(value, 'write text in quotes, or a table such as { zh-CN = "…", en = "…" }')
        parts: list[tuple[str, object, str]] = []
        for tag, given in value.items():
            try:
                LANGUAGE.read(tag)
                line.read(given)
            except WrongValueError as refused:
                parts.append((f".{quoted_key(tag)}", given, str(refused)))
        parts += [
            ("", value, f'no words in "{language}"; add them, or write plain text to use it in every language')
            for language in languages
            if language not in value
        ]
        if parts:
            raise WrongValueError(parts)
        return dict(value)

    return Kind(read, dict.fromkeys(languages, ""))


def _read_time_zone(value: object) -> str:
    message = 'write an IANA time zone such as "Asia/Shanghai"'
    if not isinstance(value, str):
        raise wrong(value, message)
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as err:
        near = suggestion(value, zoneinfo.available_timezones())
        raise wrong(value, message + near) from err
    return value


TIME_ZONE = Kind(_read_time_zone, "UTC")


def _read_web_address(value: object) -> str:
    address = _split(value)
    if address and address.scheme in ("http", "https") and address.hostname:
        bare = f"{address.scheme}://{address.netloc}"
        if value in (bare, f"{bare}/") and not address.username:
            return bare
    raise wrong(value, 'write the address of the hall server, such as "http://192.0.2.10:8080", without a path')


WEB_ADDRESS = Kind(_read_web_address, "")


def _read_public_address(value: object) -> str:
    if value == "":
        return ""
    try:
        return _read_web_address(value)
    except WrongValueError:
        message = 'write the address that phones use, such as "https://number.example.org", without a path'
        raise wrong(value, message) from None


HOST = matching(
    re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:[1-9][0-9]{0,4})?"),
    'write the name of a host such as "push.example.org"',
)
PUBLIC_ADDRESS = Kind(_read_public_address, "")


def _read_device_address(value: object) -> str:
    """Only the form; whether a driver can use it is the driver's to say."""
    address = _split(value)
    if address is None or not address.scheme:
        raise wrong(value, 'write a URL: "serial:///dev/ttyUSB0?baud=9600", "socket://host:9100" or "simulated://name"')
    if address.scheme not in SCHEMES:
        raise wrong(value, f'unknown kind of address "{address.scheme}"{suggestion(address.scheme, SCHEMES)}')
    if address.scheme == "serial" and (address.netloc or not address.path.startswith("/")):
        raise wrong(value, 'write three slashes before the device: "serial:///dev/ttyUSB0?baud=9600"')
    if address.scheme in ("socket", "udp") and not (address.hostname and address.port):
        port = {"socket": 9100, "udp": 8453}[address.scheme]
        raise wrong(value, f'write host and port: "{address.scheme}://host:{port}"')
    if address.scheme == "evdev" and not _EVDEV.fullmatch(str(value)):
        raise wrong(value, 'write vendor and product as lsusb shows them: "evdev://1a2c:0b23", or with "?phys=PORT"')
    if address.scheme == "gpio" and value != "gpio://bcm":
        raise wrong(value, 'write "gpio://bcm": pins are numbered as the chip has them, and stand in "pins"')
    if address.scheme == "usb" and not _USB.fullmatch(address.netloc):
        raise wrong(value, 'write vendor and product as lsusb shows them: "usb://04b8:0202"')
    if address.scheme in ("simulated", "alsa", "cups") and not address.netloc:
        raise wrong(value, f'write a name after the slashes: "{address.scheme}://name"')
    return str(value)


DEVICE_ADDRESS = Kind(_read_device_address, "")


def _split(value: object) -> SplitResult | None:
    """The parts of a URL, or None when it is none: urlsplit itself complains about brackets, `port` about letters.

    `usb://04b8:0202` and `evdev://…` have no port: what stands behind the colon is the product, a hexadecimal number.
    """
    try:
        address = urlsplit(value) if isinstance(value, str) and not _UNPRINTABLE.search(value) else None
        if address is not None and address.scheme not in ("usb", "evdev"):
            _ = address.port
    except ValueError:
        return None
    return address


def number_ranges(low: int, high: int) -> Kind[Mapping[str, tuple[int, int]]]:
    """A table from names to ranges such as "801-899" that do not overlap, within `low`-`high`."""

    def read(value: object) -> Mapping[str, tuple[int, int]]:
        if not isinstance(value, dict):
            raise wrong(value, 'write a table of ranges such as { kiosk-1 = "801-899" }')
        ranges: dict[str, tuple[int, int]] = {}
        parts: list[tuple[str, object, str]] = []
        for name, given in value.items():
            try:
                IDENTITY.read(name)
                first, last = _read_range(given, low, high)
                other = next((n for n, (begin, end) in ranges.items() if first <= end and begin <= last), None)
                if other is not None:
                    raise wrong(given, f'overlaps the numbers of "{other}"; give every kiosk its own')
                ranges[name] = (first, last)
            except WrongValueError as refused:
                parts.append((f".{quoted_key(name)}", given, str(refused)))
        if parts:
            raise WrongValueError(parts)
        return ranges

    return Kind(read, {})


def _read_range(value: object, low: int, high: int) -> tuple[int, int]:
    found = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if found is not None and low <= int(found[1]) <= int(found[2]) <= high:
        return int(found[1]), int(found[2])
    raise wrong(value, f'write the first and the last number, {low:,}–{high:,}, such as "801-899"')


def number_map(key_high: int, low: int, high: int) -> Kind[Mapping[int, int]]:
    """A table from numbers 0-`key_high` (TOML keys are text) to whole numbers `low`-`high`; not empty."""
    number = integer(low, high)

    def read(value: object) -> Mapping[int, int]:
        if not isinstance(value, dict) or not value:
            raise wrong(value, f"write a table of numbers such as {{ 0 = {low}, 1 = {low + 1} }}")
        numbers: dict[int, int] = {}
        parts: list[tuple[str, object, str]] = []
        for key, given in value.items():
            try:
                if not (key.isascii() and key.isdecimal() and int(key) <= key_high):
                    raise wrong(given, f"the key must be a whole number 0–{key_high}")
                numbers[int(key)] = number.read(given)
            except WrongValueError as refused:
                parts.append((f".{quoted_key(key)}", given, str(refused)))
        if parts:
            raise WrongValueError(parts)
        return numbers

    return Kind(read, {})


def table_of(names: Kind[str], values: Kind[T], example: str) -> Kind[Mapping[str, T]]:
    """A table with names of one kind and values of another. All wrong entries are reported."""

    def read(value: object) -> Mapping[str, T]:
        if not isinstance(value, dict) or not value:
            raise wrong(value, f"write a table such as {example}")
        items: dict[str, T] = {}
        parts: list[tuple[str, object, str]] = []
        for name, given in value.items():
            try:
                items[names.read(name)] = values.read(given)
            except WrongValueError as refused:
                parts.append((f".{quoted_key(name)}", given, str(refused)))
        if parts:
            raise WrongValueError(parts)
        return items

    return Kind(read, {})
