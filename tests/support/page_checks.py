"""What a page must keep to, whatever it shows: nothing cut off, targets large and apart, axe content; knows no page."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
PHOTOS = os.environ.get("HALL_PHOTOS")
LANGUAGES = ("zh-CN", "en")
FINGER_PX = 44  # what a finger hits on a phone
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# Text that leaves a box which hides or encloses it. A line of text is as high as its glyphs (1 em), not as its font's
# full height; `data-may-cut` marks the places that are meant to hide some of their text, such as a marquee.
_CUT_OFF = """() => {
  const found = new Set();
  const dialog = document.querySelector("dialog[open]");
  const desk = ["desk", "phone"].includes(document.documentElement.dataset.surface); // they scroll
  const walker = document.createTreeWalker(dialog ?? document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node; (node = walker.nextNode()); ) {
    const own = node.parentElement;
    if (!node.nodeValue.trim() || own.closest("[data-may-cut], .sr-only, script")) continue;
    if (!own.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const size = parseFloat(getComputedStyle(own).fontSize) * (own.currentCSSZoom ?? 1);
    range.selectNodeContents(node);
    for (const text of range.getClientRects()) {
      if (text.width < 1) continue;
      const spare = Math.max(0, (text.height - size) / 2);
      for (let box = own; box !== document.documentElement; box = box.parentElement) {
        const hides = getComputedStyle(box).overflowX !== "visible" || (box === document.body && !desk);
        if (!hides && !box.matches("button, a, dialog, td, th")) continue;
        const edge = box.getBoundingClientRect();
        const out = Math.max(edge.left - text.left, text.right - edge.right, edge.top - text.top - spare,
          text.bottom - spare - edge.bottom);
        const name = `${box.localName}.${box.className}`;
        if (out > 2) found.add(`"${node.nodeValue.trim().slice(0, 40)}" leaves ${name} by ${Math.round(out)} px`);
      }
    }
  }
  return [...found];
}"""

# Every two things to touch: how large each is, and how far apart they are.
_TARGETS = """() => {
  const within = document.querySelector("dialog[open]") ?? document.body;
  const touchable = within.querySelectorAll("button, a[href], label:has(input)");
  const all = [...touchable].filter((each) => each.checkVisibility());
  const name = (each) => each.dataset.test ?? each.innerText.trim().slice(0, 20);
  const boxes = all.map((each) => ({ name: name(each), box: each.getBoundingClientRect() }));
  const near = [];
  boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => {
    const dx = Math.max(one.box.left - other.box.right, other.box.left - one.box.right);
    const dy = Math.max(one.box.top - other.box.bottom, other.box.top - one.box.bottom);
    near.push({ between: [one.name, other.name], px: dx > 0 && dy > 0 ? Math.hypot(dx, dy) : Math.max(dx, dy) });
  }));
  return { sizes: boxes.map(({ name, box }) => ({ name, width: box.width, height: box.height, top: box.top })), near };
}"""

# Every text 30 % longer, also what the page writes later. Labels, times and numbers stay: they are no words.
LONGER = """(() => {
  const done = new WeakMap();
  const lengthen = (node) => {
    const text = node.nodeValue;
    if (done.get(node) === text || !/[A-Za-z\\u4e00-\\u9fff]/.test(text)) return;
    if (node.parentElement?.closest(".label, time, code, script, style, title, [data-may-cut]")) return;
    const letters = [...text.trim()];
    const more = letters.slice(0, Math.ceil(letters.length * 0.3)).join("");
    const longer = text.trimEnd() + (/[A-Za-z]$/.test(text.trim()) ? " " : "") + more;
    done.set(node, longer);
    node.nodeValue = longer;
  };
  const all = (root) => {
    if (root.nodeType === Node.TEXT_NODE) return lengthen(root);
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    nodes.forEach(lengthen);
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "characterData") lengthen(change.target);
      change.addedNodes.forEach(all);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
})();"""


def opened(open_page: Any, url: str, size: tuple[int, int], **options: Any) -> Page:
    """Without motion, because a photograph of a flash shows either half of it."""
    page: Page = open_page(url, *size, reduced_motion="reduce", **options)
    return page


def lengthened(browser: Browser, url: str, size: tuple[int, int]) -> Page:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    context.add_init_script(LONGER)
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("body[data-ready=true]", timeout=20_000)
    return page


def photograph(page: Page, name: str, **options: Any) -> None:
    """Keep how it looks in the folder that HALL_PHOTOS names. Without one nobody would look, and a photograph takes
    longer than all the measuring."""
    if PHOTOS:
        page.screenshot(path=Path(PHOTOS) / f"{name}.png", **options)


def whole(page: Page, name: str) -> None:
    """Photograph it as it is after its next frame; nothing of it is cut off or lies over something else."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    photograph(page, name)
    assert cut_off(page) == [], name
    assert overlapping(page) == [], name


def fits_a_phone(page: Page, name: str) -> None:
    """What every page on a phone must keep to."""
    photograph(page, name, full_page=True)
    assert cut_off(page) == [], name
    assert small_targets(page, FINGER_PX, 8) == [], name
    assert axe(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"


def cut_off(page: Page) -> list[str]:
    """Texts that are not wholly seen."""
    found: list[str] = page.evaluate(_CUT_OFF)
    return found


def overlapping(page: Page) -> list[str]:
    """Pairs of things to touch that lie over each other."""
    return [" and ".join(pair["between"]) for pair in page.evaluate(_TARGETS)["near"] if pair["px"] < 0]


def small_targets(page: Page, least_px: float, apart_px: float) -> list[str]:
    """Things to touch that are too small or too near to another."""
    found: Any = page.evaluate(_TARGETS)
    small = [
        f"{one['name']} is {one['width']:.0f} × {one['height']:.0f} px"
        for one in found["sizes"]
        if min(one["width"], one["height"]) < least_px - 0.5
    ]
    near = [f"{' and '.join(p['between'])}: {p['px']:.0f} px" for p in found["near"] if p["px"] < apart_px - 0.5]
    return small + near


def highest_target(page: Page) -> tuple[str, float]:
    """The thing to touch that lies highest, and where it begins, px from the top."""
    sizes = page.evaluate(_TARGETS)["sizes"]
    highest = min(sizes, key=lambda one: one["top"])
    return str(highest["name"]), float(highest["top"])


def axe(page: Page) -> list[str]:
    """What axe-core finds: WCAG A to AAA contrast and its best practices. Injected by the debugger, past the policy."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    # A flash in the middle of its colours is no state of its own; axe looks at the colours between flashes.
    options = {
        "resultTypes": ["violations"],
        "rules": {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}},
    }
    answer = page.evaluate(f"() => axe.run(document, {json.dumps(options)})")
    return [
        f"{violation['id']}: {node['target'][0]} – {node['failureSummary'].splitlines()[-1].strip()}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]
