"""What a kiosk offers: services to take a ticket for, the guide, help; knows only shapes."""

from __future__ import annotations

from typing import Literal, TypedDict

from queue_server.wire.contract import Estimate, Text
from queue_server.wire.hall import WindowInfo, WordsInfo
from queue_server.wire.public import NoticeView, PersonView


class KioskService(TypedDict):
    """`closed` is null while tickets are given, otherwise why not; `opens_at` is the next time they are.

    estimate: the wait of somebody who comes now, in whole minutes; null when it is not known.
    """

    service: str
    name: Text
    prefix: str
    department: Text
    materials: list[Text]
    windows: list[int]
    waiting: int
    estimate: Estimate | None
    closed: Literal["hall_closed", "service_closed", "quota_used"] | None
    opens_at: str | None


class KioskView(TypedDict):
    """`appointments`, `remote`: whether the hall takes bookings, or gives numbers elsewhere, that can be checked in."""

    seq: int
    timezone: str
    hall: Text
    languages: list[str]
    waiting: int
    services: list[KioskService]
    windows: list[WindowInfo]
    words: WordsInfo
    requeue_within_s: int
    appointments: bool
    help: list[HelpView]
    remote: bool


class HelpView(TypedDict):
    """Somebody asked for a person at the kiosk `node`; `taken_at`: since when somebody is on the way."""

    node: str
    asked_at: str
    taken_at: str | None


class AssistedView(TypedDict):
    """Citizens whom staff helped with the machines today: calls for help taken, tickets given at the reception; and how
    often each web site was opened at the kiosks, by its id."""

    help: int
    reception: int
    sites: dict[str, int]


class GuideView(TypedDict):
    """`guide`, and `GET /guide`: what citizens can look up; changes seldom, and a kiosk keeps it on its disk."""

    seq: int
    services: list[GuideService]
    opinions: bool
    people: list[PersonView]
    notices: list[NoticeView]
    maps: list[MapView]
    sites: list[SiteView]


class GuideService(TypedDict):
    """A published guide: the seven public items (七公开), of which `materials` is one. Texts may have several lines."""

    service: str
    name: Text
    department: Text
    windows: list[int]
    matter: Text
    basis: Text
    procedure: Text
    conditions: Text
    materials: list[Text]
    time_limit: Text
    fees: Text


class MapView(TypedDict):
    """The plan of a zone in units of its own; `name` is the zone's, empty where the hall has none."""

    map: str
    name: Text
    width: int
    height: int
    items: list[MapItemView]


class MapItemView(TypedDict):
    """What stands there (config.settings.MapKind), and where: x, y of its upper left corner.

    `window` 0 and `node` "" for what is none.
    """

    kind: str
    x: int
    y: int
    width: int
    height: int
    window: int
    node: str
    name: Text


class SiteView(TypedDict):
    """A web site offered at kiosks: where it begins, what else it may reach, and for how long anybody may use it."""

    site: str
    name: Text
    letter: str
    url: str
    hosts: list[str]
    idle_s: int
    most_s: int
