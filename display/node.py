"""The display node: wall, tablets, voice and what stands at windows, wired together; knows no protocol of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

import structlog
from flask import Response, jsonify, request

from config.node import DeviceSettings, DisplaySettings
from config.reasons import load_reasons
from display.announced import Announced
from display.announcer import Announcer
from display.ratings import NothingToRate, RatingDesk
from display.walls import Walls
from display.window_devices import WindowDevices
from display.wishes import read_rating
from drivers.errors import DriverError, SpeakerError
from drivers.ports import Speaker
from drivers.registry import open_device
from queue_server.client import Follower, HallClient, HallError
from queue_server.node_web import (
    Devices,
    HallFacts,
    NodePages,
    NodeState,
    Packs,
    Pictures,
    Relay,
    Reporter,
    Slot,
    create_node_app,
    problem_response,
)
from queue_server.wire.board import BoardView
from queue_server.wire.staff import WindowLiveView

STATIC = Path(__file__).parent / "web" / "static"
PAGES = NodePages(
    STATIC,
    {
        "/": "index.html",
        "/wall": "wall.html",
        "/sign/<int:window>": "sign.html",
        "/staff-board": "staff-board.html",
        "/tablet/<int:window>": "tablet.html",
    },
)


class DisplayNode:
    """One display. Nothing that is missing around it keeps it from starting.

    settings: from config.node. token: of this node. deadline_s: how long one rating is tried.
    """

    def __init__(self, settings: DisplaySettings, token: str, *, deadline_s: float = 8.0) -> None:
        self.settings = settings
        node = settings.node
        self.app, socketio = create_node_app("display", PAGES, settings.page.host, self._health)
        self._relay = Relay(socketio, ["board", "node", "wall", "saying"], self._wanted)
        self._client = HallClient(node.server, token, deadline_s=deadline_s)
        self._reporter = Reporter(self._client, partial(self._relay.publish, "node"))
        self.state = NodeState(node.id, self._reporter.publish)
        self._facts = HallFacts(self._client)
        self._packs = Packs(node.server, node.data)
        self._pictures = Pictures(self._client, node.data / "pictures")
        self._ask_for_time = True
        self._devices = Devices(self.state, (DriverError, OSError))
        self._ratings = RatingDesk(self._client, lambda window: self._windows.open_rating(window))
        self._windows = WindowDevices(settings, self._devices, self._client, self._ratings)
        views = ["board", *self._windows.views]
        self._follower = Follower(node.server, token, views, self._view_changed, self._server_changed)
        self._walls = Walls(settings, self.app, self._relay, self.state)
        self._speaker: Slot[Speaker] | None = None
        self._announcer: Announcer | None = None
        if settings.speaker is not None:
            voice = settings.voice
            self._speaker = self._devices.add(
                "speaker",
                "speaker",
                partial(self._open_speaker, settings.speaker),
                driver=settings.speaker.driver,
                address=settings.speaker.address,
            )
            self._announcer = Announcer(
                self._say,
                Announced(node.data),
                speak=self._speak,
                languages=voice.languages,
                repeats=voice.repeats,
                drop_after_s=voice.drop_after_s,
                zones=settings.wall.zones,
                emergency_every_s=voice.emergency_every_s,
                tell=partial(self._relay.tell, "saying"),
            )
        else:
            self._relay.tell("saying", {"voice": False, "zones": [], "heard": 0, "waiting": [], "now": None})
        self._routes()

    def start(self) -> None:
        self._windows.start()
        self._walls.start()
        self._devices.start()
        self._reporter.start(self.state)
        self._ratings.start()
        if self._announcer is not None:
            self._announcer.start()
        self._follower.start()

    def close(self) -> None:
        """End everything in the order that loses least. May be called twice."""
        self._follower.close()
        self._reporter.close()
        if self._announcer is not None:
            self._announcer.close()
        self._walls.close()
        self._ratings.close()
        self._windows.close()
        self._devices.close()
        self._client.close()

    # -- hall --------------------------------------------------------------------------------------------------------

    def _server_changed(self, connected: bool, detail: str) -> None:
        self._facts.grow_old()
        self._ask_for_time = connected
        self.state.server(connected, detail)

    def _view_changed(self, view: str, seq: int, data: dict[str, Any]) -> None:
        self._relay.publish(view, seq, data)
        try:
            if view == "board":
                self._walls.board_changed(cast(BoardView, data))
                if self._announcer is not None:
                    self._announcer.hear(cast(BoardView, data), self._server_now_s())
            if view == "guide":
                self._pictures.keep(data)
            if view.startswith("window:"):
                self._ratings.window_changed(cast(WindowLiveView, data))
            self._windows.board.view_changed(view, data)
        except (KeyError, TypeError, ValueError) as err:
            # A server of another version: its pages may still understand what this node does not.
            structlog.get_logger().error("view_not_understood", view=view, error=repr(err))

    def _server_now_s(self) -> float | None:
        """The server's time: a call's age must not depend on the clock of this machine."""
        if self._client.server_now() is None and self._ask_for_time:
            self._ask_for_time = False
            try:
                self._facts.get()
            except HallError as err:
                structlog.get_logger().warning("server_time_unknown", reason=str(err))
        return self._client.server_now()

    def _wanted(self, view: str) -> bool:
        """Whether a page may follow a view that nobody followed before: any window of the hall, and what it serves."""
        # A sign says which services its window has, and where else they are served; boards show people and notices.
        if view in ("kiosk", "guide"):
            self._follower.follow(view)
            return True
        kind, _, number = view.partition(":")
        if kind != "window" or not number.isdecimal() or not 1 <= int(number) <= 999 or number != str(int(number)):
            return False
        hall = self._facts.known()
        if hall is not None and int(number) not in {window["window"] for window in hall["windows"]}:
            return False
        self._follower.follow(view)
        return True

    def _health(self) -> dict[str, Any]:
        view = self.state.view()
        return {"server": view["server"], "devices": {device["name"]: device["code"] for device in view["devices"]}}

    # -- devices -----------------------------------------------------------------------------------------------------

    def _open_speaker(self, settings: DeviceSettings) -> Speaker:
        bank = self.settings.voice.bank
        return open_device(
            "speaker",
            settings.driver,
            settings.address,
            bank=str(bank) if bank else "",
            voices=lambda tag: self._packs.section(tag, "voice"),
        )

    def _say(self, tokens: Sequence[str], language: str) -> None:
        self._with_speaker(lambda speaker: speaker.say(tokens, language))

    def _speak(self, text: str, language: str) -> None:
        self._with_speaker(lambda speaker: speaker.speak(text, language))

    def _with_speaker(self, play: Callable[[Speaker], None]) -> None:
        speaker = self._speaker.device if self._speaker else None
        if speaker is None:
            raise SpeakerError("The speaker could not be opened.")
        try:
            play(speaker)
        finally:
            if self._speaker:
                self._devices.report(self._speaker, speaker.state())

    # -- pages -------------------------------------------------------------------------------------------------------

    def _routes(self) -> None:
        self.app.register_error_handler(NothingToRate, _nothing_to_rate)
        self._packs.register(self.app)
        self._pictures.register(self.app)
        self.app.add_url_rule("/api/reasons", endpoint="reasons", view_func=_reasons)
        rule = "/api/windows/<int:window>/rating"
        self.app.add_url_rule(rule, endpoint="rating", view_func=self._post_rating, methods=["POST"])

    def _post_rating(self, window: int) -> tuple[Response, int]:
        rating = read_rating(request.get_json())
        return jsonify(self._ratings.tablet(window, rating.ticket_id, rating.grade, rating.reasons, rating.tap_id)), 201


def _reasons() -> Response:
    words = load_reasons()
    return jsonify(
        {str(grade): [{"code": code, "zh-CN": words[grade][code]} for code in words[grade]] for grade in words}
    )


def _nothing_to_rate(_error: NothingToRate) -> Response:
    return problem_response(409, "nothing_to_rate", "No ticket that was finished at this window waits for that rating.")
