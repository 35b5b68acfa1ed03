"""Who may do what, as one table; knows roles and actions, not how anybody proved who they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ROLES = ("node", "reception", "staff", "manager", "maintainer", "county")
EVERY_ROLE = frozenset(ROLES)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. `id`: a staff account, or the name of a token ("kiosk-1"). `windows`: the only ones they may operate;
    none: they have none of their own."""

    kind: Literal["token", "staff"]
    id: str
    role: str
    windows: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Right:
    """`roles` may act. Of these, `bound` may only with windows of their own and only there; `bindable` only there if
    they have any, and anywhere without."""

    roles: frozenset[str]
    bound: frozenset[str] = frozenset()
    bindable: frozenset[str] = frozenset()


def _roles(names: str) -> frozenset[str]:
    return frozenset(names.split())


_AT_A_WINDOW = {"bound": _roles("node"), "bindable": _roles("staff")}

RIGHTS: Mapping[str, Right] = {
    "ticket.issue": Right(_roles("node reception staff manager")),
    "ticket.read": Right(EVERY_ROLE),
    "ticket.cancel": Right(_roles("reception staff manager")),
    "ticket.arrive": Right(_roles("node reception staff manager")),
    "ticket.requeue": Right(_roles("reception staff manager")),
    "ticket.priority": Right(_roles("reception staff manager")),
    "ticket.link": Right(_roles("node reception manager")),  # who may rate: the link of a ticket rates and cancels it
    "ticket.rate": Right(_roles("node reception manager")),  # not staff: nobody grades their own service
    "citizen.masked": Right(_roles("reception staff manager")),
    "citizen.show": Right(_roles("staff manager")),  # for a reason, which is kept with who asked
    "citizen.answer": Right(_roles("manager")),
    "appointment.slots": Right(EVERY_ROLE),
    "appointment.find": Right(_roles("node reception staff manager")),
    "appointment.read": Right(_roles("reception staff manager")),
    "appointment.book": Right(_roles("reception manager")),
    "appointment.import": Right(_roles("manager")),
    "window.read": Right(EVERY_ROLE),
    "window.operate": Right(_roles("node staff manager"), **_AT_A_WINDOW),
    "journal.read": Right(_roles("manager county")),
    "hall.read": Right(EVERY_ROLE),
    "ticket.find": Right(_roles("reception staff manager")),
    "node.manage": Right(_roles("manager maintainer")),
    "node.own_file": Right(_roles("node")),
    "help.ask": Right(_roles("node")),
    "site.count": Right(_roles("node")),
    "help.take": Right(_roles("reception staff manager")),
    "opinion.file": Right(_roles("node reception manager")),
    "opinion.enter": Right(_roles("reception manager")),  # one that came on paper
    "opinion.answer": Right(_roles("manager")),
    "whereabouts.read": Right(_roles("reception staff manager maintainer")),
    "whereabouts.own": Right(_roles("reception staff manager maintainer")),
    "whereabouts.set": Right(_roles("reception manager")),
    "public.manage": Right(_roles("manager")),
    "emergency": Right(_roles("reception manager")),
    "staff.manage": Right(_roles("manager")),
    "whatif": Right(_roles("manager")),
    "settings.read": Right(_roles("manager maintainer county")),
    "settings.change": Right(_roles("manager")),
    "board.read": Right(EVERY_ROLE),
    "view.kiosk": Right(EVERY_ROLE),
    "view.guide": Right(EVERY_ROLE),
    "view.window": Right(EVERY_ROLE),
    "view.console": Right(_roles("node staff manager maintainer county"), **_AT_A_WINDOW),
    "view.hall": Right(_roles("reception manager maintainer county")),
    "ticket.deliver": Right(_roles("node")),
    "device.report": Right(_roles("node maintainer")),
}


def allowed(principal: Principal, action: str, window: int | None = None) -> bool:
    """Whether they may; `window` is the one acted on. Raises KeyError for an action that is not in the table."""
    right = RIGHTS[action]
    if principal.role not in right.roles:
        return False
    if principal.role in right.bound or (principal.role in right.bindable and principal.windows):
        return bool(principal.windows) and (window is None or window in principal.windows)
    return True
