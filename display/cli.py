"""The command `display-node`; knows only how to start a display."""

from __future__ import annotations

from config.node import load_display
from display.node import DisplayNode
from queue_server.node_web import node_command

main = node_command(
    "display-node",
    "display",
    "A display: wall, tablet and sign pages, the hall's voice, pads, signs and lamps.",
    load_display,
    DisplayNode,
)
