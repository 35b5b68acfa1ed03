"""A machine shows a code, gets a place, a token and a file, and gives it up to the spare that replaces it."""

from __future__ import annotations

import pytest

from queue_server import enrolment as module
from queue_server.access import Access
from queue_server.database import Database
from queue_server.enrolment import Enrolment, Place
from queue_server.errors import (
    BadNodeFile,
    FileChanged,
    TooManyMachines,
    UnknownCode,
    UnknownNode,
    WrongKindOfNode,
)
from queue_server.node_files import NodeFiles

HALL = "oubei"
BY = "maintainer:wu"


@pytest.fixture
def files(database: Database) -> NodeFiles:
    return NodeFiles(database, HALL)


@pytest.fixture
def enrolment(database: Database, access: Access, files: NodeFiles) -> Enrolment:
    return Enrolment(database, HALL, access, files)


def _ask(enrolment: Enrolment, secret: str, kind: module.Kind = "kiosk") -> Place | str:
    return enrolment.ask(secret, kind, "raspberrypi", "0.1.0")


def _code(enrolment: Enrolment, secret: str, kind: module.Kind = "kiosk") -> str:
    code = _ask(enrolment, secret, kind)
    assert isinstance(code, str)
    return code


def test_the_code_stays_until_a_place_is_given(enrolment: Enrolment, access: Access) -> None:
    code = _code(enrolment, "first")
    assert _code(enrolment, "first") == code
    assert [(machine.kind, machine.host) for machine in enrolment.waiting()] == [("kiosk", "raspberrypi")]
    enrolment.accept(code, "kiosk-1", by=BY)
    assert enrolment.waiting() == []
    place = _ask(enrolment, "first")
    assert isinstance(place, Place)
    assert (place.node, place.version) == ("kiosk-1", 1)
    assert 'id = "kiosk-1"' in place.file
    principal = access.principal_of_token(place.token)
    assert principal is not None
    assert (principal.role, principal.id) == ("node", "kiosk-1")
    assert place.token not in repr(place)


def test_a_lost_answer_gives_a_new_token_and_the_lost_one_stops(enrolment: Enrolment, access: Access) -> None:
    enrolment.accept(_code(enrolment, "first"), "kiosk-1", by=BY)
    lost, again = _ask(enrolment, "first"), _ask(enrolment, "first")
    assert isinstance(lost, Place)
    assert isinstance(again, Place)
    assert access.principal_of_token(lost.token) is None
    assert access.principal_of_token(again.token) is not None


def test_a_spare_takes_the_place_its_file_and_the_old_token(
    enrolment: Enrolment, access: Access, files: NodeFiles
) -> None:
    enrolment.accept(_code(enrolment, "old"), "kiosk-1", by=BY)
    old = _ask(enrolment, "old")
    assert isinstance(old, Place)
    changed = old.file.replace("width_mm = 80", "width_mm = 58")
    files.change("kiosk-1", changed, old.version, by=BY)
    enrolment.accept(_code(enrolment, "spare"), "kiosk-1", by=BY)
    assert access.principal_of_token(old.token) is None
    spare = _ask(enrolment, "spare")
    assert isinstance(spare, Place)
    assert (spare.file, spare.version) == (changed, 2)
    assert isinstance(_ask(enrolment, "old"), str)  # it shows a code again and takes nothing back
    assert access.principal_of_token(spare.token) is not None


def test_a_token_operates_the_windows_of_its_file(enrolment: Enrolment, access: Access, files: NodeFiles) -> None:
    pads = '[[callpads]]\ndriver = "ff68"\naddress = "serial:///dev/hall-pads?baud=9600"\nwindows = { 1 = 4, 2 = 5 }\n'
    files.add("window-4", "display", by=BY)
    place = files.find("window-4")
    assert place is not None
    files.change("window-4", place.text + pads, 1, by=BY)
    enrolment.accept(_code(enrolment, "pi", "display"), "window-4", by=BY)
    given = _ask(enrolment, "pi", "display")
    assert isinstance(given, Place)
    principal = access.principal_of_token(given.token)
    assert principal is not None
    assert principal.windows == {4, 5}
    access.let_operate("window-4", files.change("window-4", place.text, 2, by=BY), by=BY)
    principal = access.principal_of_token(given.token)
    assert principal is not None
    assert principal.windows == frozenset()


def test_wrong_codes_and_wrong_kinds_are_refused(enrolment: Enrolment) -> None:
    code = _code(enrolment, "first")
    wrong = f"{(int(code) + 1) % 10**6:06}"
    with pytest.raises(UnknownCode):
        enrolment.accept(wrong, "kiosk-1", by=BY)
    with pytest.raises(BadNodeFile):
        enrolment.accept(code, "Kiosk 1", by=BY)
    enrolment.accept(code, "kiosk-1", by=BY)
    enrolment.accept(code, "kiosk-1", by=BY)  # a second click
    with pytest.raises(UnknownCode):  # it has its place
        enrolment.accept(code, "kiosk-2", by=BY)
    with pytest.raises(WrongKindOfNode):
        enrolment.accept(_code(enrolment, "wall", "display"), "kiosk-1", by=BY)


def test_a_machine_that_stopped_asking_is_gone(enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch) -> None:
    code = _code(enrolment, "first")
    monkeypatch.setattr(module, "ASKED_WITHIN_MS", 0)
    assert enrolment.waiting() == []
    with pytest.raises(UnknownCode):
        enrolment.accept(code, "kiosk-1", by=BY)


def test_no_more_machines_than_any_hall_has_may_wait(enrolment: Enrolment) -> None:
    for n in range(module.WAITING_MAX):
        _code(enrolment, f"machine-{n}")
    with pytest.raises(TooManyMachines):
        _ask(enrolment, "one more")
    _code(enrolment, "machine-0")  # who waits already may ask on


def test_a_file_is_checked_and_nobody_overwrites_anybody(files: NodeFiles) -> None:
    files.add("wall-1", "display", by=BY)
    first = files.find("wall-1")
    assert first is not None
    with pytest.raises(BadNodeFile) as bad:
        files.change("wall-1", '[node]\nid = "wall-1"\n[page]\nport = 0\nprot = 1\n', 1, by=BY)
    assert len(bad.value.mistakes) == 2
    with pytest.raises(BadNodeFile, match="this place is"):
        files.change("wall-1", '[node]\nid = "wall-2"\n', 1, by=BY)
    with pytest.raises(BadNodeFile, match="longer than"):
        files.change("wall-1", first.text + "#" * 70_000, 1, by=BY)
    files.change("wall-1", first.text + "# the one over the door\n", 1, by=BY)
    with pytest.raises(FileChanged):
        files.change("wall-1", first.text, 1, by=BY)
    files.remove("wall-1", by=BY)
    with pytest.raises(UnknownNode):
        files.remove("wall-1", by=BY)
    with pytest.raises(UnknownNode):
        files.change("wall-1", first.text, 1, by=BY)


@pytest.mark.parametrize("kind", ["kiosk", "display"])
def test_the_first_file_of_a_place_is_right(files: NodeFiles, kind: str) -> None:
    files.add("place-1", kind, by=BY)
    place = files.find("place-1")
    assert place is not None
    files.change("place-1", place.text, place.version, by=BY)
