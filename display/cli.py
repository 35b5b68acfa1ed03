"""The command `display-node`; knows only how to start a display."""

from __future__ import annotations

from config.node import load_display
from display.node import DisplayNode
from queue_server.node_web import node_command

main = node_command(
    "display-node", "A display: wall and tablet pages, the hall's voice and its rating pads.", load_display, DisplayNode
)
