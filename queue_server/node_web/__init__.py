"""What kiosk and display nodes share: their page, their live views, their state and their server; knows no driver."""

from queue_server.node_web.app import NodePages, create_node_app
from queue_server.node_web.command import node_command
from queue_server.node_web.hall import HallFacts
from queue_server.node_web.packs import Packs
from queue_server.node_web.pictures import Pictures
from queue_server.node_web.problems import ProblemError, problem_response
from queue_server.node_web.relay import Relay
from queue_server.node_web.reporter import Reporter
from queue_server.node_web.serve import NodeServer, configure_logging, serve_until_stopped
from queue_server.node_web.state import Devices, NodeState, Slot

__all__ = [
    "Devices",
    "HallFacts",
    "NodePages",
    "NodeServer",
    "NodeState",
    "Packs",
    "Pictures",
    "ProblemError",
    "Relay",
    "Reporter",
    "Slot",
    "configure_logging",
    "create_node_app",
    "node_command",
    "problem_response",
    "serve_until_stopped",
]
