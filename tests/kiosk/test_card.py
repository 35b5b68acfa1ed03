"""A card is asked for, used once and forgotten; nothing of the person is shown, kept or written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from fake_hall import FakeHall
from waiting import wait_for

from drivers.ports import Card
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.people import SAMPLES
from kiosk.card import CardSession, age_on, mask
from kiosk.errors import CardMissing


def card_view(kiosk: Any) -> Any:
    return kiosk.view()["card"]


def lay(kiosk: Any, reader: IdCardTwin, sample: str) -> Any:
    assert kiosk.post("/api/card/start").status_code == 204
    assert card_view(kiosk)["state"] == "waiting"
    reader.hold(sample)
    return wait_for(lambda: card_view(kiosk) if card_view(kiosk)["state"] != "waiting" else None)


def test_a_ticket_by_card_carries_the_citizen_to_the_server_and_forgets_them(
    hall: FakeHall, kiosk: Any, reader: IdCardTwin
) -> None:
    assert lay(kiosk, reader, "citizen") == {
        "state": "read",
        "masked_name": "张*",
        "offers_priority": False,
        "code": None,
    }
    assert kiosk.take(use_card=True).status_code == 201
    assert hall.requests[-1][2]["citizen"]["name"] == "张示例"
    assert len(hall.requests[-1][2]["citizen"]["id_number"]) == 18
    assert card_view(kiosk) is None
    answer = kiosk.take(use_card=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "card_missing")


def test_an_old_citizen_is_offered_priority_and_may_take_it(hall: FakeHall, kiosk: Any, reader: IdCardTwin) -> None:
    assert lay(kiosk, reader, "elder")["offers_priority"] is True
    assert kiosk.take(use_card=True, priority="elderly").status_code == 201
    assert hall.requests[-1][2]["priority"] == "elderly"


def test_priority_without_a_card_that_shows_the_age_is_not_given(
    hall: FakeHall, kiosk: Any, reader: IdCardTwin
) -> None:
    answer = kiosk.take(priority="elderly")
    assert (answer.status_code, answer.json()["code"]) == (403, "priority_not_offered")
    lay(kiosk, reader, "citizen")
    answer = kiosk.take(use_card=True, priority="elderly")
    assert (answer.status_code, answer.json()["code"]) == (403, "priority_not_offered")
    assert hall.requests == []


def test_a_child_needs_a_guardian(hall: FakeHall, kiosk: Any, reader: IdCardTwin) -> None:
    seen = lay(kiosk, reader, "child")
    assert (seen["state"], seen["code"], seen["masked_name"]) == ("refused", "guardian_needed", None)
    answer = kiosk.take(use_card=True)
    assert (answer.status_code, answer.json()["code"]) == (409, "guardian_needed")
    assert hall.requests == []


def test_a_card_nobody_asked_for_is_dropped(kiosk: Any, reader: IdCardTwin) -> None:
    kiosk.node.cards.laid(Card("citizen", "张示例", "999999199001010006", "19900101"))
    assert card_view(kiosk) is None
    assert kiosk.take(use_card=True).json()["code"] == "card_missing"


def test_the_page_can_make_it_forget(kiosk: Any, reader: IdCardTwin) -> None:
    lay(kiosk, reader, "citizen")
    assert kiosk.post("/api/card/forget").status_code == 204
    assert card_view(kiosk) is None
    assert kiosk.take(use_card=True).json()["code"] == "card_missing"


def test_it_forgets_by_itself(open_kiosk: Callable[..., Any], printer: Any, reader: IdCardTwin) -> None:
    kiosk = open_kiosk(card_keep_s=0.4)
    wait_for(lambda: kiosk.device("idcard") == "ok")
    lay(kiosk, reader, "citizen")
    wait_for(lambda: card_view(kiosk) is None)
    with pytest.raises(CardMissing):
        kiosk.node.cards.citizen()


def test_nothing_of_the_person_is_written_or_shown(
    kiosk: Any, reader: IdCardTwin, settings: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    sample = SAMPLES["citizen"]
    lay(kiosk, reader, "citizen")
    citizen = kiosk.node.cards.citizen()
    assert citizen.name == "张示例"
    secrets = [citizen.id_number, citizen.name, "13800138000"]
    kiosk.take(use_card=True)
    kiosk.take(phone="13800138000")
    kiosk.take(service="Not Valid", phone="13800138000")
    kiosk.close()
    written = b"".join(path.read_bytes() for path in settings.node.data.rglob("*") if path.is_file())
    out, err = capfd.readouterr()
    for secret in secrets:
        assert secret.encode() not in written
        assert secret not in out + err + repr(citizen) + repr(kiosk.view())
    assert sample.title[:3] not in repr(citizen)


@pytest.mark.parametrize(
    ("birth", "age"),
    [("19601120", 66), ("19601121", 65), ("20121120", 14), ("20121121", 13), ("", None), ("20001399", None)],
)
def test_age_counts_whole_years(birth: str, age: int | None) -> None:
    assert age_on(birth, date(2026, 11, 20)) == age


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("欧阳娜娜", "欧*"), ("SPECIMEN, ANNA", "S*"), ("", "*"), ("𠮷示例", "𠮷*")]
)
def test_masks(name: str, masked: str) -> None:
    assert mask(name) == masked


def test_priority_age_0_offers_nothing() -> None:
    views: list[Any] = []
    cards = CardSession(0, lambda: date(2026, 11, 20), views.append)
    cards.start()
    cards.laid(Card("citizen", "李样本", "999999194802290003", "19480229"))
    assert views[-1]["offers_priority"] is False
    cards.forget()
