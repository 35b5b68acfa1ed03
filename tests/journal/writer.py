"""A writer as a process: append COUNT entries one by one, deciding again after every Conflict."""

from __future__ import annotations

import sys

from queue_server.database import Database
from queue_server.errors import Conflict
from queue_server.journal import Entry, SqlJournal


def main(url: str, name: str, count: int) -> None:
    database = Database(url)
    journal = SqlJournal(database, "oubei")
    for n in range(count):
        while True:
            after = journal.last_seq()
            try:
                journal.append(after, [Entry(after + 1, n, "TicketIssued", 1, "{}", "rules", f"{name}-{n}", 0)])
            except Conflict:
                continue
            break
    journal.close()
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
