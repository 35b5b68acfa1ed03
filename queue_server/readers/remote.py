"""What a citizen sees who wants to take a number elsewhere; a pure function, for everybody on the internet."""

from __future__ import annotations

from queue_server.hall.refusal import Refused
from queue_server.hall.remote_rules import refuse_when_shut
from queue_server.hall.state import Hall
from queue_server.readers.estimates import NONE, Estimates
from queue_server.readers.kiosk import kiosk
from queue_server.wire.phone import RemoteView


def remote_view(hall: Hall, at_ms: int, estimates: Estimates = NONE) -> RemoteView:
    """Raises Refused `remote_off` in a hall that gives none."""
    remote, closed, opens_at = hall.settings.remote, None, None
    try:
        refuse_when_shut(hall, at_ms)
    except Refused as refused:
        if remote is None or refused.code == "remote_off":
            raise
        closed, opens_at = refused.code, refused.facts["opens_at"]
    if remote is None:
        raise Refused("remote_off")
    view = kiosk(hall, at_ms, estimates)
    return {
        "timezone": view["timezone"],
        "languages": view["languages"],
        "hall": view["hall"],
        "closed": closed,
        "opens_at": opens_at,
        "max_distance_m": remote.max_distance_m,
        "check_in_within_s": remote.check_in_within_s,
        "keep_days": hall.settings.privacy.keep_days,
        "services": [
            {
                "service": service["service"],
                "name": service["name"],
                "department": service["department"],
                "waiting": service["waiting"],
                "estimate": service["estimate"],
                "closed": service["closed"],
                "opens_at": service["opens_at"],
            }
            for service in view["services"]
            if not remote.services or service["service"] in remote.services
        ],
    }
