"""Cards of staff, notices and their pictures in the hall's database; knows no journal and no page.

They are kept apart from the journal because they name people: what is changed or taken down here is gone. A picture
is made anew from its pixels, so that nothing else of a photograph (place, time, camera) is kept.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import warnings
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy import Connection, delete, insert, select

from queue_server.readers.public import Card, Notice, Public

from .audit import AuditRow, record
from .database import Database
from .errors import BadPicture
from .tables import pictures, public_items
from .tables import staff as staff_table

CARD, NOTICE = "card", "notice"
NOTICES = 200
PICTURE_PIXELS = 20_000_000
PICTURE_SIDE = 1600  # of the longer side; a wall and a kiosk show no more of a page
UNUSED_KEPT_MS = 3600 * 1000
_FORMATS = ("JPEG", "PNG", "WEBP")


class PublicStore:
    """Of one hall. Every method waits for the disk and raises `NotReadable` or `NotDurable` when it is gone."""

    def __init__(self, database: Database, hall: str) -> None:
        self._database, self._hall = database, hall

    def load(self) -> Public:
        """All there is; cards of accounts only that are still there."""
        items = select(public_items.c.kind, public_items.c.id, public_items.c.data).where(
            public_items.c.hall == self._hall
        )
        accounts = select(staff_table.c.id, staff_table.c.window).where(staff_table.c.hall == self._hall)
        with self._database.reading() as connection:
            rows = [(row.kind, row.id, json.loads(row.data)) for row in connection.execute(items)]
            windows = {row.id: row.window for row in connection.execute(accounts)}
        cards = {
            id_: Card(id_, window=windows[id_], **data) for kind, id_, data in rows if kind == CARD and id_ in windows
        }
        notices = [Notice(id_, **data) for kind, id_, data in rows if kind == NOTICE]
        return Public(cards, tuple(sorted(notices, key=lambda each: (each.first, each.id), reverse=True)))

    def keep_card(self, staff: str, data: Mapping[str, Any], *, by: str) -> None:
        """`data`: the other fields of `Card` but its window."""
        self._keep(CARD, staff, data, by)

    def keep_notice(self, notice: str, data: Mapping[str, Any], *, by: str) -> bool:
        """`data`: the other fields of `Notice`. False when there are so many that one must be taken down first."""
        count = select(public_items.c.id).where(public_items.c.hall == self._hall, public_items.c.kind == NOTICE)
        with self._database.reading() as connection:
            there = set(connection.execute(count).scalars())
        if notice not in there and len(there) >= NOTICES:
            return False
        self._keep(NOTICE, notice, data, by)
        return True

    def drop_notice(self, notice: str, *, by: str) -> bool:
        """Whether there was one."""
        with self._database.writing() as connection:
            gone = connection.execute(delete(public_items).where(self._this(NOTICE, notice))).rowcount
            if gone:
                self._audit(connection, by, f"notice remove {notice}")
        return bool(gone)

    # -- pictures ----------------------------------------------------------------------------------------------------

    def add_picture(self, data: bytes) -> str:
        """Keep a picture and say its id: the same picture has the same one. Raises `BadPicture`."""
        jpeg = plain_picture(data)
        picture = hashlib.sha256(jpeg).hexdigest()[:32]
        this = (pictures.c.hall == self._hall) & (pictures.c.id == picture)
        with self._database.writing() as connection:
            connection.execute(delete(pictures).where(this))
            connection.execute(insert(pictures).values(hall=self._hall, id=picture, jpeg=jpeg, added_ms=_now_ms()))
        return picture

    def picture(self, picture: str) -> bytes | None:
        with self._database.reading() as connection:
            found = select(pictures.c.jpeg).where(pictures.c.hall == self._hall, pictures.c.id == picture)
            jpeg = connection.execute(found).scalar()
        return None if jpeg is None else bytes(jpeg)

    def has_picture(self, picture: str) -> bool:
        with self._database.reading() as connection:
            found = select(pictures.c.id).where(pictures.c.hall == self._hall, pictures.c.id == picture)
            return connection.execute(found).first() is not None

    def forget_pictures(self) -> None:
        """Delete those that no card and no notice shows, an hour after they came at the soonest: one may be on its way
        into a form."""
        public = self.load()
        used = {each.photo for each in public.cards.values()} | {each.picture for each in public.notices}
        old = (pictures.c.hall == self._hall) & (pictures.c.added_ms < _now_ms() - UNUSED_KEPT_MS)
        with self._database.writing() as connection:
            connection.execute(delete(pictures).where(old, pictures.c.id.not_in({id_ for id_ in used if id_})))

    # -- inside ------------------------------------------------------------------------------------------------------

    def _keep(self, kind: str, id_: str, data: Mapping[str, Any], by: str) -> None:
        text = json.dumps(dict(data), ensure_ascii=False)
        with self._database.writing() as connection:
            connection.execute(delete(public_items).where(self._this(kind, id_)))
            connection.execute(insert(public_items).values(hall=self._hall, kind=kind, id=id_, data=text))
            self._audit(connection, by, f"{kind} set {id_}")

    def _this(self, kind: str, id_: str) -> Any:
        table = public_items.c
        return (table.hall == self._hall) & (table.kind == kind) & (table.id == id_)

    def _audit(self, connection: Connection, by: str, what: str) -> None:
        record(connection, self._hall, AuditRow(_now_ms(), by, what, ""))


def plain_picture(data: bytes) -> bytes:
    """A JPEG of at most `PICTURE_SIDE` pixels made from the pixels alone. Raises `BadPicture`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                if opened.width * opened.height > PICTURE_PIXELS:
                    raise BadPicture("The picture has too many pixels: save it smaller.")
                upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture("This is no JPEG, PNG or WebP picture, or it is broken: save it anew.") from None
    upright.thumbnail((PICTURE_SIDE, PICTURE_SIDE))
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=88)
    return out.getvalue()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
