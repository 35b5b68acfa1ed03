"""Every way of saying no is listed with its sentence, and every listed one is in use."""

from __future__ import annotations

import re
from pathlib import Path

from queue_server.hall import refusal

HALL = Path(refusal.__file__).parent


def test_codes_in_use_are_the_codes_listed() -> None:
    text = "".join(path.read_text() for path in HALL.glob("*.py"))
    used = set(re.findall(r'Refused\(\s*"(\w+)"', text)) | {"hall_closed", "service_closed", "window_paused"}
    assert used == set(refusal.REFUSALS)
