"""The command display-node against the real hall server: a call is heard, a served citizen rates at the pad."""

from __future__ import annotations

from pathlib import Path

import pytest
from hall_process import HallProcess
from node_process import start_node
from waiting import wait_for

from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.speaker import SpeakerTwin

DEVICES = """
[voice]
languages = ["zh-CN"]
repeats = 1

[devices.speaker]
driver = "speech"
address = "simulated://speaker"

[[ratingpads]]
driver = "ff68"
address = "simulated://pads"
windows = { 1 = 1, 2 = 2 }
grades = { 0 = 2, 1 = 3, 2 = 4, 3 = 5 }
"""


@pytest.mark.speech
def test_call_voice_and_rating_with_the_real_server(tmp_path: Path, speaker: SpeakerTwin, pads: RatingPadTwin) -> None:
    hall = HallProcess(tmp_path / "hall")
    display = None
    try:
        hall.start()
        display = start_node("display", tmp_path, hall.url, hall.token("node"), rest=DEVICES)
        display.wait_until_connected()
        staff = hall.client("staff", window=1)
        hall.client("reception").post("/tickets", {"service": "hukou"})
        assert staff.post("/windows/1/open").status_code == 200
        label = staff.post("/windows/1/next").json()["label"]
        wait_for(speaker.said, 20)
        said = speaker.said()[0]
        assert " ".join(said.tokens) == f"chime please {' '.join(label)} number to 1 window service"

        staff.post("/windows/1/start")
        assert not pads.rating_open(1)
        ticket = staff.post("/windows/1/finish").json()
        wait_for(lambda: pads.rating_open(1), 20)
        pads.press(1, 3)
        manager = hall.client("manager")

        def rated() -> list[dict[str, object]]:
            events = manager.get("/journal?after=0&limit=1000").json()["events"]
            return [event["data"] for event in events if event["kind"] == "Rated"]

        [rating] = wait_for(rated, 20)
        assert (rating["ticket_id"], rating["grade"], rating["channel"]) == (ticket["ticket_id"], 5, "pad")
        assert len(speaker.said()) == 1
        assert display.stop() == 0
    finally:
        if display is not None:
            display.close()
        hall.close()
