"""How far a phone is from the hall; knows one position for one request, and neither keeps nor tells it."""

from __future__ import annotations

import math

from config.settings import Remote
from queue_server.web.problems import ProblemError

EARTH_M = 6_371_000.0
TOLD_IN_M = 100  # a refusal says how far about, rounded up to so many metres


def refuse_far(remote: Remote, limit_m: int, latitude: float | None, longitude: float | None) -> None:
    """Raises ProblemError unless the position is within `limit_m` of the hall. Degrees, as browsers give them."""
    if latitude is None or longitude is None or remote.latitude is None or remote.longitude is None:
        raise ProblemError("position_needed")
    far_m = distance_m(latitude, longitude, remote.latitude, remote.longitude)
    if far_m > limit_m:
        raise ProblemError("too_far", about_m=math.ceil(far_m / TOLD_IN_M) * TOLD_IN_M, limit_m=limit_m)


def distance_m(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Along the ground, on a ball (haversine): at most 0.6 % wrong."""
    a, b = math.radians(latitude), math.radians(other_latitude)
    over = math.sin((b - a) / 2) ** 2
    across = math.cos(a) * math.cos(b) * math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, over + across)))
