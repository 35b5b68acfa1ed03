"""What citizens can look up without a ticket: the published guides of services; knows no touch page and no counts."""

from __future__ import annotations

from config.settings import Guide, Service
from queue_server.hall.state import Hall
from queue_server.readers.kiosk import windows_for
from queue_server.wire.kiosk import GuideService, GuideView


def guide(hall: Hall) -> GuideView:
    services = hall.settings.services.values()
    return {
        "seq": hall.seq,
        "services": [
            _service(hall, service, service.guide)
            for service in services
            if service.guide is not None and service.guide.published
        ],
        "opinions": hall.settings.opinions is not None,
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
