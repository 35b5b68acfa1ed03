"""The kiosk's pages in every size and mode: whole, large enough, within reach; HALL_PHOTOS names a folder to keep
photographs in."""

from __future__ import annotations

from typing import Any

import page_scenes
import pytest
from kiosk_walk import KIOSKS, switch_on, through_the_kiosk
from page_checks import LANGUAGES, highest_target, opened, small_targets, whole
from page_stage import PageStage

pytestmark = pytest.mark.browser


# Modes where their words are longest; in Chinese, and colours alone, once.
COMBINATIONS = [
    *((language, size, "normal") for language in LANGUAGES for size in KIOSKS),
    *(("en", size, mode) for size in KIOSKS for mode in ("large", "low")),
    *(("zh-CN", "portrait", mode) for mode in ("large", "low", "contrast", "large+low")),
]


@pytest.mark.parametrize(("language", "size", "mode"), COMBINATIONS)
def test_the_kiosk_is_whole_in_every_size_and_mode(
    pages: PageStage, open_page: Any, language: str, size: str, mode: str
) -> None:
    page_scenes.some_closed(pages)
    page = opened(open_page, f"{pages.kiosk}/?lang={language}", KIOSKS[size])
    switch_on(page, mode)
    share = min(KIOSKS[size]) / 1080  # a 10″ kiosk is the same page, smaller

    def see(step: str) -> None:
        name = f"kiosk-{step}-{size}-{mode}-{language}"
        whole(page, name)
        assert small_targets(page, 80 * share, 16 * share) == [], step
        if "low" in mode:
            name, top = highest_target(page)
            assert top >= 0.4 * KIOSKS[size][1] - 1, f"{step}: {name} is too high for a wheelchair"

    through_the_kiosk(page, see)
