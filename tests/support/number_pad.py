"""Fingers on a kiosk's number pad, which is wired to the node: the browser never sees its keys."""

from __future__ import annotations

from typing import Any

from page_stage import PageStage
from playwright.sync_api import Page, expect

KIOSKS = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


def at(page: Page, step: str) -> None:
    expect(page.locator("main.step")).to_have_attribute("data-step", step, timeout=10_000)


# Where the focus is, whether it is to be seen, and whether all of it is.
_FOCUS = """() => {
  const on = document.activeElement;
  if (!on.matches("button, input, a[href]")) return { name: "", ring: "", whole: true };
  const style = getComputedStyle(on);
  const box = on.getBoundingClientRect();
  return {
    name: on.dataset.test ?? on.innerText.trim(),
    ring: `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`,
    whole: box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight + 1 && box.right <= innerWidth + 1,
  };
}"""


class Pad:
    """Fingers on the number pad. Each key waits until the page has taken it, as a person sees before the next one."""

    def __init__(self, stage: PageStage, page: Page) -> None:
        self._stage, self._page = stage, page
        page.evaluate(
            "() => { window.pressed = 0; addEventListener('keydown', () => window.pressed++, true);"
            " window.pointed = 0; addEventListener('pointerdown', () => window.pointed++, true); }"
        )
        self._keys = 0

    def press(self, keys: str) -> None:
        for key in keys:
            self._stage.keypad.enter("") if key == "\n" else self._stage.keypad.type(key)
            self._keys += 1
            self._page.wait_for_function(f"() => window.pressed >= {self._keys}", timeout=10_000)
            self._page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def focus(self) -> str:
        seen = self._page.evaluate(_FOCUS)
        assert seen["whole"], seen
        assert seen["name"] == "" or seen["ring"] == "solid 4px rgb(255, 176, 0)", seen
        return str(seen["name"])

    def walk(self, to: str) -> list[str]:
        """Plus, until `to` has the focus; every focus on the way is seen. Returns the way."""
        way: list[str] = []
        while to not in way:
            self.press("+")
            way.append(self.focus())
            assert len(way) < 60, way
        return way


def opened(open_page: Any, stage: PageStage, size: str, language: str = "zh-CN") -> tuple[Page, Pad]:
    page: Page = open_page(f"{stage.kiosk}/?lang={language}", *KIOSKS[size], reduced_motion="reduce")
    stage.printer.set_paper(True)  # whatever the test before left behind
    return page, Pad(stage, page)
