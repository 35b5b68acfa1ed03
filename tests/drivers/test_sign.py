"""The contract of every sign driver, in memory and over a pty, by UDP, and the exact bytes of each kind."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from waiting import wait_for

from drivers import dialect_port
from drivers.address import parse_address
from drivers.dialect_file import load_dialect, read_dialect
from drivers.errors import Unsupported
from drivers.registry import open_device
from drivers.sign import DialectSign, Signs
from drivers.sign_bytes import Alpha, Kanban, LedStrip
from drivers.simulated.sign import SignTwin
from drivers.transport import OpenTransport

DIALECTS = Path(__file__).parents[2] / "config" / "dialects"
LANGUAGES = {
    "kanban": (Kanban, "kanban"),
    "kanban by its dialect": (lambda: DialectSign(load_dialect(DIALECTS / "kanban.toml")), "kanban"),
    "alpha": (Alpha, "alpha"),
    "alpha by its dialect": (lambda: DialectSign(load_dialect(DIALECTS / "alpha.toml")), "alpha"),
    "ledstrip": (LedStrip, "ledstrip"),
}


@pytest.fixture(params=sorted(LANGUAGES))
def speaks(request: pytest.FixtureRequest):
    return LANGUAGES[request.param]


@pytest.fixture
def signs() -> Iterator[Callable[..., Signs]]:
    made: list[Signs] = []

    def start(open_transport: OpenTransport, language, **options) -> Signs:
        made.append(Signs(open_transport, language, **options))
        return made[-1]

    yield start
    for one in made:
        one.close()
        one.close()
        assert one.state().code == "closed"


def test_a_number_is_shown_and_taken_away(plug_in, signs, speaks):
    make, kind = speaks
    twin = SignTwin(kind)
    sign = signs(plug_in(twin).open, make())
    sign.show("42")
    wait_for(lambda: twin.shown() == "42")
    sign.clear()
    wait_for(lambda: twin.shown() in ("", "0"))
    assert sign.state().code == "ok"


def test_shown_again_after_the_cable_was_pulled(plug_in, signs, speaks):
    make, kind = speaks
    twin = SignTwin(kind)
    plug = plug_in(twin)
    sign = signs(plug.open, make())
    sign.show("7")
    wait_for(lambda: twin.shown() == "7")
    plug.unplug()
    wait_for(lambda: sign.state().code == "unplugged")
    sign.show("8")  # wanted, though nobody takes it now
    twin.forget()
    plug.plug()
    wait_for(lambda: twin.shown() == "8")
    wait_for(lambda: sign.state().code == "ok")


def test_several_signs_on_one_line_that_echoes(plug_in, signs):
    twin = SignTwin("kanban")
    twin.echoes = True
    sign = signs(plug_in(twin).open, Kanban(), address=5)
    sign.show("999")
    sign.show("12", address=6)
    wait_for(lambda: twin.all_shown() == {5: "999", 6: "12"})
    assert twin.frames == 2


def test_only_the_last_of_many_calls_matters(plug_in, signs):
    twin = SignTwin("alpha")
    sign = signs(plug_in(twin).open, Alpha())
    for number in range(200):
        sign.show(f"A{number:03d}")
    wait_for(lambda: twin.shown() == "A199")
    assert twin.frames < 200


@pytest.mark.parametrize(
    ("language", "label", "says"),
    [
        (Kanban(), "A001", r"number sign cannot show 'A' \(U\+0041\)"),
        (Kanban(), "70000", "up to 65535"),
        (Kanban(), "", "nothing was given"),
        (Alpha(), "号", r"Alpha sign cannot show '号' \(U\+53F7\)"),
        (Alpha(), "x" * 126, "125 characters"),
        (LedStrip(), "𠮷", r"cannot show '𠮷' \(U\+20BB7\); its font is GB2312"),
        (LedStrip(), "a\nb", "no printable"),
        (LedStrip(), "号" * 61, "120 bytes"),
    ],
)
def test_what_a_sign_lacks_is_refused_by_name(plug_in, signs, language, label, says):
    sign = signs(plug_in(SignTwin()).open, language)
    with pytest.raises(Unsupported, match=says):
        sign.show(label)


def test_what_a_sign_cannot_do_is_said(plug_in, signs):
    number, alpha = signs(plug_in(SignTwin()).open, Kanban()), signs(plug_in(SignTwin("alpha")).open, Alpha())
    strip_twin = SignTwin("ledstrip")
    strip = signs(plug_in(strip_twin).open, LedStrip())
    with pytest.raises(Unsupported, match="shows no text"):
        number.pause("PAUSE")
    for sign in (number, alpha, strip):
        with pytest.raises(Unsupported, match="brightness"):
            sign.set_brightness(50)
    with pytest.raises(Unsupported, match="0 to 100"):
        alpha.set_brightness(101)
    with pytest.raises(Unsupported, match="256"):
        number.show("1", address=256)
    with pytest.raises(Unsupported, match="300"):
        Signs(lambda: plug_in(SignTwin()).open(), Kanban(), address=300)
    strip.pause("暂停办理")
    wait_for(lambda: strip_twin.shown() == "暂停办理")
    with pytest.raises(ValueError, match="kanban"):
        SignTwin("morse")


def test_a_dialect_with_brightness_and_text(plug_in, signs):
    text = """
name = "lamp"
[[frames]]
name = "dim"
direction = "out"
fields = [{ const = "D0" }, { u8 = "address" }, { u8 = "percent" }]
[[frames]]
name = "text"
direction = "out"
fields = [{ const = "D1" }, { len = "n", of = "text" }, { bytes = "text", max = 20 }]
[commands]
brightness = { frame = "dim", field = "percent", as = "number" }
pause = { frame = "text", field = "text", as = "gb2312" }
"""
    language = DialectSign(read_dialect(text, "lamp.toml"))
    assert language.brightness(50, 3) == b"\xd0\x03\x32"
    assert language.text("停", 3) == bytes.fromhex("D1 02 CD A3")
    with pytest.raises(Unsupported, match="no command show"):
        language.label("1", 3)
    with pytest.raises(Unsupported, match="no command clear"):
        language.clear(3)


def test_golden_bytes():
    assert Kanban().label("999", 5) == bytes.fromhex("05 03 E7 EF")
    assert Alpha().label("A001", 0) == bytes.fromhex(
        "00 00 00 00 00 01 5A 30 30 02 41 41 1B 20 62 41 30 30 31 03 30 31 46 36 04"
    )
    assert LedStrip().label("啊阿", 0) == bytes.fromhex("21 21 55 aa 00 01 03 08 10 00 00 00 04 00 b0 a1 b0 a2")


def test_a_strip_on_the_network():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as strip:
        strip.bind(("127.0.0.1", 0))
        strip.settimeout(10)
        url = f"udp://127.0.0.1:{strip.getsockname()[1]}"
        sign = open_device("sign", "ledstrip", url)
        try:
            sign.show("啊阿")
            assert strip.recv(100).hex() == "212155aa0001030810000000" + "0400" + "b0a1b0a2"
            wait_for(lambda: sign.state().code == "ok")
        finally:
            sign.close()


def test_a_strip_that_is_switched_off_is_named():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as strip:
        strip.bind(("127.0.0.1", 0))
        port = strip.getsockname()[1]
    sign = open_device("sign", "ledstrip", f"udp://127.0.0.1:{port}")
    try:
        sign.show("1")
        wait_for(lambda: sign.state().code == "unplugged")
    finally:
        sign.close()


def test_an_alpha_port_is_7e1_unless_the_address_says_otherwise(tmp_path, plug_in, monkeypatch):
    asked = []
    monkeypatch.setattr(dialect_port, "open_transport", lambda address, baud: asked.append((address.line, baud)))
    dialect_port.opener(parse_address("serial:///dev/ttyS9"), Alpha.baud, Alpha.line)()
    dialect_port.opener(parse_address("serial:///dev/ttyS9?parity=N&bits=8&baud=19200"), Alpha.baud, Alpha.line)()
    assert asked == [({"bits": "7", "parity": "E"}, 9600), ({"bits": "8", "parity": "N"}, 9600)]


def test_noise_before_a_frame_costs_the_twin_nothing():
    twin = SignTwin("alpha")
    twin.feed(b"\x01Z00" * 9000 + Alpha().label("A1", 0))
    assert twin.shown() == "A1"
    strip = SignTwin("ledstrip")
    half = LedStrip().label("停", 0)
    strip.feed(b"??" + half[:9])
    strip.feed(half[9:-1])
    assert strip.shown() == ""
    strip.feed(half[-1:])
    assert strip.shown() == "停"
    wrong = bytearray(Alpha().label("A2", 0))
    wrong[-2] ^= 1
    twin.feed(bytes(wrong))
    assert twin.shown() == "A1"


@pytest.mark.skipif("HALL_HW_SIGN" not in os.environ, reason="HALL_HW_SIGN names no DRIVER=ADDRESS of a real sign")
def test_a_real_sign():
    """Look at it: it shows 888, then nothing."""
    driver, _, url = os.environ["HALL_HW_SIGN"].partition("=")
    sign = open_device("sign", driver, url)
    try:
        sign.show("888")
        wait_for(lambda: sign.state().code == "ok")
        sign.clear()
    finally:
        sign.close()
