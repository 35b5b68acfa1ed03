"""The long day in short: what citizens and calls leave behind in a wall's and a kiosk's page; how long it takes is no
matter here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TICKETS = 8  # in each hour
KEPT_KIB = 4.0  # half of one for each citizen; what a page is just doing takes less
sys.path.insert(0, str(HERE))

from chromium import switches, unavailable  # noqa: E402
from long_day import live  # noqa: E402


@pytest.mark.skipif(unavailable() is not None, reason="needs Chromium")
@pytest.mark.timeout(120)
def test_pages_keep_nothing_of_a_citizen(tmp_path: Path) -> None:
    """No object, listener or piece of a page stays of those of the second hour."""
    first, second = live(tmp_path / "hall", hours=2, tickets=2 * TICKETS, speed=3600)
    assert second.tickets > first.tickets > 0
    for name, page in second.pages.items():
        before = first.pages[name]
        assert page.objects_kib < before.objects_kib + KEPT_KIB, name
        assert page.listeners < before.listeners + TICKETS / 2, name
        # The wall may be at another picture of its folder, or between two.
        assert page.nodes < before.nodes + 40, name
        assert page.documents == before.documents, name


@pytest.mark.parametrize("unit", ["hall-kiosk-browser.service", "hall-display-browser.service"])
def test_it_measures_the_browser_that_halls_have(unit: str) -> None:
    used = switches(unit)
    assert "--js-flags=--disable-optimizing-compilers" in used
    assert "--incognito" in used
    assert not any(word.startswith(("--app", "--kiosk", "--user-data-dir", "-d", "/")) for word in used)
