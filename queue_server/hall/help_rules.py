"""Who asked for a person at a kiosk, who goes there, and what is used there without one; knows no bell and no page.

Asking twice is one call, and who takes or withdraws what is over already changes nothing: two people at the reception
who touch at the same time have both done right.
"""

from __future__ import annotations

from collections.abc import Callable

from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.events import Event
from queue_server.hall.state import Hall


def ask(hall: Hall, command: c.AskHelp, happened: Callable[[Event], None]) -> None:
    if not _is_open(hall, command.node):
        happened(e.HelpAsked(at_ms=command.at_ms, node=command.node))


def take(hall: Hall, command: c.TakeHelp, happened: Callable[[Event], None]) -> None:
    if _is_open(hall, command.node):
        happened(e.HelpTaken(at_ms=command.at_ms, node=command.node, staff=command.staff))


def withdraw(hall: Hall, command: c.WithdrawHelp, happened: Callable[[Event], None]) -> None:
    if _is_open(hall, command.node):
        happened(e.HelpWithdrawn(at_ms=command.at_ms, node=command.node))


def count_site(hall: Hall, command: c.CountSite, happened: Callable[[Event], None]) -> None:
    """A site that was taken out of the settings meanwhile is no mistake of anybody's; it is not counted any more."""
    if command.site in hall.settings.sites:
        happened(e.SiteOpened(at_ms=command.at_ms, node=command.node, site=command.site))


def _is_open(hall: Hall, node: str) -> bool:
    help_ = hall.helps.get(node)
    return help_ is not None and help_.taken_ms is None
