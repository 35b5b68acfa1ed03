"""How pages are built: only when their sources changed, from a lock file that names no registry."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hatch_build"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(tmp_path: Path, build: ModuleType) -> Path:
    for tool in build.TOOLS:
        shutil.copy(ROOT / tool, tmp_path / tool)
    for folder in (*build.OWNERS.values(), build.SHARED):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "a.ts").write_text("export const a = 1;\n")
    return tmp_path


def digests(build: ModuleType, tree: Path) -> dict[str, str]:
    return {owner: build.sources_digest(tree, owner) for owner in build.OWNERS}


def test_what_is_shared_makes_every_page_old(build: ModuleType, tree: Path) -> None:
    before = digests(build, tree)
    (tree / build.SHARED / "a.ts").write_text("export const a = 2;\n")
    after = digests(build, tree)
    assert all(before[owner] != after[owner] for owner in build.OWNERS)


@pytest.mark.parametrize("owner", ["kiosk", "display", "panel"])
def test_a_page_of_its_own_makes_only_its_owner_old(build: ModuleType, tree: Path, owner: str) -> None:
    before = digests(build, tree)
    (tree / build.OWNERS[owner] / "b.vue").write_text("<template />\n")
    after = digests(build, tree)
    assert {name for name in before if before[name] != after[name]} == {owner}


def test_what_was_built_and_what_python_holds_do_not_count(build: ModuleType, tree: Path) -> None:
    before = digests(build, tree)
    static = tree / build.OWNERS["kiosk"] / "static"
    static.mkdir()
    (static / "old.ts").write_text("built\n")
    (tree / build.OWNERS["kiosk"] / "node.py").write_text("x = 1\n")
    assert digests(build, tree) == before


def test_nothing_is_built_twice(build: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def note(root: Path, owner: str, digest: str) -> None:
        built.append(owner)
        static = root / build.OWNERS[owner] / "static"
        static.mkdir()
        (static / build.STAMP).write_text(digest)

    nothing: Callable[[Path], None] = lambda root: None  # noqa: E731
    monkeypatch.setattr(build, "_install", nothing)
    monkeypatch.setattr(build, "_build", note)
    assert build.build_pages(tree) == list(build.OWNERS)
    assert build.build_pages(tree) == []
    assert built == list(build.OWNERS)


def test_the_lock_names_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_no_page_asks_for_anything_the_policy_forbids() -> None:
    """Scripts and styles come as files, nothing is written into the page or its elements."""
    for page in (*ROOT.glob("*/web/*.html"), *ROOT.glob("drivers/simulated/panel/web/*.html")):
        html = page.read_text(encoding="utf-8")
        assert "<style" not in html, page
        assert " style=" not in html, page
        assert html.count("<script") == html.count('<script type="module" src='), page
    for folder in ("queue_server/web", "kiosk/web", "display/web", "drivers/simulated/panel/web"):
        for source in (ROOT / folder).rglob("*.vue"):
            text = source.read_text(encoding="utf-8")
            assert " style=" not in text.replace(" :style=", ""), source
            assert "v-html" not in text, source
