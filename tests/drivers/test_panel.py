"""The panel: what a hand does on its page reaches the devices, and no other site's page does."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from PIL import Image
from waiting import wait_for

from drivers.document import Document, TextLine
from drivers.errors import BadAddress
from drivers.ff68 import open_rating
from drivers.registry import open_device
from drivers.simulated.hall import Twins
from drivers.simulated.panel.app import create_app
from drivers.simulated.twins_file import TwinSettings, TwinsFileError, load_twins

SETTINGS = [
    TwinSettings("front-printer", "printer", width_mm=58),
    TwinSettings("front-reader", "idcard"),
    TwinSettings("pads", "ratingpad", addresses=(3, 4)),
    TwinSettings("hall-speaker", "speaker"),
]


@pytest.fixture
def twins(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twins]:
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        monkeypatch.setenv("HALL_DEVICES_DIR", folder)
        with Twins(SETTINGS, Path(folder)) as running:
            yield running
        assert list(Path(folder).iterdir()) == [], "every place is free again"


@pytest.fixture
def page(twins: Twins, tmp_path: Path) -> FlaskClient:
    return create_app(twins, tmp_path / "static").test_client()


def state(page: FlaskClient, name: str) -> dict:
    return next(twin["state"] for twin in page.get("/api/twins").json if twin["name"] == name)


def test_the_page_tells_of_every_twin(page):
    assert [(twin["name"], twin["kind"]) for twin in page.get("/api/twins").json] == [
        (one.name, one.kind) for one in SETTINGS
    ]


def test_a_slip_is_seen_as_text_and_picture(page):
    printer = open_device("printer", "escpos", "simulated://front-printer", width_mm=58)
    assert printer.print(Document((TextLine("瓯北"), TextLine("A001", scale=4)))).outcome == "printed"
    printer.print(Document((TextLine("A002", scale=4),)))
    newest, oldest = state(page, "front-printer")["slips"]
    assert (newest["text"], oldest["text"], newest["complete"]) == ("A002", "瓯北\nA001", True)
    answer = page.get(oldest["png"])
    assert answer.mimetype == "image/png"
    assert Image.open(io.BytesIO(answer.data)).size[0] == 384
    assert page.get("/api/twins/front-printer/slips/9.png").status_code == 404
    printer.close()


@pytest.mark.parametrize(
    ("action", "field", "code", "value"),
    [
        ("paper", "present", "paper_out", False),
        ("cover", "open", "cover_open", True),
        ("near-end", "present", "paper_near_end", True),
    ],
)
def test_hands_on_the_printer(page, action, field, code, value):
    printer = open_device("printer", "escpos", "simulated://front-printer", width_mm=58)
    for now, expected in ((value, code), (not value, "ok")):
        assert page.post(f"/api/twins/front-printer/{action}", json={field: now}).status_code == 204
        assert printer.state().code == expected
    printer.close()


def test_a_card_is_held_to_the_reader(page):
    reader = open_device("idcard", "sdt", "simulated://front-reader")
    cards = []
    reader.listen(cards.append, lambda _: None)
    samples = [one["id"] for one in state(page, "front-reader")["samples"]]
    assert {"citizen", "hmt", "foreigner", "foreigner2023"} <= set(samples)
    assert page.post("/api/twins/front-reader/hold", json={"sample": "citizen"}).status_code == 204
    assert state(page, "front-reader")["card"] == "citizen"
    wait_for(lambda: cards)
    assert page.post("/api/twins/front-reader/take", json={}).status_code == 204
    assert state(page, "front-reader")["card"] is None
    reader.close()


def test_a_grade_is_pressed(page, twins):
    pads = open_device("ratingpad", "ff68", "simulated://pads")
    grades = []
    pads.listen(grades.append, lambda _: None)
    wait_for(lambda: pads.state().code == "ok")
    pads.open_rating(4)
    wait_for(lambda: state(page, "pads")["rating_open"] == {"3": False, "4": True})
    assert page.post("/api/twins/pads/press", json={"address": 4, "value": 3}).status_code == 204
    wait_for(lambda: grades)
    assert (grades[0].address, grades[0].grade) == (4, 5)
    assert state(page, "pads")["rating_open"]["4"] is False
    twins["pads"].device.feed(open_rating(3))
    assert state(page, "pads")["rating_open"]["3"] is True
    pads.close()


def test_what_was_said_can_be_read_and_heard(page):
    speaker = open_device("speaker", "speech", "simulated://hall-speaker", espeak="no-such-program")
    speaker.say(["chime"], "zh-CN")
    (said,) = state(page, "hall-speaker")["said"]
    assert (said["language"], said["tokens"]) == ("zh-CN", ["chime"])
    assert page.get(said["wav"]).data[:4] == b"RIFF"
    assert page.get("/api/twins/hall-speaker/said/9.wav").status_code == 404
    page.post("/api/twins/hall-speaker/broken", json={"broken": True})
    assert state(page, "hall-speaker")["broken"] is True


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/api/twins/nobody/paper", {"present": True}, 404, "unknown_twin"),
        ("/api/twins/front-reader/paper", {"present": True}, 404, "unknown_twin"),
        ("/api/twins/front-printer/paper", {}, 422, "invalid_value"),
        ("/api/twins/front-printer/paper", {"present": "yes"}, 422, "invalid_value"),
        ("/api/twins/front-printer/paper", [], 422, "invalid_value"),
        ("/api/twins/front-reader/hold", {"sample": "king"}, 422, "unknown_sample"),
        ("/api/twins/pads/press", {"address": 9, "value": 0}, 422, "unknown_address"),
        ("/api/twins/pads/press", {"address": 3, "value": 256}, 422, "invalid_value"),
        ("/api/twins/pads/press", {"address": True, "value": 0}, 422, "invalid_value"),
    ],
)
def test_mistakes_are_named(page, path, body, status, code):
    answer = page.post(path, json=body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.mimetype == "application/problem+json"


def test_other_sites_are_kept_out(page):
    assert page.get("/api/twins", headers={"Host": "evil.example"}).status_code == 403
    assert page.post("/api/twins/front-printer/paper", data={"present": "false"}).status_code == 415
    there = {"Origin": "http://evil.example"}
    assert page.post("/api/twins/front-printer/paper", json={"present": False}, headers=there).status_code == 403
    assert state(page, "front-printer")["paper"] is True
    policy = page.get("/").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_without_a_built_page_it_says_how_to_build_it(page, twins, tmp_path):
    assert "make pages" in page.get("/").text
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "index.html").write_text("<p>built</p>")
    with page.get("/") as answer:
        assert answer.text == "<p>built</p>"


def test_a_taken_place_stops_all(tmp_path):
    (tmp_path / "pads").write_text("precious")
    with pytest.raises(BadAddress):
        Twins(SETTINGS, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["pads"]


def test_the_file_of_twins_is_read(tmp_path):
    file = tmp_path / "twins.toml"
    file.write_text(
        '[[twins]]\nname = "p"\nkind = "printer"\nwidth_mm = 58\n'
        '[[twins]]\nname = "q"\nkind = "ratingpad"\naddresses = [3, 4]\n'
        '[[twins]]\nname = "s"\nkind = "speaker"\npace = true\n'
    )
    assert load_twins(file) == [
        TwinSettings("p", "printer", width_mm=58),
        TwinSettings("q", "ratingpad", addresses=(3, 4)),
        TwinSettings("s", "speaker", pace=True),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "[[twins]]"),
        ("twins = 3", "[[twins]]"),
        ("twins = [3]", "no table"),
        ("hall = 1\n[[twins]]\nname='a'\nkind='idcard'", "[[twins]]"),
        ("[[twins]", "no TOML"),
        ("[[twins]]\nkind='printer'", "name is None"),
        ("[[twins]]\nname='a/b'\nkind='printer'", "'a/b'"),
        ("[[twins]]\nname='a'\nkind='fax'", "'fax'; it must be one of printer"),
        ("[[twins]]\nname='a'\nkind='printer'\nwidth_mm=70", "70; it must be 58 or 80"),
        ("[[twins]]\nname='a'\nkind='printer'\nwidth=58", "did you mean width_mm"),
        ("[[twins]]\nname='a'\nkind='ratingpad'\naddresses=[]", "list of numbers"),
        ("[[twins]]\nname='a'\nkind='ratingpad'\naddresses=[1,1]", "its own"),
        ("[[twins]]\nname='a'\nkind='speaker'\npace=1", "true or false"),
        ("[[twins]]\nname='a'\nkind='idcard'\n[[twins]]\nname='a'\nkind='idcard'", "twice"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path, text, says):
    file = tmp_path / "twins.toml"
    file.write_text(text)
    with pytest.raises(TwinsFileError) as caught:
        load_twins(file)
    assert says in str(caught.value)
    assert all(line.startswith(str(file)) for line in caught.value.lines)


def test_pads_signs_keys_and_pins_on_the_page(monkeypatch, tmp_path):
    more = [
        TwinSettings("window-keys", "callpad", addresses=(3,)),
        TwinSettings("sign", "sign", speaks="alpha"),
        TwinSettings("typing", "keypad"),
        TwinSettings("scanner", "scanner"),
        TwinSettings("board", "gpio"),
    ]
    heard: list[object] = []
    with tempfile.TemporaryDirectory(prefix="hall-") as folder:
        monkeypatch.setenv("HALL_DEVICES_DIR", folder)
        with Twins(more, Path(folder)) as running:
            page = create_app(running, tmp_path / "static").test_client()
            pads = open_device("callpad", "ff68", "simulated://window-keys")
            keypad = open_device("keypad", "evdev", "simulated://typing")
            scanner = open_device("scanner", "evdev", "simulated://scanner")
            sign = open_device("sign", "alpha", "simulated://sign")
            lamps = open_device("lamps", "gpio", "simulated://board", pins={"free": 17})
            for device in (pads, keypad, scanner):
                device.listen(heard.append, lambda _state: None)
            devices = (pads, keypad, scanner, sign, lamps)
            wait_for(lambda: all(device.state().code == "ok" for device in devices))
            lamps.light("free")
            sign.show("A001")
            for path, body in (
                ("window-keys/key", {"address": 3, "key": "next"}),
                ("typing/enter", {"text": "42"}),
                ("scanner/enter", {"text": "HTTPS://x/?a=B"}),
            ):
                assert page.post(f"/api/twins/{path}", json=body).status_code == 204
            wait_for(lambda: len(heard) == 3)
            assert {str(one) for one in heard} >= {"42", "HTTPS://x/?a=B"}
            wait_for(lambda: state(page, "sign") == {"speaks": "alpha", "shown": {"0": "A001"}})
            wait_for(lambda: state(page, "board")["outputs"] == {"17": 1})
            assert state(page, "window-keys")["call_keys"][0] == "next"
            assert state(page, "typing") == {}
            for device in devices:
                device.close()
            buttons = open_device("buttons", "gpio", "simulated://board", pins={"next": 5})
            buttons.listen(heard.append, lambda _state: None)
            wait_for(lambda: 5 in state(page, "board")["inputs"])
            assert page.post("/api/twins/board/button", json={"pin": 5, "down": True}).status_code == 204
            wait_for(lambda: heard[-1] == "next")
            assert page.post("/api/twins/board/button", json={"pin": 5, "down": False}).status_code == 204
            for path, body in (
                ("window-keys/key", {"address": 9, "key": "next"}),
                ("window-keys/key", {"address": 3, "key": "dance"}),
                ("typing/enter", {"text": "号"}),
                ("typing/enter", {"text": "x" * 201}),
                ("board/button", {"pin": 9, "down": True}),
            ):
                assert page.post(f"/api/twins/{path}", json=body).status_code == 422
            assert page.post("/api/twins/sign/enter", json={"text": "1"}).status_code == 404
            buttons.close()


def test_a_sign_speaks_what_there_is(tmp_path):
    path = tmp_path / "twins.toml"
    path.write_text('[[twins]]\nname = "s"\nkind = "sign"\nspeaks = "morse"\n')
    with pytest.raises(TwinsFileError, match="kanban, alpha, ledstrip"):
        load_twins(path)
