"""Settings changed in the page while tickets wait, taken back, and which of page and file wins."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hall_process import Client, HallProcess


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HallProcess]:
    hall = HallProcess(tmp_path_factory.mktemp("settings"))
    hall.start()
    yield hall
    hall.close()


def _change(client: Client, edit: Any) -> tuple[int, dict[str, Any]]:
    shown = client.get("/settings").json()
    document = deepcopy(shown["document"])
    edit(document)
    answer = client.post("/settings", {"document": document, "version": shown["version"]})
    return answer.status_code, answer.json()


def test_changed_while_tickets_wait(own: HallProcess) -> None:
    manager = own.client("manager")
    old = manager.post("/tickets", {"service": "hukou"}).json()

    def edit(document: dict[str, Any]) -> None:
        document["services"][0]["prefix"] = "H"
        document["windows"].append({"id": 4, "name": "4号窗口", "services": ["hukou"]})
        document["rules"]["call_gap_s"] = 0

    status, changed = _change(manager, edit)
    assert (status, changed["version"]) == (200, 2)
    assert manager.get(f"/tickets/{old['ticket_id']}").json()["label"] == "A001"
    assert manager.post("/tickets", {"service": "hukou"}).json()["label"] == "H001"
    manager.post("/windows/4/open", {})
    assert manager.post("/windows/4/next").json()["label"] == "A001"
    assert manager.post("/windows/4/recall").status_code == 200
    own.kill()
    own.start()
    assert manager.get("/settings").json() == changed
    assert manager.get("/windows/4").json()["ticket"]["label"] == "A001"


def test_nothing_that_is_needed_goes_away(own: HallProcess) -> None:
    manager = own.client("manager")
    manager.post("/tickets", {"service": "hukou"})
    manager.post("/windows/2/open", {})

    def without_service(document: dict[str, Any]) -> None:
        document["services"] = [s for s in document["services"] if s["id"] != "hukou"]
        for window in document["windows"]:
            window["services"] = ["social"]

    def without_window(document: dict[str, Any]) -> None:
        document["windows"] = [w for w in document["windows"] if w["id"] != 2]

    assert _change(manager, without_service)[1]["code"] == "service_in_use"
    assert _change(manager, without_window)[1]["code"] == "window_in_use"


def test_wrong_values_are_named_and_changes_shown_first(own: HallProcess) -> None:
    manager = own.client("manager")
    shown = manager.get("/settings").json()
    document = deepcopy(shown["document"])
    document["services"][0]["prefix"] = "?"
    document["rules"]["cal_gap_s"] = 3
    refused = manager.post("/settings/try", {"document": document, "version": 0})
    assert refused.status_code == 422
    assert {f["field"] for f in refused.json()["fields"]} == {"services[0].prefix", "rules.cal_gap_s"}
    document = deepcopy(shown["document"])
    document["rules"]["call_gap_s"] = 20
    tried = manager.post("/settings/try", {"document": document, "version": 0}).json()
    assert tried == {"changes": [{"key": "rules.call_gap_s", "before": 15, "after": 20}]}
    assert manager.get("/settings").json() == shown


def test_two_managers_and_undo(own: HallProcess) -> None:
    manager = own.client("manager")
    assert manager.post("/settings/undo", {"version": 1}).json()["code"] == "nothing_to_undo"

    def gap(seconds: int) -> Any:
        return lambda document: document["rules"].update(call_gap_s=seconds)

    assert _change(manager, gap(20))[0] == 200
    assert _change(manager, gap(30))[1]["version"] == 3
    late = manager.post("/settings", {"document": manager.get("/settings").json()["document"], "version": 2})
    assert late.status_code in (200, 409)  # unchanged settings change nothing; a real change is told it is late
    document = manager.get("/settings").json()["document"]
    document["rules"]["call_gap_s"] = 40
    assert manager.post("/settings", {"document": document, "version": 2}).json()["code"] == "settings_changed"
    undone = manager.post("/settings/undo", {"version": 3}).json()
    assert undone["document"]["rules"]["call_gap_s"] == 20
    history = manager.get("/settings/history").json()
    assert [row["source"] for row in history] == ["undo", "page", "page", "file"]
    assert history[0]["changes"] == [{"key": "rules.call_gap_s", "before": 30, "after": 20}]
    assert own.client("staff").get("/settings").status_code == 403


def test_the_file_wins_when_it_was_edited_since(own: HallProcess) -> None:
    manager = own.client("manager")
    _change(manager, lambda document: document["rules"].update(call_gap_s=20))
    own.stop()
    own.start()
    assert manager.get("/settings").json()["document"]["rules"]["call_gap_s"] == 20
    own.stop()
    own.config.write_text(own.config.read_text().replace("Test hall", "Edited hall"), encoding="utf-8")
    own.start()
    now = manager.get("/settings").json()
    assert (now["document"]["rules"]["call_gap_s"], now["document"]["hall"]["name"]["en"]) == (15, "Edited hall")
    assert manager.get("/settings/history").json()[0]["source"] == "file"
