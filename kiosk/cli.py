"""The command `kiosk-node`; knows only how to start a kiosk."""

from __future__ import annotations

from config.node import load_kiosk
from kiosk.node import KioskNode
from queue_server.node_web import node_command

main = node_command(
    "kiosk-node",
    "kiosk",
    "A kiosk: its touch page on 127.0.0.1, its printer and its card reader.",
    load_kiosk,
    KioskNode,
)
