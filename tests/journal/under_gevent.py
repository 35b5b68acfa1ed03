"""Append from a real OS thread in a process that gevent patched, while a greenlet keeps running beside it."""

import sys
import time

from gevent import monkey

monkey.patch_all()

import gevent  # noqa: E402

from queue_server.database import Database  # noqa: E402
from queue_server.journal import Answer, Entry, SqlJournal  # noqa: E402
from queue_server.threads import os_lock, start_os_thread  # noqa: E402

ROWS = 1500  # more than one checkpoint

database = Database(sys.argv[1])
journal = SqlJournal(database, "oubei")
done = os_lock()
done.acquire()
failure: list[Exception] = []


def write() -> None:
    try:
        for after in range(0, ROWS, 10):
            entries = [Entry(after + 1 + n, 0, "TicketIssued", 1, "{}", "rules", f"{after}-{n}", 0) for n in range(10)]
            journal.append(after, entries, [Answer(f"{after}-0", 0, "f", 201, b"{}")])
            assert journal.answers([f"{after}-0"])
    except Exception as err:  # noqa: BLE001 - shown by the assertion below
        failure.append(err)
    finally:
        done.release()


ticks = 0


def tick() -> None:
    global ticks
    while True:
        ticks += 1
        gevent.sleep(0.001)


ticker = gevent.spawn(tick)
start_os_thread(write)
deadline = time.monotonic() + 60
seen = 0
while not done.acquire(blocking=False):
    for entry in journal.read(seen):  # from the event loop, as pages do
        seen += 1
        assert entry.seq == seen
    gevent.sleep(0.005)
    assert time.monotonic() < deadline
ticker.kill()
assert not failure, failure
assert journal.last_seq() == ROWS
assert ticks > 5, ticks
journal.close()
database.close()
print("ok")
