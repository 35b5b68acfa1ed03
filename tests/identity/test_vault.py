"""One citizen is one reference a day; what is sealed opens only as it was sealed; what is forgotten is gone."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from queue_server import tables
from queue_server.audit import audit_rows
from queue_server.citizen import Citizen
from queue_server.database import Database
from queue_server.errors import Forgotten
from queue_server.identity import Vault
from queue_server.journal import Entry, Sealed, SqlJournal

HALL = "oubei"
DAY, NEXT = "2026-11-20", "2026-11-21"
WANG = Citizen(id_number="11010519491231002X", name="王小明", phone="13812341234")
ROOT = Path(__file__).parents[2]


def store(database: Database, *rows: Sealed | None) -> None:
    journal = SqlJournal(database, HALL)
    journal.append(journal.last_seq(), [], sealed=[row for row in rows if row is not None])
    journal.close()


def test_a_reference_is_of_one_citizen_and_one_day(vault: Vault) -> None:
    reference = vault.reference(DAY, WANG)
    assert reference is not None
    assert reference.startswith("c_")
    assert len(reference) == 28
    assert vault.reference(DAY, Citizen(id_number=WANG.id_number)) == reference, "the ID number alone decides"
    assert vault.reference(DAY, Citizen(phone=WANG.phone)) != reference
    assert vault.reference(DAY, Citizen(phone="+86 138 1234 1234")) == vault.reference(DAY, Citizen(phone=WANG.phone))
    assert vault.reference(NEXT, WANG) != reference
    assert vault.reference(DAY, Citizen(name="王小明")) is None
    assert vault.reference(DAY, Citizen()) is None


def test_halls_and_keys_have_references_of_their_own(database: Database, vault: Vault, key: bytes) -> None:
    assert Vault(database, "sanjiang", key, (), 30).reference(DAY, WANG) != vault.reference(DAY, WANG)


def test_another_process_agrees(database: Database, vault: Vault, tmp_path: Path) -> None:
    reference = vault.reference(DAY, WANG)
    program = (
        "import sys; from pathlib import Path; from queue_server.database import Database;"
        "from queue_server.identity import Vault; from queue_server.citizen import Citizen;"
        "from queue_server.keys import load_key; d = Database(sys.argv[1]);"
        "v = Vault(d, 'oubei', load_key(d, 'oubei', Path(sys.argv[2])), (), 30);"
        "print(v.reference('2026-11-20', Citizen(id_number='11010519491231002x'))); d.close()"
    )
    url = database.engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    done = subprocess.run(
        [sys.executable, "-c", program, url, str(tmp_path / "identity.key")],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == reference


def test_processes_that_meet_on_a_new_day_agree(database: Database, key: bytes) -> None:
    found: list[str | None] = []
    start = threading.Barrier(4)

    def meet() -> None:
        own = Vault(database, HALL, key, (), 30)
        start.wait(30)
        found.append(own.reference(DAY, WANG))

    threads = [threading.Thread(target=meet) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    assert len(set(found)) == 1


def test_sealed_fields_open_only_where_they_belong(vault: Vault) -> None:
    row = vault.seal(DAY, "c_a", "citizen", {"name": "王小明"})
    assert vault.open_sealed(row) == {"name": "王小明"}
    assert "王小明".encode() not in row.sealed
    assert vault.seal(DAY, "c_a", "citizen", {"name": "王小明"}).sealed != row.sealed
    vault.reference(NEXT, WANG)
    for moved in (
        replace(row, ref="c_b"),
        replace(row, purpose="note"),
        replace(row, day=NEXT),
        replace(row, sealed=row.sealed[:-1] + bytes([row.sealed[-1] ^ 1])),
        replace(row, sealed=b""),
    ):
        with pytest.raises(Forgotten):
            vault.open_sealed(moved)


def test_only_what_the_hall_keeps_is_sealed(database: Database, key: bytes) -> None:
    some = Vault(database, HALL, key, ("name",), 30)
    row = some.seal_citizen(DAY, some.reference(DAY, WANG), WANG)
    assert row is not None
    assert some.open_sealed(row) == {"name": "王小明"}
    assert Vault(database, HALL, key, (), 30).seal_citizen(DAY, "c_a", WANG) is None
    assert some.seal_citizen(DAY, None, Citizen(name="王小明")) is None


def test_a_second_ticket_that_says_less_loses_nothing(database: Database, vault: Vault) -> None:
    reference = vault.reference(DAY, WANG)
    assert reference is not None
    store(database, vault.seal_citizen(DAY, reference, WANG))
    store(database, vault.seal_citizen(DAY, reference, Citizen(id_number=WANG.id_number)))
    store(database, vault.seal_citizen(DAY, reference, WANG))
    assert vault.fields(reference) == {"id_number": WANG.id_number, "name": "王小明", "phone": WANG.phone}
    assert vault.fields("c_nobody") == {}


def test_days_are_forgotten_after_keep_days_and_references_cannot_be_made_again(
    database: Database, vault: Vault, key: bytes
) -> None:
    old = vault.reference("2026-10-20", WANG)
    row = vault.seal_citizen("2026-10-20", old, WANG)
    kept = vault.reference("2026-10-21", WANG)
    store(database, row, vault.seal_citizen("2026-10-21", kept, WANG))
    assert row is not None
    assert old is not None
    assert kept is not None
    assert vault.purge(DAY) == 1
    assert vault.fields(old) == {}
    assert vault.fields(kept)["name"] == "王小明"
    for one in (vault, Vault(database, HALL, key, (), 30)):
        with pytest.raises(Forgotten):
            one.open_sealed(row)  # as from a backup of the row
    assert vault.reference("2026-10-21", WANG) == kept
    assert vault.reference("2026-10-20", WANG) != old
    assert vault.purge(DAY) == 0


def test_a_citizen_finds_everything_and_has_it_deleted(database: Database, vault: Vault) -> None:
    by_id, by_phone = vault.reference(DAY, WANG), vault.reference(NEXT, Citizen(phone=WANG.phone))
    other = vault.reference(DAY, Citizen(phone="13900000000"))
    assert other is not None
    store(
        database,
        vault.seal_citizen(DAY, by_id, WANG),
        vault.seal_citizen(NEXT, by_phone, Citizen(phone=WANG.phone)),
        vault.seal_citizen(DAY, other, Citizen(phone="13900000000", name="别人")),
        vault.note(DAY, "等了很久", by_id),
        vault.note(DAY, "谁也不是"),
    )
    asks = Citizen(phone=WANG.phone)
    found = vault.find(asks, who="staff:li", reason="art. 45", at_ms=1)
    assert {(one.ref, one.day) for one in found if one.purpose != "note"} == {(by_id, DAY), (by_phone, NEXT)}
    assert [one.fields["text"] for one in found if one.purpose == "note"] == ["等了很久"]
    assert "王小明" not in repr(found)
    assert vault.delete_citizen(asks, who="staff:li", reason="art. 47", at_ms=2) == 3
    assert vault.find(WANG, who="staff:li", reason="check", at_ms=3) == []
    assert vault.fields(other) == {"phone": "13900000000", "name": "别人"}
    rows = audit_rows(database, HALL)
    assert [(row.at_ms, row.who, row.reason) for row in rows] == [
        (3, "staff:li", "check"), (2, "staff:li", "art. 47"), (1, "staff:li", "art. 45")
    ]  # fmt: skip
    assert "3 rows" in rows[1].what


def test_one_damaged_row_hides_no_other(database: Database, vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    good, bad = vault.note(DAY, "good"), vault.note(DAY, "bad")
    reference = vault.reference(DAY, WANG)
    store(database, good, bad, vault.seal_citizen(DAY, reference, WANG))
    with database.writing() as connection:
        connection.execute(update(tables.vault).where(tables.vault.c.ref == bad.ref).values(sealed=b"\0" * 40))
    assert len(vault.find(WANG, who="staff:li", reason="r", at_ms=1)) == 1
    assert vault.fields(bad.ref) == {}
    assert vault.fields(good.ref) == {"text": "good"}


def test_fingerprints_tell_bodies_apart_and_need_the_key(database: Database, vault: Vault, key: bytes) -> None:
    assert vault.fingerprint(b"a") == Vault(database, HALL, key, (), 30).fingerprint(b"a")
    assert vault.fingerprint(b"a") != vault.fingerprint(b"b")
    assert vault.fingerprint(b"a") != Vault(database, "another", b"\2" * 32, (), 30).fingerprint(b"a")


def test_no_file_of_the_data_folder_shows_a_person(database: Database, vault: Vault, tmp_path: Path) -> None:
    marked = Citizen(id_number="990101190001019999", name="标记甲乙", phone="19900001234")
    reference = vault.reference(DAY, marked)
    journal = SqlJournal(database, HALL)
    entry = Entry(1, 1, "TicketIssued", 1, f'{{"citizen":"{reference}"}}', "node:kiosk-1", "command", 0)
    sealed = [row for row in (vault.seal_citizen(DAY, reference, marked), vault.note(DAY, "标记甲乙写的")) if row]
    journal.append(0, [entry], sealed=sealed)
    vault.find(marked, who="staff:li", reason="asked", at_ms=1)
    secrets = [word.encode(code) for word in (marked.id_number, marked.name, marked.phone) for code in CODES]  # type: ignore[union-attr]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        assert not [word for word in secrets if word in content], path.name
    if database.is_sqlite:
        assert any(reference.encode() in path.read_bytes() for path in files), "this search would find nothing"  # type: ignore[union-attr]
    for table in tables.metadata.sorted_tables:
        with database.reading() as connection:
            said = str(connection.execute(select(table)).all())
        assert "标记" not in said
        assert "990101190001019999" not in said
        assert "19900001234" not in said
    vault.delete_citizen(marked, who="staff:li", reason="asked", at_ms=2)
    journal.close()


CODES = ("utf-8", "utf-16-le", "gb18030")
