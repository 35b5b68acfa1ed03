"""Help at a kiosk: it rings once however often it is asked, is taken once, and is over with the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from config.settings import HallSettings, Site
from queue_server.codec import decode, encode
from queue_server.hall import commands as c
from queue_server.hall.rules import decide
from queue_server.readers.kiosk import helps
from queue_server.readers.views import Views

START_MS = 1_795_140_000_000


def test_help_rings_until_it_is_taken(hall_settings: Callable[..., HallSettings]) -> None:
    settings = hall_settings()
    views, decided = Views(settings), Views(settings)
    kinds: list[str] = []

    def ask(kind: type[c.Command], in_s: int, **fields: Any) -> None:
        command = kind(command_id=f"{kind.__name__}{in_s}", at_ms=START_MS + in_s * 1000, **fields)
        for event in decide(decided.hall, command).events:
            name, version, data = encode(event)
            views.apply(decode(name, version, event.at_ms, data), views.hall.seq + 1)
            kinds.append(name)

    def open_at() -> list[str]:
        return [each["node"] for each in helps(views.hall) if each["taken_at"] is None]

    for in_s in (0, 1):
        ask(c.AskHelp, in_s, node="kiosk-1")
    ask(c.AskHelp, 2, node="kiosk-2")
    assert open_at() == ["kiosk-1", "kiosk-2"]
    for in_s in (3, 4):
        ask(c.TakeHelp, in_s, node="kiosk-1", staff="li")
    ask(c.WithdrawHelp, 5, node="kiosk-2")
    ask(c.TakeHelp, 6, node="kiosk-2", staff="li")
    ask(c.WithdrawHelp, 7, node="kiosk-1")
    assert open_at() == []
    assert [each["node"] for each in helps(views.hall)] == ["kiosk-1"], "the kiosk says that somebody is coming"
    assert kinds == ["DayOpened", "HelpAsked", "HelpAsked", "HelpTaken", "HelpWithdrawn"]
    assert views.view("hall", START_MS)["assisted"] == {"help": 1, "reception": 0, "sites": {}}
    ask(c.AskHelp, 8, node="kiosk-1")
    assert open_at() == ["kiosk-1"], "it may be asked again"
    ask(c.AskHelp, 86_400, node="kiosk-9")
    assert open_at() == ["kiosk-9"]
    assert views.view("hall", START_MS)["assisted"] == {"help": 0, "reception": 0, "sites": {}}


def test_sites_are_counted_by_day_and_what_is_not_offered_is_not(hall_settings: Callable[..., HallSettings]) -> None:
    settings = replace(hall_settings(), sites={"portal": Site("portal", {"zh-CN": "网"}, "https://www.example.org/")})
    views, decided = Views(settings), Views(settings)

    def count(site: str, in_s: int) -> dict[str, int]:
        command = c.CountSite(command_id=f"{site}{in_s}", at_ms=START_MS + in_s * 1000, node="kiosk-1", site=site)
        for event in decide(decided.hall, command).events:
            views.apply(event, views.hall.seq + 1)
        sites: dict[str, int] = views.view("hall", START_MS)["assisted"]["sites"]
        return sites

    assert [count(site, at) for at, site in enumerate(["portal", "portal", "other"])][-1] == {"portal": 2}
    assert count("portal", 86_400) == {"portal": 1}
