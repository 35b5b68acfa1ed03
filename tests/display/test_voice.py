"""The tokens of an announcement, as people say it."""

import pytest

from display.voice import announcement


@pytest.mark.parametrize(
    ("label", "window", "language", "said"),
    [
        ("A001", 3, "zh-CN", "chime please A 0 0 1 number to 3 window service"),
        ("A001", 3, "en", "chime ticket A 0 0 1 please go to window 3"),
        ("BC120", 12, "zh-CN", "chime please B C 1 2 0 number to 1 2 window service"),
        ("w-7", 101, "en", "chime ticket W 7 please go to window 1 0 1"),
    ],
)
def test_tokens(label: str, window: int, language: str, said: str) -> None:
    assert announcement(label, window, language) == said.split()
