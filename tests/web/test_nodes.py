"""From a machine's first question to its file, over HTTP, and who may do what on the way."""

from __future__ import annotations

import secrets

import pytest
import requests
from hall_process import Client, HallProcess


@pytest.fixture(scope="module")
def maintainer(hall: HallProcess) -> Client:
    return hall.client("maintainer")


class Machine:
    """A bare machine in the hall's network, which has no token."""

    def __init__(self, hall: HallProcess, kind: str = "kiosk") -> None:
        self._url = f"{hall.url}/api/v1/enrolments"
        self._body = {"secret": secrets.token_urlsafe(32), "kind": kind, "host": "pi-7", "software": "0.1.0"}

    def ask(self) -> dict[str, object]:
        answer = requests.post(self._url, json=self._body, timeout=10)
        answer.raise_for_status()
        said: dict[str, object] = answer.json()
        return said


def test_a_machine_becomes_a_node_and_fetches_its_file(hall: HallProcess, maintainer: Client) -> None:
    machine = Machine(hall)
    code = machine.ask()["code"]
    assert "pi-7" in [each["host"] for each in maintainer.get("/enrolments").json()]
    assert str(code) not in maintainer.get("/enrolments").text  # it is read from the machine's own screen
    accepted = maintainer.post("/enrolments/accept", {"code": code, "node": "kiosk-7"})
    assert (accepted.status_code, accepted.json()["kind"]) == (200, "kiosk")
    said = machine.ask()
    assert (said["state"], said["node"], said["code"]) == ("accepted", "kiosk-7", None)

    own = {"Authorization": f"Bearer {said['token']}"}
    url = f"{hall.url}/api/v1/nodes/own-file"
    assert requests.get(url, headers=own, timeout=10).json()["file"] == said["file"]
    place = maintainer.get("/nodes/kiosk-7/file").json()
    bad = maintainer.post("/nodes/kiosk-7/file", {"file": place["file"] + "\n[devices.idcrad]\n", "version": 1})
    assert (bad.status_code, bad.json()["code"]) == (422, "invalid_values")
    assert 'did you mean "idcard"' in bad.json()["fields"][0]["problem"]
    text = place["file"].replace("80", "58")
    assert maintainer.post("/nodes/kiosk-7/file", {"file": text, "version": 1}).json()["version"] == 2
    late = maintainer.post("/nodes/kiosk-7/file", {"file": text, "version": 1})
    assert (late.status_code, late.json()["code"]) == (409, "file_changed")
    assert requests.get(url, headers=own, timeout=10).json()["version"] == 2

    assert maintainer.post("/nodes/kiosk-7/remove", {}).status_code == 204
    assert requests.get(url, headers=own, timeout=10).status_code == 401
    assert maintainer.get("/nodes/kiosk-7/file").json()["code"] == "unknown_node"


def test_refusals_have_their_codes(hall: HallProcess, maintainer: Client) -> None:
    def refused(body: dict[str, object]) -> tuple[int, str]:
        answer = maintainer.post("/enrolments/accept", body)
        return answer.status_code, answer.json()["code"]

    wall = Machine(hall, "display")
    code = wall.ask()["code"]
    wrong = f"{(int(str(code)) + 1) % 10**6:06}"
    assert refused({"code": wrong, "node": "wall-1"}) == (404, "unknown_code")
    assert refused({"code": code, "node": "Wall 1"}) == (422, "invalid_values")
    assert maintainer.post("/enrolments/accept", {"code": code, "node": "wall-1"}).status_code == 200
    kiosk = Machine(hall).ask()["code"]
    assert refused({"code": kiosk, "node": "wall-1"}) == (409, "wrong_kind_of_node")


def test_only_maintainer_and_manager_give_places(hall: HallProcess, manager: Client, node: Client) -> None:
    assert manager.get("/nodes").status_code == 200
    for client in (node, hall.client("staff"), hall.client("reception"), hall.client("county")):
        assert client.get("/nodes").status_code == 403
        assert client.get("/enrolments").status_code == 403
    assert manager.get("/nodes/own-file").status_code == 403
    assert node.get("/nodes/own-file").json()["code"] == "unknown_node"  # a token made by hand has no place
