"""The one way tests wait: look again and again, until it is so or too late; knows nothing of what it waits for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 20.0  # two cores are shared with a browser


def wait_for(look: Callable[[], Any], seconds: float = PATIENCE_S, what: str = "") -> Any:
    """The first true value of `look`, or an AssertionError that names `what` after `seconds`."""
    end, pause_s = time.monotonic() + seconds, 0.005
    while not (found := look()):
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain for {what or 'what should be'}"
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.05)  # what did not come at once need not be looked at so often
    return found
