"""What the kiosk page may send, checked value by value; knows nothing of what is done with it."""

from __future__ import annotations

import re
from typing import Any

from kiosk.speech import LONGEST_TEXT
from kiosk.tickets import Wish
from queue_server.node_web import ProblemError

_TAP = re.compile(r"[A-Za-z0-9_.:-]{8,128}")
_SERVICE = re.compile(r"[a-z0-9-]{1,32}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{3,30}")
_APPOINTMENT = re.compile(r"[A-Za-z0-9_ -]{1,64}")
_SPEECH = re.compile(rf"(?s).{{1,{LONGEST_TEXT}}}")
_SUBJECT = re.compile(r"complaint|suggestion|praise|question")
_SAID = re.compile(r"(?s)\s*\S.{0,999}")
_PRIORITY = re.compile(r"[a-z0-9_-]{1,32}")


def read_wish(body: Any) -> Wish:
    """The body of `POST /api/tickets`. Raises ProblemError 422 that names the field, never its value."""
    fields = _object(body, {"tap_id", "service", "appointment", "use_card", "phone", "language", "priority"})
    use_card = fields.get("use_card", False)
    if not isinstance(use_card, bool):
        raise _invalid("use_card", "true or false")
    appointment = _optional(fields, "appointment", _APPOINTMENT, "the code of an appointment")
    return Wish(
        tap_id=_text(fields, "tap_id", _TAP, "8 to 128 letters, digits or _.:-"),
        service=_text(fields, "service", _SERVICE, "the id of a service", preset="" if appointment else None),
        language=_text(fields, "language", _LANGUAGE, "a language tag", preset="zh-CN"),
        use_card=use_card,
        phone=_optional(fields, "phone", _PHONE, "a phone number"),
        priority=_optional(fields, "priority", _PRIORITY, "a reason such as elderly"),
        appointment=appointment,
    )


def read_person(body: Any) -> tuple[bool, str | None]:
    """The body of `POST /api/appointments/find`: whether the card on the reader, or which phone number."""
    fields = _object(body, {"use_card", "phone"})
    use_card, phone = fields.get("use_card", False), _optional(fields, "phone", _PHONE, "a phone number")
    if not isinstance(use_card, bool) or use_card == (phone is not None):
        raise _invalid("use_card", "true, or false with a phone number")
    return use_card, phone


def read_reprint(body: Any) -> tuple[str, str | None]:
    """The body of `POST /api/tickets/{ticket_id}/reprint`: the tap and the language, if the page said one."""
    fields = _object(body, {"tap_id", "language"})
    return (
        _text(fields, "tap_id", _TAP, "8 to 128 letters, digits or _.:-"),
        _optional(fields, "language", _LANGUAGE, "a language tag"),
    )


def read_tap(body: Any) -> str:
    """The body of `POST /api/help` and `/api/help/withdraw`: the tap alone."""
    return _text(_object(body, {"tap_id"}), "tap_id", _TAP, "8 to 128 letters, digits or _.:-")


def read_opinion(body: Any) -> tuple[str, dict[str, str]]:
    """The body of `POST /api/opinions`: the tap, and what the server is told."""
    fields = _object(body, {"tap_id", "subject", "text", "phone"})
    tap_id = _text(fields, "tap_id", _TAP, "8 to 128 letters, digits or _.:-")
    said = {
        "subject": _text(fields, "subject", _SUBJECT, "complaint, suggestion, praise or question"),
        "text": _text(fields, "text", _SAID, "1 to 1,000 characters"),
    }
    phone = _optional(fields, "phone", _PHONE, "a phone number")
    return tap_id, said if phone is None else {**said, "phone": phone}


def read_notice(body: Any) -> tuple[str, str, str]:
    """The body of `POST /api/notices/print`: the tap, the notice and the language."""
    fields = _object(body, {"tap_id", "notice", "language"})
    return (
        _text(fields, "tap_id", _TAP, "8 to 128 letters, digits or _.:-"),
        _text(fields, "notice", _SERVICE, "the id of a notice"),
        _text(fields, "language", _LANGUAGE, "a language tag", preset="zh-CN"),
    )


def read_materials(body: Any) -> tuple[str, str, str]:
    """The body of `POST /api/guide/print`: the tap, the service and the language."""
    fields = _object(body, {"tap_id", "service", "language"})
    return (
        _text(fields, "tap_id", _TAP, "8 to 128 letters, digits or _.:-"),
        _text(fields, "service", _SERVICE, "the id of a service"),
        _text(fields, "language", _LANGUAGE, "a language tag", preset="zh-CN"),
    )


def read_guidance(body: Any) -> tuple[bool, bool | None]:
    """The body of `POST /api/guidance`: on or off, and whether a jack noticed headphones."""
    fields = _object(body, {"on", "private"})
    on, private = fields.get("on"), fields.get("private")
    if not isinstance(on, bool):
        raise _invalid("on", "true or false")
    if private is not None and not isinstance(private, bool):
        raise _invalid("private", "true or false")
    return on, private


def read_speech(body: Any) -> tuple[str, str, str, bool]:
    """The body of `POST /api/say`: the words, what is said instead of them where one person hears it, the language,
    and whether what is being said ends at once."""
    fields = _object(body, {"text", "private", "language", "interrupt"})
    interrupt = fields.get("interrupt", True)
    if not isinstance(interrupt, bool):
        raise _invalid("interrupt", "true or false")
    return (
        _text(fields, "text", _SPEECH, f"1 to {LONGEST_TEXT} characters"),
        _optional(fields, "private", _SPEECH, f"at most {LONGEST_TEXT} characters") or "",
        _text(fields, "language", _LANGUAGE, "a language tag"),
        interrupt,
    )


def read_site(body: Any) -> tuple[str, str]:
    """Of the body of `POST /site/open`: the site and the language; its size is read elsewhere."""
    fields = _object(body, {"site", "language", "width", "height", "scale"})
    return (
        _text(fields, "site", _SERVICE, "the id of a site"),
        _text(fields, "language", _LANGUAGE, "a language tag", preset="zh-CN"),
    )


def read_site_session(body: Any) -> str:
    """The body of `POST /site/close`."""
    return _text(_object(body, {"session"}), "session", _TAP, "what opening the site answered")


def _object(body: Any, known: set[str]) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ProblemError(400, "malformed", "Send one JSON object.")
    unknown = sorted(set(body) - known)
    if unknown:
        raise _invalid(unknown[0][:40], f"one of {', '.join(sorted(known))}")
    return body


def _optional(fields: dict[str, Any], name: str, pattern: re.Pattern[str], want: str) -> str | None:
    return None if fields.get(name) in (None, "") else _text(fields, name, pattern, want)


def _text(fields: dict[str, Any], name: str, pattern: re.Pattern[str], want: str, preset: str | None = None) -> str:
    value = fields.get(name, preset)
    if value == "" == preset:
        return ""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _invalid(name, want)
    return value


def _invalid(field: str, want: str) -> ProblemError:
    return ProblemError(422, "invalid_values", f"{field} must be {want}.", fields=[{"field": field, "problem": want}])
