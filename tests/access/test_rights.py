"""The table of rights, said a second time, role by role."""

from __future__ import annotations

import pytest

from queue_server.access import RIGHTS, ROLES, Principal, allowed

READING = {
    "appointment.slots",
    "ticket.read",
    "window.read",
    "hall.read",
    "board.read",
    "view.kiosk",
    "view.guide",
    "view.window",
}
AT_THE_DESK = {
    "appointment.find",
    "appointment.read",
    "citizen.masked",
    "ticket.issue",
    "ticket.arrive",
    "ticket.cancel",
    "ticket.requeue",
    "ticket.priority",
    "help.take",
    "whereabouts.read",
    "whereabouts.own",
}
EXPECTED = {
    "node": READING
    | {"appointment.find", "ticket.issue", "ticket.arrive", "ticket.deliver", "ticket.rate", "ticket.link"}
    | {"device.report", "node.own_file", "help.ask", "site.count", "opinion.file"},
    "reception": READING
    | AT_THE_DESK
    | {
        "opinion.file",
        "opinion.enter",
        "appointment.book",
        "ticket.rate",
        "ticket.link",
        "ticket.find",
        "view.hall",
        "emergency",
    }
    | {"whereabouts.set"},
    "staff": READING | AT_THE_DESK | {"ticket.find", "window.operate", "view.console", "citizen.show"},
    "manager": set(RIGHTS) - {"ticket.deliver", "device.report", "node.own_file", "help.ask", "site.count"},
    "county": READING | {"journal.read", "view.console", "view.hall", "settings.read"},
    "maintainer": READING
    | {"device.report", "view.console", "view.hall", "settings.read", "node.manage"}
    | {"whereabouts.read", "whereabouts.own"},
}


@pytest.mark.parametrize("role", ROLES)
def test_every_action_of_a_role_without_a_window(role: str) -> None:
    person = Principal("staff", "li", role)
    assert {action for action in RIGHTS if allowed(person, action, 2)} == EXPECTED[role]
    assert {action for action in RIGHTS if allowed(person, action)} == EXPECTED[role]


@pytest.mark.parametrize("windows", [frozenset({2}), frozenset({2, 4, 20})])
@pytest.mark.parametrize("role", ROLES)
def test_windows_of_ones_own(role: str, windows: frozenset[int]) -> None:
    person = Principal("token", "desk", role, windows)
    there = {action for action in RIGHTS if all(allowed(person, action, window) for window in windows)}
    elsewhere = {action for action in RIGHTS if allowed(person, action, 3)}
    at_a_window = {"window.operate", "view.console"}
    assert there == EXPECTED[role] | (at_a_window if role == "node" else set())
    assert elsewhere == EXPECTED[role] - (at_a_window if role in ("node", "staff") else set())
    assert allowed(person, "window.operate") is (role in ("node", "staff", "manager"))


def test_an_unknown_action_is_a_mistake_of_ours_and_an_unknown_role_may_nothing() -> None:
    with pytest.raises(KeyError):
        allowed(Principal("staff", "li", "manager"), "ticket.burn")
    assert not any(allowed(Principal("staff", "li", "visitor"), action) for action in RIGHTS)
