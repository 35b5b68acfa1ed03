"""Everything a request needs, in one value handed to every view; builds nothing and decides nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from queue_server.access import Access
from queue_server.engine import Engine
from queue_server.enrolment import Enrolment
from queue_server.identity import Vault
from queue_server.journal import Journal
from queue_server.node_files import NodeFiles
from queue_server.phone_links import Links
from queue_server.readers.views import Views
from queue_server.web.bridge import Bridge
from queue_server.web.metrics import Metrics
from queue_server.web.node_states import NodeStates
from queue_server.web.phone_limits import Limits
from queue_server.web.phone_notices import Notices
from queue_server.web.public_words import PublicWords
from queue_server.web.whatif_process import WhatIfProcess


@dataclass(frozen=True, slots=True)
class HallServer:
    """One hall, being served. `now_ms`: the clock, milliseconds since 1970 UTC. `data`: the folder it writes to.

    file_digest: of the TOML file this server was started with. The settings in force are `views.hall.settings`.
    """

    journal: Journal
    engine: Engine
    views: Views
    bridge: Bridge
    vault: Vault
    access: Access
    node_files: NodeFiles
    enrolment: Enrolment
    metrics: Metrics
    nodes: NodeStates
    links: Links
    limits: Limits
    public: PublicWords
    notices: Notices
    whatif: WhatIfProcess
    data: Path
    file_digest: str
    now_ms: Callable[[], int]
