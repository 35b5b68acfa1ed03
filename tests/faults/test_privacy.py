"""Marked personal data goes through everything a hall does; no file but the sealed vault keeps a trace of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ID_NUMBER = "11010519491231002X"  # the standard's own example, no person's
NAME = "欧阳留痕"
PHONE = "13800009731"
TEXT = "窗口的欧阳同志很耐心"
MARKS = [mark.encode(code) for mark in (ID_NUMBER, NAME, PHONE, TEXT) for code in ("utf-8", "utf-16-le", "gb18030")]
MARKS += [NAME.encode("unicode_escape"), ID_NUMBER.lower().encode()]


def _traces(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [f"{path.name}: {mark!r}" for path in files for mark in MARKS if mark in path.read_bytes()]


@pytest.mark.parametrize("ending", ["stopped", "killed"])
def test_personal_data_is_nowhere_in_clear(new_hall: Any, tmp_path: Path, ending: str) -> None:
    hall = new_hall()
    hall.start()
    node, manager = hall.client("node"), hall.client("manager")
    citizen = {"id_number": ID_NUMBER, "name": NAME, "phone": PHONE}
    issued = node.post("/tickets", {"service": "hukou", "citizen": citizen}, key="one").json()
    refused = node.post("/tickets", {"service": "hukou", "citizen": citizen}, key="two")
    assert refused.json()["code"] == "already_waiting"
    by_phone = node.post("/tickets", {"service": "social", "citizen": {"phone": PHONE}})
    assert by_phone.status_code == 201
    # Mistakes around personal data: they are named, never quoted.
    wrong = [
        {"service": "hukou", "citizen": {**citizen, "id_number": ID_NUMBER * 3}},
        {"service": "hukou", "citizen": {**citizen, "nick": NAME}},
        {"service": 7, "citizen": citizen},
        {"service": "hukou", "citizen": ID_NUMBER},
    ]
    for body in wrong:
        answer = node.post("/tickets", body)
        assert answer.status_code == 422
        assert not [mark for mark in MARKS if mark in answer.content]
    broken = node.session.post(node.api + "/tickets", data=f'{{"citizen": "{NAME}{ID_NUMBER}'.encode(), timeout=10)
    assert broken.status_code == 400
    manager.post("/windows/2/open", {})
    manager.post("/windows/2/next")
    manager.post("/windows/2/start")
    manager.post("/windows/2/finish")
    rating = node.post(f"/tickets/{issued['ticket_id']}/rating", {"grade": 5, "text": TEXT})
    assert rating.status_code == 201
    shown = b"".join(
        client.get(path).content
        for client in (node, manager)
        for path in ("/board", "/hall", "/windows", "/journal?limit=1000", f"/tickets/{issued['ticket_id']}")
    )
    shown += rating.content + refused.content
    assert not [mark for mark in MARKS if mark in shown]
    if ending == "stopped":
        hall.stop()
    else:
        hall.kill()
    assert _traces(tmp_path) == []


def test_the_same_citizen_is_known_again_after_a_restart(new_hall: Any) -> None:
    hall = new_hall()
    hall.start()
    node = hall.client("node")
    citizen = {"id_number": ID_NUMBER}
    first = node.post("/tickets", {"service": "hukou", "citizen": citizen}).json()
    hall.kill()
    hall.start()
    refused = node.post("/tickets", {"service": "hukou", "citizen": {"id_number": ID_NUMBER.lower()}})
    assert refused.status_code == 409
    assert refused.json()["facts"] == {"ticket_id": first["ticket_id"], "label": first["label"]}
