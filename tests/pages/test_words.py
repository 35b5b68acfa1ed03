"""Every page speaks zh-CN and en completely, and has words for whatever the processes may answer."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from config.reasons import load_reasons
from drivers import errors as driver_errors
from kiosk import errors as kiosk_errors
from queue_server.hall.refusal import REFUSALS
from queue_server.web.problems import PROBLEMS

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "queue_server/web/shared/words"
FILES = sorted(path.name for path in (WORDS / "zh-CN").iterdir())
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def words(language: str, name: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((WORDS / language / name).read_text(encoding="utf-8"))
    return read


def test_both_languages_have_the_same_files() -> None:
    assert sorted(path.name for path in (WORDS / "en").iterdir()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_both_languages_have_the_same_words(name: str) -> None:
    chinese, english = words("zh-CN", name), words("en", name)
    assert list(chinese) == list(english)
    for key, sentence in chinese.items():
        assert sentence.strip(), key
        assert english[key].strip(), key
        assert set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", english[key])), key
        assert not CHINESE.search(english[key]), f"{key} is not translated"


def test_sentences_that_name_no_numbers_are_chinese_in_chinese() -> None:
    """Only signs, and parts of a sentence, may do without."""
    signs = {"not_yet", "list_separator", "said", "date_full", "date_at", "weekday_at"}
    for name in FILES:
        bare = {key for key, sentence in words("zh-CN", name).items() if not CHINESE.search(sentence)}
        assert bare <= signs, f"{name}: {bare - signs}"


def codes_of(module: object) -> set[str]:
    return {cls.code for cls in vars(module).values() if isinstance(cls, type) and "code" in vars(cls)}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_error_code_has_words(language: str) -> None:
    known = words(language, "errors.json")
    codes = set(REFUSALS) | set(PROBLEMS) | codes_of(kiosk_errors) | {"server_unreachable"}
    codes -= {"kiosk_error"}  # the base class, never raised itself
    assert {code for code in codes if f"error.{code}" not in known} == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_refusal_at_the_kiosk_says_why_and_what_to_do(language: str) -> None:
    known = words(language, "kiosk.json")
    why = {key for key in known if key.startswith("refusal.") and not key.endswith(".do")}
    assert {f"{key}.do" for key in why} == {key for key in known if key.startswith("refusal.") and key.endswith(".do")}
    shown = {"already_waiting", "quota_used", "hall_closed", "service_closed", "unknown_service", "server_unreachable"}
    shown |= {"not_durable", "slow_down", "invalid_values", "card_missing", "guardian_needed", "priority_not_offered"}
    assert {f"refusal.{code}" for code in shown} <= why


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_printers_troubles_have_words(language: str) -> None:
    known = words(language, "kiosk.json")
    troubles = (
        driver_errors.PaperOut,
        driver_errors.CoverOpen,
        driver_errors.Unplugged,
        driver_errors.Mute,
        driver_errors.PortBusy,
        driver_errors.NoAccess,
    )
    assert {error.code for error in troubles if f"printer.{error.code}" not in known} == set()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_national_reason_has_words(language: str) -> None:
    codes = {f"reason.{code}" for reasons in load_reasons().values() for code in reasons}
    assert set(words(language, "reasons.json")) == codes


def test_chinese_reasons_are_the_national_ones() -> None:
    national = {f"reason.{code}": text for reasons in load_reasons().values() for code, text in reasons.items()}
    assert words("zh-CN", "reasons.json") == national


def test_pages_look_up_only_words_that_exist() -> None:
    """Type checking proves it for whole keys; this finds keys that nobody uses any more."""
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("queue_server/web", "kiosk/web", "display/web", "drivers/simulated/panel/web")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".vue", ".ts"} and "static" not in path.parts
    )
    unused = {
        f"{name}: {key}"
        for name in FILES
        for key in words("en", name)
        if "." not in key and not re.search(rf"""["'`]{re.escape(key)}["'`]""", sources)
    }
    assert unused == set()
