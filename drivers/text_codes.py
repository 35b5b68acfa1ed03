"""Text as the bytes a small display wants; what it cannot show is refused by name. Knows no frame and no device."""

from __future__ import annotations

from drivers.errors import Unsupported


def ascii_text(text: str, device: str) -> bytes:
    """Printable ASCII. Raises Unsupported with the first other character."""
    for character in text:
        if not " " <= character <= "~":
            raise _lacking(character, device, "it shows Latin letters, digits and signs only")
    return text.encode("ascii")


def gb2312_text(text: str, device: str) -> bytes:
    """GB2312, the 6,763 common characters and ASCII. Raises Unsupported with the first other character."""
    for character in text:
        if not character.isprintable():
            raise _lacking(character, device, "that is no printable character")
        try:
            character.encode("gb2312")
        except UnicodeEncodeError as err:
            raise _lacking(character, device, "its font is GB2312") from err
    return text.encode("gb2312")


def digit_cells(text: str, cells: int, blank: int, device: str) -> bytes:
    """One byte a digit, to the right, blanks before it. Raises Unsupported for a letter or too many digits."""
    for character in text:
        if character not in "0123456789":
            raise _lacking(character, device, "it shows digits only")
    if len(text) > cells:
        raise Unsupported(f"{device} has {cells} digits; {text!r} is longer.")
    return bytes((blank,) * (cells - len(text))) + bytes(map(int, text))


def decimal(text: str, device: str) -> int:
    """A number written in digits. Raises Unsupported for anything else."""
    for character in text:
        if character not in "0123456789":
            raise _lacking(character, device, "it shows numbers only")
    if not text:
        raise Unsupported(f"{device} shows a number; nothing was given.")
    return int(text)


def _lacking(character: str, device: str, why: str) -> Unsupported:
    return Unsupported(f"{device} cannot show {character!r} (U+{ord(character):04X}); {why}.")
