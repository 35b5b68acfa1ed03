"""The logo of a slip: once, at the top, small, whatever picture a hall has."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from drivers.document import Document, TextLine
from drivers.errors import BadDocument
from drivers.logo import load_logo
from drivers.registry import open_device
from drivers.simulated.line import PtyLine
from drivers.simulated.printer import PrinterTwin
from drivers.slip_bytes import encode_slip

SLIP = Document((TextLine("A042"), TextLine("社保", align="left")))


def test_a_logo_stands_once_at_the_top(tmp_path):
    picture = Image.new("RGBA", (1000, 300), (255, 255, 255, 0))
    ImageDraw.Draw(picture).rectangle((0, 0, 999, 299), fill=(200, 0, 0, 255))
    picture.save(tmp_path / "logo.png")
    twin = PrinterTwin(384)
    line = PtyLine(twin, tmp_path / "printer")
    printer = open_device(
        "printer", "escpos", f"serial://{tmp_path}/printer", width_mm=58, logo=str(tmp_path / "logo.png")
    )
    assert printer.print(SLIP).outcome == "printed"
    printer.close()
    line.close()
    (slip,) = twin.slips()
    assert slip.text.splitlines()[0] == "[image 240×72]"
    assert slip.text.count("image") == 1
    drawn = slip.image()
    assert [bool(drawn.getpixel((x, 30))) for x in (60, 192, 320)] == [True, False, True]


def test_a_logo_takes_at_most_its_bytes(tmp_path):
    Image.new("L", (400, 4000), 0).save(tmp_path / "tall.png")
    with_logo = encode_slip(SLIP, 576, logo=load_logo(str(tmp_path / "tall.png"))).data
    assert len(with_logo) - len(encode_slip(SLIP, 576).data) <= 2_500


@pytest.mark.parametrize("content", [b"", b"no picture"])
def test_what_is_no_picture_is_said_at_once(tmp_path, content):
    (tmp_path / "logo.png").write_bytes(content)
    with pytest.raises(BadDocument, match="PNG"):
        open_device("printer", "escpos", "serial:///dev/x", logo=str(tmp_path / "logo.png"))
    with pytest.raises(BadDocument):
        load_logo(str(tmp_path / "missing.png"))
