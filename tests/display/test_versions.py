"""A display of this version works with the servers of every earlier one, and with a later one that says more."""

from __future__ import annotations

import pytest
from fake_hall import FakeHall
from waiting import wait_for
from wire_golden import VERSIONS, from_the_future, recorded

from drivers.simulated.speaker import SpeakerTwin

from .conftest import Display


@pytest.mark.parametrize("version", [*VERSIONS, "later"])
def test_a_call_is_announced(version: str, hall: FakeHall, display: Display, speaker: SpeakerTwin) -> None:
    golden = recorded(VERSIONS[-1] if version == "later" else version)
    if version == "later":
        golden = from_the_future(golden)
    board = golden["views"]["board"]["data"]
    now = {"at": _now()}
    hall.publish("board", 2, {**board, "seq": 2, "calls": []})
    hall.publish("board", 90, {**board, "seq": 90, "calls": [{**board["calls"][0], **now, "seq": 90}]})
    wait_for(lambda: any("0" in said.tokens for said in speaker.said()))
    assert display.view()["server"]["connected"]


def _now() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
