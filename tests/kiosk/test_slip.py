"""The slip as UX.md draws it, in both languages, on both widths, short enough for a slow line."""

from __future__ import annotations

from typing import Any

import pytest
from fake_hall import HALL

from drivers.document import QrCode
from drivers.simulated.printer import PrinterTwin
from drivers.slip_bytes import encode_slip
from kiosk.slip import hall_words, in_language, service_line, slip

TICKET: Any = {
    "ticket_id": "Zt4q-x1_y7PzQw2K",
    "label": "A042",
    "serial": "20261120-000137",
    "service": "shebao",
    "state": "waiting",
    "priority": None,
    "ahead": 5,
    "estimate": {"p50_s": 480.0, "p90_s": 900.0},
    "for_window": None,
    "issued_at": "2026-11-20T02:24:05.123Z",
    "channel": "kiosk",
}
WORDS = hall_words(HALL, {"requeue_within_s": 1800})  # type: ignore[arg-type, typeddict-item]


def on_paper(ticket: Any, language: str, dots: int = 576, **options: Any) -> list[str]:
    printer = PrinterTwin(dots)
    printer.feed(encode_slip(slip(ticket, WORDS, language, **options), dots).data)
    return printer.slips()[0].text.splitlines()


def test_the_slip_in_chinese() -> None:
    linked = {**TICKET, "link": "https://h.example/t/Zt4q-x1_y7PzQw2K"}
    assert [line.strip() for line in on_paper(linked, "zh-CN")] == [
        "瓯北街道便民服务中心",
        "社保 Social insurance",
        "A042",
        "前面等候 5 人 · 约 8–15 分钟",
        "可到 2、3 号窗口办理",
        "2026-11-20 10:24",
        "请在休息区等候，注意叫号及大屏信息",
        "过号 30 分钟内可到导服台恢复",
        "[QR https://h.example/t/Zt4q-x1_y7PzQw2K]",
        "查看排队进度",
        "No. 20261120-000137",
    ]


def test_the_slip_in_english() -> None:
    assert [line.strip() for line in on_paper(TICKET, "en")] == [
        "Oubei Service Hall",
        "Social insurance 社保",
        "A042",
        "5 ahead of you, about 8-15 min",
        "Windows: 2, 3",
        "2026-11-20 10:24",
        "Please wait to be called",
        "Missed? Reception, 30 min",
        "[QR Zt4q-x1_y7PzQw2K]",
        "No. 20261120-000137",
    ]


@pytest.mark.parametrize(
    ("change", "reprint", "marks"),
    [
        ({}, False, []),
        ({"priority": "elderly"}, False, ["优先"]),
        ({"appointment": "ap_2k"}, True, ["预约", "补打"]),
        ({"priority": "elderly", "appointment": "ap_2k"}, True, ["优先", "预约", "补打"]),
    ],
)
def test_marks(change: dict[str, Any], reprint: bool, marks: list[str]) -> None:
    text = "\n".join(on_paper({**TICKET, **change}, "zh-CN", reprint=reprint))
    assert [mark for mark in ("优先", "预约", "补打") if mark in text] == marks


@pytest.mark.parametrize("dots", [576, 384])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_it_is_at_most_450_bytes_and_100_mm(language: str, dots: int) -> None:
    printed = encode_slip(slip({**TICKET, "priority": "elderly"}, WORDS, language, reprint=True), dots)
    assert len(printed.data) <= 450
    assert printed.height_mm <= 100


@pytest.mark.parametrize("dots", [576, 384])
def test_the_label_is_four_times_as_large(dots: int) -> None:
    document = slip(TICKET, WORDS, "zh-CN")
    label = next(block for block in document.blocks if getattr(block, "text", "") == "A042")
    assert (label.scale, label.bold) == (4, True)  # type: ignore[union-attr]


def test_who_is_next_reads_no_minutes() -> None:
    assert "前面没有人等候，请留意叫号" in "\n".join(on_paper({**TICKET, "ahead": 0}, "zh-CN"))
    assert "You are next" in "\n".join(on_paper({**TICKET, "ahead": 0}, "en"))


def test_the_next_one_is_told_how_long_who_is_served_may_take() -> None:
    first = {**TICKET, "ahead": 0}
    assert "前面没有人等候，请留意叫号 · 约 8–15 分钟" in "".join(on_paper(first, "zh-CN")).replace("\n", "")
    soon = {**first, "estimate": {"p50_s": 5.0, "p90_s": 70.0}}
    assert not [line for line in on_paper(soon, "zh-CN") if "分钟" in line and "约" in line], "hardly a wait"


def test_a_long_wait_is_told_in_fives_rounded_apart() -> None:
    long = {**TICKET, "estimate": {"p50_s": 46 * 60.0, "p90_s": 78.2 * 60}}
    assert "约 45–80 分钟" in "".join(on_paper(long, "zh-CN")).replace("\n", "")
    short = {**TICKET, "estimate": {"p50_s": 300.0, "p90_s": 660.0}}
    assert "约 5–15 分钟" in "".join(on_paper(short, "zh-CN")).replace("\n", "")


def test_without_an_estimate_only_people_are_counted() -> None:
    lines = [line.strip() for line in on_paper({**TICKET, "estimate": None}, "zh-CN")]
    assert "前面等候 5 人" in lines


def test_a_called_ticket_reprinted_says_nothing_of_waiting() -> None:
    text = "\n".join(on_paper({**TICKET, "state": "called"}, "zh-CN", reprint=True))
    assert "等候 5" not in text
    assert "补打" in text


def test_a_ticket_for_one_window_names_that_one() -> None:
    assert "可到 3 号窗口办理" in "\n".join(on_paper({**TICKET, "for_window": 3}, "zh-CN"))


def test_the_qr_code_holds_no_more_than_the_id() -> None:
    codes = [block.data for block in slip(TICKET, WORDS, "zh-CN").blocks if isinstance(block, QrCode)]
    assert codes == ["Zt4q-x1_y7PzQw2K"]


def test_a_language_without_words_is_printed_in_the_first_one() -> None:
    assert any("前面等候" in line for line in on_paper(TICKET, "ug"))


def test_a_service_or_word_that_is_missing_breaks_nothing() -> None:
    lines = [line.strip() for line in on_paper({**TICKET, "service": "gone"}, "zh-CN")]
    assert "gone" in lines
    assert in_language({}, "en") == ""
    assert service_line({"zh-CN": "社保"}, "en", ("zh-CN", "en")) == "社保"
