"""Who is told what by Web Push, and when: "three before you", and the call; knows no cryptography and no push service.

Subscriptions are kept in memory for the look at every change, and sealed in the vault for the next start.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping

import gevent
from gevent import get_hub
from gevent.event import Event as Signal

from queue_server.errors import NotDurable
from queue_server.hall.ahead import ahead
from queue_server.hall.state import Ticket
from queue_server.identity import Vault
from queue_server.phone_links import PATH, Links
from queue_server.phone_push import PURPOSE, Message, PushThread, Subscription, VapidKey, payload
from queue_server.readers.phone import NOTICE_AHEAD
from queue_server.readers.views import Views

EVERY_S = 1.0
FIELDS = ("endpoint", "p256dh", "auth", "language")
ENDED = ("finished", "cancelled")
WORDS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "soon": "{label} 快到了",
        "soon_body": "前面还有 {n} 人，请回到等候区",
        "soon_next": "下一位就是您，请回到等候区",
        "called": "请 {label} 到 {window} 号窗口",
        "called_body": "正在叫您的号码",
    },
    "en": {
        "soon": "{label}: nearly your turn",
        "soon_body": "{n} ahead of you. Please come back to the waiting area",
        "soon_next": "You are next. Please come back to the waiting area",
        "called": "{label}: please go to window {window}",
        "called_body": "Your number is being called",
    },
}

log = logging.getLogger(__name__)


class Notices:
    """Looks at subscribed tickets after every change, at most once in `EVERY_S`."""

    def __init__(self, views: Views, vault: Vault, links: Links, key: VapidKey) -> None:
        self._views, self._vault, self._links = views, vault, links
        self.key = key
        self._thread = PushThread(key, lambda: views.hall.settings.public_url, self._gone)
        self._subscribed: dict[str, Subscription] = {}  # by ticket id
        self._told: dict[str, set[str]] = {}
        self._over: deque[str] = deque()  # filled by the thread that sends
        self._changed = Signal()
        self._wake = get_hub().loop.async_()
        self._wake.start(self._changed.set)
        self._watch: gevent.Greenlet | None = None

    def start(self) -> None:
        """Take up what the vault kept, and begin. The vault must be readable."""
        for ref, fields in self._vault.kept(PURPOSE).items():
            ticket_id = ref.removeprefix("p_")
            self._subscribed[ticket_id] = Subscription(**{name: fields[name] for name in FIELDS})
        self._thread.start()
        self._watch = gevent.spawn(self._look_for_ever)

    def stop(self) -> None:
        if self._watch is not None:
            self._watch.kill()
            self._thread.stop()
        self._wake.stop()
        self._wake.close()

    def note(self, _kind: str) -> None:
        if self._subscribed:
            self._changed.set()

    def subscribe(self, ticket: Ticket, day: str, subscription: Subscription) -> None:
        """Keep it, sealed; one for each ticket, the newest. It goes with its citizen, too. Raises NotDurable."""
        ticket_id = ticket.ticket_id
        fields = {name: getattr(subscription, name) for name in FIELDS}
        if ticket.citizen is not None:
            fields["citizen"] = ticket.citizen
        row = self._vault.seal(day, _ref(ticket_id), PURPOSE, fields)
        get_hub().threadpool.apply(self._vault.keep, (row,))
        self._subscribed[ticket_id] = subscription
        self._told.pop(ticket_id, None)
        self._changed.set()

    def __len__(self) -> int:
        return len(self._subscribed)

    def _gone(self, ticket_ids: list[str]) -> None:
        """Called in the thread that sends; `send` is the one call on a loop that another thread may make."""
        self._over.extend(ticket_ids)
        self._wake.send()

    def _look_for_ever(self) -> None:
        while True:
            self._changed.wait()
            gevent.sleep(EVERY_S)
            self._changed.clear()
            try:
                self._look()
            except NotDurable as err:  # the next change tries to delete again
                log.warning("ended subscriptions were not deleted: %s", err)
            except Exception:
                log.exception("phones could not be told")

    def _look(self) -> None:
        tickets = self._views.hall.tickets
        over = {self._over.popleft() for _ in range(len(self._over))}
        for ticket_id, subscription in list(self._subscribed.items()):
            ticket = tickets.get(ticket_id)
            if ticket is None or ticket.state in ENDED:
                over.add(ticket_id)
            elif ticket_id not in over:
                self._tell(ticket, subscription)
        if over:
            for ticket_id in over:
                self._subscribed.pop(ticket_id, None)
                self._told.pop(ticket_id, None)
            get_hub().threadpool.apply(self._vault.drop, (PURPOSE, [_ref(ticket_id) for ticket_id in over]))

    def _tell(self, ticket: Ticket, subscription: Subscription) -> None:
        told = self._told.setdefault(ticket.ticket_id, set())
        words = WORDS.get(subscription.language, WORDS["en"])
        if ticket.state == "called":
            occasion = f"called {ticket.window} {ticket.first_called_ms}"
            title, body = words["called"].format(label=ticket.label, window=ticket.window), words["called_body"]
        elif ticket.state == "waiting":
            before = ahead(self._views.hall, ticket, self._views.hall.last_ms)
            if before > NOTICE_AHEAD:
                told.discard("soon")  # it let others pass: tell again when it is near
                return
            occasion = "soon"
            title = words["soon"].format(label=ticket.label)
            body = words["soon_body"].format(n=before) if before else words["soon_next"]
        else:
            return
        if occasion in told:
            return
        told.add(occasion)
        url = f"{PATH}{self._links.of(ticket.ticket_id)}"
        self._thread.send(Message(ticket.ticket_id, subscription, payload(title, body, ticket.label, url)))


def _ref(ticket_id: str) -> str:
    return f"p_{ticket_id}"
