"""Passwords, tokens and the vault from gevent's thread pool and from its loop, in a process that gevent patched."""

import sys
from pathlib import Path

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402
from gevent import get_hub  # noqa: E402

from queue_server.access import Access  # noqa: E402
from queue_server.citizen import Citizen  # noqa: E402
from queue_server.database import Database  # noqa: E402
from queue_server.identity import Vault  # noqa: E402
from queue_server.keys import load_key  # noqa: E402

database = Database(sys.argv[1])
key = load_key(database, "oubei", Path(sys.argv[2]))
access = Access(database, "oubei", key)
vault = Vault(database, "oubei", key, ("name",), 30)
access.add_staff("li", "L", "staff", None, "Nine horses, 5 carts")
token = access.create_token("node")


ticks = 0


def tick() -> None:
    global ticks
    while True:
        ticks += 1
        gevent.sleep(0.001)


def sign_in(_n: int) -> bool:
    return get_hub().threadpool.apply(access.check_password, ("li", "Nine horses, 5 carts")) is not None


def ask(n: int) -> bool:
    reference = vault.reference(f"2026-11-{n + 1:02}", Citizen(phone="13812341234"))
    get_hub().threadpool.apply(vault.purge, ("2026-11-20",))
    return reference is not None and access.principal_of_token(token) is not None


ticker = gevent.spawn(tick)
jobs = [gevent.spawn(work, n) for n in range(20) for work in (sign_in, ask)]
gevent.joinall(jobs, timeout=60, raise_error=True)
ticker.kill()
assert ticks > 20, f"the loop stood still while passwords were checked: {ticks}"
assert [job.value for job in jobs] == [True] * 40
assert access.principal_of_session(access.new_session(access.all_staff()[0])).id == "li"
database.close()
print("ok")
