"""References of bookings: the same for a month, found again for half a year, apart from tickets, then nobody's."""

from __future__ import annotations

from sqlalchemy import insert

from queue_server.citizen import Citizen
from queue_server.database import Database
from queue_server.identity import Vault
from queue_server.tables import vault as rows

LI = Citizen(id_number="330101199001011011", name="李示例", phone="13812341234")


def test_a_booking_is_known_by_card_and_by_phone_all_month(vault: Vault) -> None:
    refs = vault.booking_references("2026-11-20", LI)
    assert len(set(refs)) == 2
    assert vault.booking_references("2026-11-30", LI) == refs
    assert not set(vault.booking_references("2026-12-01", LI)) & set(refs)
    assert vault.reference("2026-11-20", LI) not in refs, "tickets and bookings can't be linked"
    assert set(vault.known_as("2026-12-15", LI)) >= {*refs, *vault.booking_references("2026-12-01", LI)}
    by_card, by_phone = refs
    assert by_card in vault.known_as("2026-11-21", Citizen(id_number="330101 19900101 1011"))
    assert by_phone in vault.known_as("2026-11-21", Citizen(phone="+86 138-1234-1234"))
    assert by_phone not in vault.known_as("2026-11-21", Citizen(id_number=LI.id_number))
    assert vault.known_as("2026-11-21", Citizen(phone="13900000000")) != ()
    assert not set(vault.known_as("2026-11-21", Citizen(phone="13900000000"))) & set(refs)


def test_every_month_is_looked_at_and_nothing_is_made_by_looking(vault: Vault) -> None:
    assert vault.known_as("2026-11-20", LI) == ()
    for month in range(1, 13):
        vault.booking_references(f"2027-{month:02d}-15", LI)
    assert len(vault.known_as("2027-07-31", LI)) >= 2 * 9, "half a year back, three months ahead"


def test_names_stay_until_the_days_after_the_appointment(database: Database, vault: Vault) -> None:
    refs = vault.booking_references("2026-12-20", LI)
    kept = vault.seal_citizen("2026-12-20", refs[0], LI)
    assert kept is not None
    with database.writing() as connection:
        connection.execute(
            insert(rows).values(hall="oubei", ref=kept.ref, day=kept.day, purpose=kept.purpose, sealed=kept.sealed)
        )
    vault.purge("2027-01-19")
    assert vault.names(refs) == {refs[0]: "李示例"}
    found = vault.find(LI, who="boss", reason="asked", at_ms=0)
    assert [one.ref for one in found] == [refs[0]]
    vault.purge("2027-01-20")
    assert vault.names(refs) == {}
    assert vault.booking_references("2026-12-01", LI) == refs, "missed appointments still count"
    vault.purge("2027-08-15")
    assert vault.booking_references("2026-12-01", LI) != refs, "its key is gone, and with it every way back"
