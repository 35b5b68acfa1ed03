"""What citizens can look up without a ticket: published guides, people, notices; knows no touch page and no counts."""

from __future__ import annotations

from config.settings import Guide, HallMap, MapItem, Service, Site
from queue_server.hall.state import Hall
from queue_server.readers.kiosk import windows_for
from queue_server.readers.public import Public, notices, people
from queue_server.wire.kiosk import GuideService, GuideView, MapItemView, MapView, SiteView


def guide(hall: Hall, public: Public, at_ms: int) -> GuideView:
    services = hall.settings.services.values()
    return {
        "seq": hall.seq,
        "services": [
            _service(hall, service, service.guide)
            for service in services
            if service.guide is not None and service.guide.published
        ],
        "opinions": hall.settings.opinions is not None,
        "people": people(hall, public),
        "notices": notices(hall, public, at_ms),
        "maps": [_map(hall, plan) for plan in hall.settings.maps.values()],
        "sites": [_site(site) for site in hall.settings.sites.values()],
    }


def _service(hall: Hall, service: Service, says: Guide) -> GuideService:
    return {
        "service": service.id,
        "name": dict(service.name),
        "department": dict(service.department),
        "windows": windows_for(hall, service.id),
        "matter": dict(says.matter),
        "basis": dict(says.basis),
        "procedure": dict(says.procedure),
        "conditions": dict(says.conditions),
        "materials": [dict(text) for text in service.materials],
        "time_limit": dict(says.time_limit),
        "fees": dict(says.fees),
    }


def _map(hall: Hall, plan: HallMap) -> MapView:
    zone = hall.settings.zones.get(plan.id)
    return {
        "map": plan.id,
        "name": dict(zone.name) if zone is not None else {},
        "width": plan.width,
        "height": plan.height,
        "items": [_item(item) for item in plan.items],
    }


def _item(item: MapItem) -> MapItemView:
    (x, y), (width, height) = item.at, item.size
    return {
        "kind": item.kind,
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "window": item.window,
        "node": item.node,
        "name": dict(item.name),
    }


def _site(site: Site) -> SiteView:
    return {
        "site": site.id,
        "name": dict(site.name),
        "letter": site.letter,
        "url": site.url,
        "hosts": list(site.hosts),
        "idle_s": site.idle_s,
        "most_s": site.most_s,
    }
