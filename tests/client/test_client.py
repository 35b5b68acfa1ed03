"""Commands are repeated with the same key until they are answered, and every refusal keeps its code."""

import threading
from collections.abc import Iterator

import pytest
from fake_hall import FakeHall

from queue_server.client import HallClient, HallRefused, HallUnreachable


@pytest.fixture
def client(hall: FakeHall) -> Iterator[HallClient]:
    made = HallClient(hall.url, "secret", deadline_s=5.0, read_s=0.3)
    yield made
    made.close()


def test_a_change_carries_its_key_and_answers_the_ticket(hall: FakeHall, client: HallClient) -> None:
    ticket = client.issue_ticket({"service": "shebao"}, key="tap-1")
    assert ticket["label"] == "A001"
    assert hall.keys() == ["tap-1"]
    assert client.ticket(ticket["ticket_id"]) == ticket


def test_a_change_without_a_key_gets_one(hall: FakeHall, client: HallClient) -> None:
    client.command("POST", "/tickets", {"service": "shebao"})
    assert len(hall.keys()[0]) >= 16


@pytest.mark.parametrize("fault", ["late", "drop", "503"])
def test_a_broken_try_is_repeated_with_the_same_key(hall: FakeHall, client: HallClient, fault: str) -> None:
    hall.faults = [fault, fault]
    ticket = client.issue_ticket({"service": "shebao"}, key="tap-2")
    assert hall.keys() == ["tap-2"] * 3
    assert list(hall.tickets) == [ticket["ticket_id"]]


def test_a_refusal_is_told_at_once_with_code_and_facts(hall: FakeHall, client: HallClient) -> None:
    hall.refuse = (409, "already_waiting", {"ticket_id": "t1", "label": "A007"})
    with pytest.raises(HallRefused) as caught:
        client.issue_ticket({"service": "shebao"}, key="tap-3")
    assert (caught.value.status, caught.value.code) == (409, "already_waiting")
    assert caught.value.facts == {"ticket_id": "t1", "label": "A007"}
    assert caught.value.problem["title"] == "already_waiting"
    assert len(hall.requests) == 1


def test_a_server_that_stays_unable_to_write_is_refused_with_its_code(hall: FakeHall) -> None:
    hall.faults = ["503"] * 100
    client = HallClient(hall.url, "secret", deadline_s=0.5)
    with pytest.raises(HallRefused) as caught:
        client.issue_ticket({"service": "shebao"}, key="tap-4")
    client.close()
    assert (caught.value.status, caught.value.code) == (503, "not_durable")
    assert len(set(hall.keys())) == 1
    assert len(hall.keys()) > 1


def test_nobody_there_is_unreachable(hall: FakeHall) -> None:
    hall.stop()
    client = HallClient(hall.url, "secret", deadline_s=0.5)
    with pytest.raises(HallUnreachable, match="did not answer within"):
        client.hall()
    client.close()


def test_a_web_site_that_is_no_hall_is_unreachable_at_once(hall: FakeHall, client: HallClient) -> None:
    with pytest.raises(HallUnreachable, match="404 without words of a hall server"):
        client.command("GET", "/nowhere")


def test_the_token_is_in_no_error(hall: FakeHall) -> None:
    hall.stop()
    client = HallClient(hall.url, "secret", deadline_s=0.2)
    with pytest.raises(HallUnreachable) as caught:
        client.command("POST", "/tickets", {"citizen": {"name": "测试"}})
    client.close()
    assert "secret" not in str(caught.value)
    assert "测试" not in str(caught.value)
    assert "secret" not in repr(client)


def test_the_servers_time_is_known_after_an_answer(hall: FakeHall, client: HallClient) -> None:
    assert client.server_now() is None
    client.hall()
    first = client.server_now()
    assert first is not None
    assert (client.server_now() or 0) >= first


def test_many_threads_may_ask_at_once(hall: FakeHall, client: HallClient) -> None:
    labels: list[str] = []
    threads = [
        threading.Thread(target=lambda n=n: labels.append(client.issue_ticket({"service": "shebao"}, f"k{n}")["label"]))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(labels) == [f"A{n:03}" for n in range(1, 21)]
