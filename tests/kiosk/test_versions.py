"""A kiosk of this version works with the servers of every earlier one, and with a later one that says more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_hall import FakeHall
from waiting import wait_for
from wire_golden import VERSIONS, from_the_future, recorded

from drivers.simulated.printer import PrinterTwin

from .conftest import Kiosk


@pytest.mark.parametrize("version", [*VERSIONS, "later"])
def test_a_ticket_is_taken_and_printed(
    version: str, hall: FakeHall, open_kiosk: Callable[..., Kiosk], printer: PrinterTwin
) -> None:
    golden = recorded(VERSIONS[-1] if version == "later" else version)
    if version == "later":
        golden = from_the_future(golden)
    kiosk = open_kiosk(deadline_s=5.0)
    wait_for(lambda: kiosk.device("printer") == "ok")
    hall.info = golden["answers"]["hall"]
    hall.publish("kiosk", *(golden["views"]["kiosk"][key] for key in ("seq", "data")))
    hall.answer = golden["answers"]["issue"]
    wait_for(lambda: kiosk.view()["server"]["connected"])
    taken = kiosk.take(service="hukou")
    assert taken.status_code == 201, taken.text
    assert taken.json()["print"]["outcome"] == "printed"
    assert taken.json()["ticket"]["label"] == "A001"
    hall.refuse = (409, "already_waiting", golden["answers"]["already_waiting"]["facts"])
    assert kiosk.take(service="hukou").json()["code"] == "already_waiting"
