"""What would change if a window more were open; knows only shapes."""

from __future__ import annotations

from typing import TypedDict


class WhatIfFigures(TypedDict):
    """Waits from now on, in seconds: of those who wait now and those who come within the time looked at.

    uncalled: the share, 0–1, that nobody calls within four hours; their waits count as that long.
    """

    mean_s: int
    p50_s: int
    p90_s: int
    uncalled: float


class WhatIfPair(TypedDict):
    """As it is (`now`) and with the windows changed (`then`); None when nobody waits or comes."""

    now: WhatIfFigures | None
    then: WhatIfFigures | None


class WhatIfService(WhatIfPair):
    service: str


class WhatIfView(TypedDict):
    """What `POST /whatif` answers. minutes: how far ahead those who come are counted."""

    services: list[WhatIfService]
    all: WhatIfPair
    minutes: int
