"""Whether people with an appointment come, and how early; knows neither tickets nor slots.

A service of which little was seen is like the hall's others, and a hall of which nothing was seen is as halls are on
average (our own choice). Who has not come shortly before the slot, when others are mostly here, is less likely to.
"""

from __future__ import annotations

from collections import defaultdict

from queue_server.estimate.times import Pool

MISSED_PRESET, PRESET_WEIGHT = 0.15, 10.0  # in appointments
SERVICE_WEIGHT = 15.0
LEAD_PRESET_S = 600.0
KEPT_A_DAY = 0.98  # days long ago count less


class Bookings:
    def __init__(self) -> None:
        self._ended: dict[str, float] = defaultdict(float)
        self._missed: dict[str, float] = defaultdict(float)
        self._lead = Pool(LEAD_PRESET_S)

    def begin_day(self) -> None:
        for counts in (self._ended, self._missed):
            for service in counts:
                counts[service] *= KEPT_A_DAY

    def came(self, service: str, lead_s: float) -> None:
        """Somebody took their slot, and was here `lead_s` before it (or after it, below 0)."""
        self._ended[service] += 1
        self._lead.add(lead_s)

    def missed(self, service: str) -> None:
        """Somebody did not take their slot."""
        self._ended[service] += 1
        self._missed[service] += 1

    def missed_share(self, service: str) -> float:
        """Of all appointments for `service`, those whose slot nobody takes."""
        ended, missed = sum(self._ended.values()), sum(self._missed.values())
        hall = (missed + PRESET_WEIGHT * MISSED_PRESET) / (ended + PRESET_WEIGHT)
        own, own_missed = self._ended.get(service, 0.0), self._missed.get(service, 0.0)
        return (own_missed + SERVICE_WEIGHT * hall) / (own + SERVICE_WEIGHT)

    def still_come(self, service: str, before_s: float) -> float:
        """The share who take their slot, of those who are not here `before_s` seconds before it."""
        missed = self.missed_share(service)
        late = (1 - missed) * float((self._lead.table() <= before_s).mean())
        return late / (late + missed)
