"""The operation "what if windows opened or closed now": asks a process that simulates; changes nothing in the hall."""

from __future__ import annotations

import logging

from flask import Response

from queue_server.web import answers
from queue_server.web.bodies.hall import WhatIfBody
from queue_server.web.operations import Call
from queue_server.web.problems import ProblemError, response
from queue_server.web.spec import Operation
from queue_server.web.whatif_process import BusyError
from queue_server.wire.whatif import WhatIfView

log = logging.getLogger(__name__)


def what_if(call: Call) -> Response:
    body: WhatIfBody = call.body
    settings = call.server.views.hall.settings
    for window in (*body.open, *body.close):
        if window not in settings.windows:
            raise ProblemError("unknown_window", window=window)
    if (not body.open and not body.close) or {*body.open} & {*body.close}:
        raise ProblemError(
            "invalid_values", [{"field": "open", "problem": "windows to open or to close, none in both"}]
        )
    question = {"whatif": call.server.now_ms(), "open": body.open, "close": body.close}
    try:
        return response(answers.said(call.server.whatif.ask(settings, question)))
    except BusyError:
        raise ProblemError("whatif_busy") from None
    except OSError as err:
        log.warning("a what-if failed: %s", err)
        raise ProblemError("whatif_failed") from None


OPERATIONS = [
    Operation(
        "POST", "/whatif", what_if, "Expected waits if windows opened or closed now; nothing is changed", "whatif",
        {200: WhatIfView}, WhatIfBody, refusals=("unknown_window", "whatif_busy", "whatif_failed"), keyed=False,
    ),
]  # fmt: skip
