"""The contract of every card reader driver, against the twin in memory and over a pty, and the card texts it
decodes."""

from __future__ import annotations

import queue
import random
from collections.abc import Callable, Iterator

import pytest
from waiting import wait_for

from drivers.errors import CardInvalid
from drivers.idcard import SdtReader
from drivers.idcard_text import check_digit, decode_card
from drivers.ports import Card, DeviceState
from drivers.sdt import FIND, READ_BASE, SELECT, STATUS, SdtParser, frame
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.people import SAMPLES, citizen, with_check_digit
from drivers.transport import OpenTransport


class Heard:
    """A reader and all it told."""

    def __init__(self, open_transport: OpenTransport) -> None:
        self.cards: queue.Queue[Card] = queue.Queue()
        self.states: queue.Queue[DeviceState] = queue.Queue()
        self.reader = SdtReader(open_transport, poll_s=0.02, answer_timeout_s=0.3, read_timeout_s=0.5)
        self.reader.listen(self.cards.put, self.states.put)

    def state(self, code: str) -> DeviceState:
        """The next state with this code."""
        while (state := self.states.get(timeout=10)).code != code:
            continue
        return state


@pytest.fixture
def listen() -> Iterator[Callable[[OpenTransport], Heard]]:
    heard: list[Heard] = []

    def start(open_transport: OpenTransport) -> Heard:
        heard.append(Heard(open_transport))
        return heard[-1]

    yield start
    for one in heard:
        one.reader.close()


@pytest.mark.parametrize(
    ("sample", "kind", "name", "birth"),
    [
        ("citizen", "citizen", "张示例", "19900101"),
        ("rare", "citizen", "𠮷示例", "19850515"),
        ("hmt", "hmt", "陈样例", "19920202"),
        ("foreigner", "foreigner", "SPECIMEN, ANNA", "19800303"),
        ("foreigner2023", "foreigner2023", "范例森", "19750404"),
    ],
)
def test_each_kind_of_card_is_told_once(plug_in, listen, sample, kind, name, birth):
    twin = IdCardTwin()
    heard = listen(plug_in(twin).open)
    twin.hold(sample)
    card = heard.cards.get(timeout=10)
    assert (card.kind, card.name, card.birth) == (kind, name, birth)
    twin.take()
    twin.hold("elder")
    assert heard.cards.get(timeout=10).name == "李样本"
    assert heard.cards.empty()


def test_a_reader_that_finds_the_same_card_again_does_not_tell_it_twice(plug_in, listen):
    class Counts(IdCardTwin):
        finds = 0

        def _do(self, command: bytes) -> None:
            self.finds += command == b"\x20\x01"
            super()._do(command)

    twin = Counts(finds_again=True)
    heard = listen(plug_in(twin).open)
    twin.hold("citizen")
    heard.cards.get(timeout=10)
    found = twin.finds
    wait_for(lambda: twin.finds > found + 3)
    assert heard.cards.empty()
    twin.take()
    found = twin.finds
    wait_for(lambda: twin.finds > found + 1)
    twin.hold("citizen")
    heard.cards.get(timeout=10)


def test_a_damaged_card_is_named_and_not_told(plug_in, listen):
    twin = IdCardTwin()
    heard = listen(plug_in(twin).open)
    twin.hold("damaged")
    state = heard.state("card_invalid")
    assert state.health == "warning"
    assert not any(ch.isdigit() for ch in state.detail)
    assert heard.cards.empty()


def test_a_card_pulled_while_it_is_read(plug_in, listen):
    twin = IdCardTwin()
    twin.pull_at_read = True
    heard = listen(plug_in(twin).open)
    twin.hold("citizen")
    assert heard.state("card_unreadable").health == "warning"
    heard.state("ok")
    twin.pull_at_read = False
    twin.hold("citizen")
    assert heard.cards.get(timeout=10).name == "张示例"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda answer: b"", "mute"),
        (lambda answer: b"\xff\x00\xaa\xaa", "bad_frame"),
        (lambda answer: answer[: len(answer) // 2], "bad_frame"),
        (lambda answer: answer[:-1] + bytes((answer[-1] ^ 1,)), "bad_frame"),
    ],
    ids=["silence", "garbage", "half a frame", "wrong check byte"],
)
def test_faults_are_named_and_pass(plug_in, listen, spoil, code):
    twin = IdCardTwin()
    heard = listen(plug_in(twin).open)
    heard.state("ok")
    twin.spoil = spoil
    assert heard.state(code).health == "failed"
    twin.spoil = bytes
    heard.state("ok")
    twin.hold("citizen")
    assert heard.cards.get(timeout=10).name == "张示例"


def test_noise_before_an_answer_does_no_harm(plug_in, listen):
    twin = IdCardTwin()
    twin.spoil = lambda answer: b"\x00\xaa\xaa\x96\x69\x07" + answer
    heard = listen(plug_in(twin).open)
    twin.hold("citizen")
    assert heard.cards.get(timeout=10).name == "张示例"


def test_unplugged_and_put_back(plug_in, listen):
    twin = IdCardTwin()
    plug = plug_in(twin)
    heard = listen(plug.open)
    heard.state("ok")
    for _ in range(2):
        plug.unplug()
        assert heard.state("unplugged").health == "failed"
        plug.plug()
        heard.state("ok")
    twin.hold("citizen")
    assert heard.cards.get(timeout=10).name == "张示例"


def test_a_node_that_fails_does_not_end_the_reader(plug_in, listen, caplog):
    twin = IdCardTwin()
    heard = listen(plug_in(twin).open)

    def fail(card: Card) -> None:
        raise ValueError(card.name)

    heard.reader._on_card = fail
    twin.hold("citizen")
    wait_for(lambda: caplog.records)
    assert "ValueError" in caplog.text
    assert "张示例" not in caplog.text
    heard.reader._on_card = heard.cards.put
    twin.take()
    twin.hold("elder")
    assert heard.cards.get(timeout=10).name == "李样本"


def test_closing_ends_the_thread(plug_in, listen):
    heard = listen(plug_in(IdCardTwin()).open)
    heard.state("ok")
    heard.reader.close()
    heard.reader.close()
    assert heard.reader.state().code == "closed"
    assert not heard.reader._listener._thread.is_alive()


# -- frames and texts, without a reader --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "tail"),
    [
        (b"\x10\xff", "00 03 10 FF EC"),
        (STATUS, "00 03 11 FF ED"),
        (b"\x12\xff", "00 03 12 FF EE"),
        (FIND, "00 03 20 01 22"),
        (SELECT, "00 03 20 02 21"),
        (READ_BASE, "00 03 30 01 32"),
        (b"\x30\x10", "00 03 30 10 23"),
        (b"\x30\x03", "00 03 30 03 30"),
        (b"\x60\x00", "00 03 60 00 63"),
        (b"\x60\x04", "00 03 60 04 67"),
    ],
)
def test_golden_requests(command, tail):
    assert frame(command) == bytes.fromhex("AA AA AA 96 69" + tail)


@pytest.mark.parametrize(
    ("command", "tail"),
    [
        (STATUS, "00 04 00 00 90 94"),
        (FIND, "00 04 00 00 80 84"),
        (SELECT, "00 04 00 00 81 85"),
        (READ_BASE, "00 04 00 00 41 45"),
    ],
)
def test_golden_answers_without_a_card(command, tail):
    assert IdCardTwin().feed(frame(command)) == bytes.fromhex("AA AA AA 96 69" + tail)


def test_golden_answers_with_a_card():
    twin = IdCardTwin()
    twin.hold("citizen")
    assert twin.feed(frame(FIND)).hex() == "aaaaaa9669" + "0008" + "00009f" + "00000000" + "97"
    assert twin.feed(frame(SELECT)).hex() == "aaaaaa9669" + "000c" + "000090" + "00" * 8 + "9c"
    base = twin.feed(frame(READ_BASE))
    assert len(base) == 1295
    assert base[5:14].hex() == "0508" + "000090" + "01000400"
    assert twin.feed(frame(FIND))[9] == 0x80, "a card that was read is not found again before it was taken away"


def test_the_twin_refuses_what_a_reader_refuses():
    twin = IdCardTwin()
    assert twin.feed(frame(b"\x77\x01"))[9] == 0x21
    wrong = frame(STATUS)[:-1] + b"\x00"
    assert twin.feed(wrong)[9] == 0x10
    assert twin.feed(frame(STATUS))[9] == 0x90


def test_a_frame_is_found_at_any_split_and_after_noise():
    twin = IdCardTwin()
    twin.hold("citizen")
    twin.feed(frame(FIND))
    twin.feed(frame(SELECT))
    stream = b"\xaa\xaa\x96\x69\x00\xaa\xaa\xaa\x96\x69\xff\xff" + twin.feed(frame(READ_BASE)) + frame(STATUS)
    for at in range(0, len(stream), 7):
        parser = SdtParser()
        found = parser.feed(stream[:at], 1.0) + parser.feed(stream[at:], 1.0)
        assert [len(one) for one in found] == [1295, 10]
    parser = SdtParser()
    assert [len(one) for byte in stream for one in parser.feed(bytes((byte,)), 1.0)] == [1295, 10]


def test_a_silence_inside_a_frame_gives_it_up():
    parser = SdtParser()
    assert parser.feed(frame(STATUS)[:8], 1.0) == []
    assert parser.feed(frame(FIND), 2.0) == [frame(FIND)]


def test_random_bytes_never_fill_the_parser():
    noise = random.Random(7)
    parser = SdtParser()
    for at in range(200):
        parser.feed(noise.randbytes(500) + b"\xaa\xaa\xaa\x96\x69\x09\x00", float(at) / 1000)
        assert len(parser._held) < 3000
    parser.feed(b"", 10.0)
    assert frame(FIND) in parser.feed(frame(FIND), 10.0)


@pytest.mark.parametrize("number", ["110101199003077213", "11010519491231002X", "810000199001010019"])
def test_golden_check_digits(number):
    assert check_digit(number[:17]) == number[17]


def test_check_digit_wants_digits():
    for wrong in ("", "1" * 16, "1" * 18, "１" * 17, "x" * 17):
        with pytest.raises(ValueError, match="17 digits"):
            check_digit(wrong)


@pytest.mark.parametrize("sample", [one for one in SAMPLES if one != "damaged"])
def test_no_text_form_of_a_card_names_a_person(sample):
    card = decode_card(SAMPLES[sample].text)
    for text in (repr(card), str(card), f"{card!r}", repr(SAMPLES[sample])):
        assert card.id_number not in text
        assert card.birth not in text
    assert card.name not in repr(card)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        bytes(256),
        b"\xff" * 256,
        b"\x00\xd8" * 128,
        SAMPLES["damaged"].text,
        SAMPLES["citizen"].text[:248] + "Q".encode("utf-16-le") + SAMPLES["citizen"].text[250:],
        citizen("张示例", "19900230", with_check_digit("99999919900230000")),
        citizen("", "19900101", with_check_digit("99999919900101000")),
        citizen("陈样例", "19920202", with_check_digit("99999919920202000"), "J"),
    ],
    ids=["empty", "zeros", "ones", "surrogates", "digit", "kind", "date", "nameless", "prefix"],
)
def test_a_card_that_contradicts_itself_is_refused_without_saying_its_data(text):
    with pytest.raises(CardInvalid) as caught:
        decode_card(text)
    assert not any(ch.isdigit() for ch in str(caught.value))


def test_an_english_name_of_2023_goes_on_in_its_second_field():
    from drivers.simulated.people import foreigner2023

    text = foreigner2023("S" * 46, "", "19750404", with_check_digit("91100019750404000"))
    assert decode_card(text).name == "S" * 46
