"""The kiosk node: its page's requests, live views and devices wired together; knows no protocol of any of them."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path
from typing import Any, cast

from flask import Response

from config.node import DeviceSettings, KioskSettings
from drivers.document import Document
from drivers.errors import DriverError
from drivers.ports import IdCardReader, Printer, PrintResult
from drivers.registry import open_device
from kiosk.appointments import AppointmentDesk
from kiosk.card import KEEP_S, CardSession
from kiosk.devices import MoreDevices
from kiosk.errors import (
    BrowserFailed,
    CardMissing,
    GuardianNeeded,
    KeyReused,
    KioskError,
    NoBrowser,
    OutboxUnwritable,
    PriorityNotOffered,
    SiteClosed,
    TicketOver,
    TooManyTries,
    UnknownGuide,
    UnknownNotice,
    UnknownSite,
    UnknownTicket,
)
from kiosk.guide import GuideDesk
from kiosk.help_bell import HelpBell
from kiosk.offline import OfflineDesk
from kiosk.offline_courier import Courier
from kiosk.offline_memory import HallMemory
from kiosk.offline_store import Outbox
from kiosk.offline_switch import ServerOrOwn
from kiosk.print_again import PrintAgain
from kiosk.public import public_routes
from kiosk.scans import Scans
from kiosk.sites.count import SiteCount
from kiosk.sites.desk import SiteDesk, profiles
from kiosk.sites.routes import site_routes
from kiosk.slip import HallWords, hall_words
from kiosk.speech_desk import SpeechDesk
from kiosk.taps import TapStore
from kiosk.ticket_routes import ticket_routes
from kiosk.tickets import TicketDesk
from queue_server.client import Follower, HallClient
from queue_server.node_web import (
    Devices,
    NodePages,
    NodeState,
    Packs,
    Pictures,
    Relay,
    Reporter,
    create_node_app,
    problem_response,
)
from queue_server.wire.hall import HallInfo
from queue_server.wire.nodes import NodeView, ScanResult

STATIC = Path(__file__).parent / "web" / "static"
STATUS: dict[type[KioskError], int] = {
    CardMissing: 409,
    GuardianNeeded: 409,
    PriorityNotOffered: 403,
    KeyReused: 422,
    UnknownTicket: 404,
    UnknownGuide: 404,
    UnknownNotice: 404,
    TicketOver: 409,
    TooManyTries: 429,
    OutboxUnwritable: 503,
    UnknownSite: 404,
    NoBrowser: 503,
    BrowserFailed: 503,
    SiteClosed: 410,
}


class KioskNode:
    """One kiosk. Nothing that is missing around it (server, printer, reader) keeps it from starting.

    settings: from config.node. token: of this node. card_keep_s: how long a card is remembered.
    deadline_s: how long the hall server is asked for a ticket before the citizen is told.
    """

    def __init__(
        self, settings: KioskSettings, token: str, *, card_keep_s: float = KEEP_S, deadline_s: float = 8.0
    ) -> None:
        self.settings = settings
        self._more: MoreDevices | None = None
        self.app, socketio = create_node_app(
            "kiosk", NodePages(STATIC, {"/": "index.html"}), settings.page.host, self._health
        )
        self._relay = Relay(socketio, ["kiosk", "guide", "board", "node", "scan", "keys", "paper", "guidance", "site"])
        self._client = HallClient(settings.node.server, token, deadline_s=deadline_s)
        self._reporter = Reporter(self._client, partial(self._relay.publish, "node"))
        self.state = NodeState(settings.node.id, self._changed)
        self._follower = Follower(
            settings.node.server, token, ["kiosk", "guide", "board"], self._viewed, self._server_changed
        )
        self._packs = Packs(settings.node.server, settings.node.data)
        self._pictures = Pictures(self._client, settings.node.data / "pictures")
        self._taps = TapStore(settings.node.data)
        self._memory = HallMemory(settings.node.data)
        self._outbox = Outbox(settings.node.data)
        self._own = OfflineDesk(self._memory, self._outbox)
        self._courier = Courier(self._client, self._memory, self._outbox, self._own, self._looked)
        self.cards = CardSession(settings.privacy.priority_age, self._memory.today, self.state.card, card_keep_s)
        hall = ServerOrOwn(self._client, self._own, self._courier)
        self._again = PrintAgain(
            lambda: self._printer.device, self._taps, settings.printer.print_again_s, self._printed_again
        )
        self.desk = TicketDesk(hall, self.cards, self._taps, self._words, self._print, self._again.interrupted)
        self.scans = Scans(hall, self._taps.name, self._scanned)
        self._appointments = AppointmentDesk(self._client, self.cards)
        self._guide = GuideDesk(self._memory, self._words, self._print)
        self._site_count = SiteCount(self._client)
        self.sites = SiteDesk(
            settings.browser,
            profiles(settings.node.data),
            lambda: self._memory.guide,
            lambda screen: self._relay.tell("site", cast("dict[str, Any]", screen)),
            partial(self.state.device, "browser", "browser"),
            self._site_count.opened,
        )
        self._seq = 0
        self._told_lost = False
        self._showing = threading.Lock()
        self._devices = Devices(self.state, (DriverError, OSError))
        self._printer = self._devices.add(
            "printer",
            "printer",
            self._open_printer,
            driver=settings.printer.driver,
            address=settings.printer.address,
        )
        self._reader = (
            self._devices.add(
                "idcard",
                "idcard",
                partial(self._open_reader, settings.idcard),
                driver=settings.idcard.driver,
                address=settings.idcard.address,
            )
            if settings.idcard
            else None
        )
        self._more = MoreDevices(settings, self._devices, self.scans, self._key)
        self.speech = SpeechDesk(
            settings, self._devices, self._relay.tell, lambda language: self._packs.section(language, "voice")
        )
        self.bell = HelpBell(self.speech.open_speaker, self._more.call)
        self._routes()
        if self._memory.guide is not None:
            self._relay.publish("guide", 0, cast("dict[str, Any]", self._memory.guide))

    def start(self) -> None:
        self._follower.start()
        self._courier.start()
        self._devices.start()
        self._reporter.start(self.state)
        self.speech.guide.start()
        self._site_count.start()
        self.sites.start()

    def close(self) -> None:
        """End everything in the order that loses least. May be called twice."""
        self.bell.stop()
        self.cards.forget()
        self.scans.forget()
        self.sites.shut_down()
        self._site_count.close()
        self.speech.guide.close()
        self._again.close()
        self._follower.close()
        self._courier.close()
        self._reporter.close()
        self._devices.close()
        self._client.close()
        self._taps.close()
        self._outbox.close()

    # -- devices -----------------------------------------------------------------------------------------------------

    def _open_printer(self) -> Printer:
        printer = self.settings.printer
        return open_device(
            "printer",
            printer.driver,
            printer.address,
            width_mm=printer.width_mm,
            cutter=printer.cutter,
            logo=str(printer.logo or ""),
            process_id=printer.process_id,
            speed_mm_s=float(printer.speed_mm_s),
            roll_m=printer.roll_m,
            paper_file=str(self.settings.node.data / "paper.json"),
        )

    def _open_reader(self, settings: DeviceSettings) -> IdCardReader:
        reader = open_device("idcard", settings.driver, settings.address)
        reader.listen(
            self.cards.laid, lambda state: self._devices.report(self._reader, state) if self._reader else None
        )
        return reader

    def _print(self, document: Document) -> PrintResult:
        printer = self._printer.device
        if printer is None:
            return PrintResult("not_printed", "unplugged", "The printer could not be opened.")
        try:
            result = self._again.print(printer, document)
        except (DriverError, OSError) as err:
            # A driver answers instead of raising; should one raise all the same, nobody knows how far the paper came.
            result = PrintResult("unconfirmed", getattr(err, "code", "failed"), str(err))
        if result.outcome != "printed":
            self._devices.report(self._printer, printer.state())
        return result

    # -- what devices tell the page ----------------------------------------------------------------------------------

    def _changed(self, seq: int, view: dict[str, Any]) -> None:
        self._reporter.publish(seq, view)
        if self._more is not None:  # the first state is told while everything is still being made
            self._more.node_changed(cast(NodeView, view))

    def _printed_again(self, tap_id: str, result: PrintResult | None) -> None:
        outcome, code = ("not_printed", "paper_out") if result is None else (result.outcome, result.code)
        if result is not None:
            self.desk.printed_later(tap_id, result)
        self._relay.tell("paper", {"tap_id": tap_id, "waiting": result is None, "outcome": outcome, "code": code})

    def _scanned(self, scan: ScanResult | None) -> None:
        self._relay.tell("scan", {"scan": scan})

    def _key(self, key: str) -> None:
        self._relay.tell("keys", {"key": key})

    # -- hall --------------------------------------------------------------------------------------------------------

    def _server_changed(self, connected: bool, detail: str) -> None:
        self._courier.look()
        self.state.server(connected, detail)
        self._show_hall()

    def _viewed(self, view: str, seq: int, data: dict[str, Any]) -> None:
        if view == "guide":
            if "services" in data:
                self._memory.heard_guide(data)
                self.sites.look()
                self._pictures.keep(data)
                self._relay.publish(view, seq, data)
            return
        if view == "board":
            self._relay.publish(view, seq, data)
            return
        with self._showing:
            self._memory.heard_view(data)
            self._seq = seq
            self._relay.publish(view, seq, data)

    def _looked(self) -> None:
        self.state.offline(
            active=not (self._courier.here and self.state.connected()),
            ready=self._own.ready(),
            waiting=len(self._courier.waiting),
            refused=self._courier.refused,
        )
        self._tell_lost_tickets()
        self._show_hall()

    def _tell_lost_tickets(self) -> None:
        """Somebody may hold a paper that will not be called: staff are told as they are of a device."""
        lost = {"tickets_refused": self._courier.refused, "tickets_void": self._courier.void}
        code = next((code for code, labels in lost.items() if labels), "ok")
        if code != "ok" or self._told_lost:
            self._told_lost = True
            health = "ok" if code == "ok" else "warning"
            self.state.device("outbox", "outbox", health, code, ", ".join(lost.get(code, [])))

    def _show_hall(self) -> None:
        """The server's own view, or what is left of it while it is away."""
        with self._showing:
            view = self._memory.kiosk if self.state.connected() else self._own.view()
            if view is not None and view != self._relay.newest("kiosk"):
                self._relay.publish("kiosk", self._seq, cast("dict[str, Any]", view))

    def _words(self) -> HallWords:
        if self._memory.hall is None:  # a first start: the citizen is quicker than the first round of the courier
            self._memory.heard_hall(self._client.hall())
        return hall_words(cast("HallInfo", self._memory.hall), self._memory.kiosk, self._packs.section)

    def _health(self) -> dict[str, Any]:
        view = self.state.view()
        return {"server": view["server"], "devices": {device["name"]: device["code"] for device in view["devices"]}}

    # -- page --------------------------------------------------------------------------------------------------------

    def _routes(self) -> None:
        self.app.register_error_handler(KioskError, _kiosk_problem)
        public_routes(self.app, self._guide, self._client, self.bell, self.state.connected)
        reads_cards = self._reader is not None
        ticket_routes(self.app, self.desk, self._appointments, self.scans, self.cards, reads_cards=reads_cards)
        site_routes(self.app, self.sites)
        self.speech.register(self.app)
        self._packs.register(self.app)
        self._pictures.register(self.app)


def _kiosk_problem(error: KioskError) -> Response:
    return problem_response(STATUS.get(type(error), 500), error.code, f"{error}.")
