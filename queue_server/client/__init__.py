"""How nodes and tools talk to a hall server: commands safe to repeat, and live views; knows no hall and no device."""

from queue_server.client.commands import HallClient
from queue_server.client.errors import HallError, HallRefused, HallUnreachable
from queue_server.client.follower import Follower
from queue_server.request_keys import new_key
from queue_server.sealed import seal

__all__ = ["Follower", "HallClient", "HallError", "HallRefused", "HallUnreachable", "new_key", "seal"]
