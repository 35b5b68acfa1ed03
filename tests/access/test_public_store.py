"""Cards, notices and pictures in both kinds of database: kept, read back, and gone when nobody needs them."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from queue_server import public_store
from queue_server.access import Access
from queue_server.audit import audit_rows
from queue_server.database import Database
from queue_server.errors import BadPicture
from queue_server.public_store import PublicStore, plain_picture

from .conftest import HALL

CARD: dict[str, Any] = {"name": {"zh-CN": "李样本"}, "title": {}, "number": "", "photo": None, "shown": True}
NOTICE: dict[str, Any] = {
    "title": {"zh-CN": "公示"},
    "body": {"zh-CN": "张样本等三户"},
    "first": "2026-11-20",
    "last": None,
    "picture": None,
    "wall": False,
}


def _png(color: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (30, 40), color).save(out, "PNG", **options)
    return out.getvalue()


def test_what_is_kept_is_read_back_and_goes_for_good(
    database: Database, access: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PublicStore(database, HALL)
    access.add_staff("li", "login name", "staff", 2, "long enough 7")
    used, unused = store.add_picture(_png("navy")), store.add_picture(_png("white"))
    assert store.add_picture(_png("navy")) == used, "the same picture is kept once"
    store.keep_card("li", {**CARD, "photo": used}, by="manager:boss")
    store.keep_card("gone", CARD, by="manager:boss")
    assert store.keep_notice("one", NOTICE, by="manager:boss")
    assert store.keep_notice("two", {**NOTICE, "first": "2026-11-21"}, by="manager:boss")
    assert store.keep_notice("one", {**NOTICE, "wall": True}, by="manager:boss"), "written anew"
    public = PublicStore(database, HALL).load()
    assert [(card.staff, card.window, card.photo) for card in public.cards.values()] == [("li", 2, used)]
    assert [(notice.id, notice.wall) for notice in public.notices] == [("two", False), ("one", True)], "newest first"
    assert PublicStore(database, "another").load() == PublicStore(database, "third").load()
    monkeypatch.setattr(public_store, "NOTICES", 2)
    assert not store.keep_notice("three", NOTICE, by="manager:boss")
    assert store.drop_notice("two", by="manager:boss")
    assert not store.drop_notice("two", by="manager:boss")
    store.forget_pictures()
    assert store.has_picture(unused), "it may be on its way into a form"
    monkeypatch.setattr(public_store, "UNUSED_KEPT_MS", -1000)
    store.forget_pictures()
    assert (store.picture(unused), store.has_picture(used)) == (None, True)
    access.remove_staff("li", by="manager:boss")
    assert store.load().cards == {}
    access.add_staff("li", "another person", "staff", None, "long enough 7")
    assert store.load().cards == {}, "a new person under an old name has no card"
    said = [row.what for row in audit_rows(database, HALL)]
    assert {"card set li", "notice set one", "notice remove two"} <= set(said)
    assert not any("样本" in what for what in said)


@pytest.mark.parametrize("wrong", [b"", b"GIF89a", _png("red")[:60]])
def test_what_is_no_picture(wrong: bytes) -> None:
    with pytest.raises(BadPicture):
        plain_picture(wrong)


def test_what_shines_through_is_white() -> None:
    with Image.open(io.BytesIO(plain_picture(_png("#00000000")))) as shown:
        assert shown.getpixel((5, 5)) == (255, 255, 255)
