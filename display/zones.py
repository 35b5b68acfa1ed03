"""Which calls belong to the floors of a display; pure functions that know no screen and no voice."""

from __future__ import annotations

from collections.abc import Collection

from queue_server.wire.board import BoardView


def known_zones(wanted: Collection[str], board: BoardView) -> frozenset[str]:
    """Those of `wanted` that the hall has. Empty means the whole hall: a wrong word in a file must not make a floor
    miss its calls."""
    return frozenset(wanted) & {zone["zone"] for zone in board.get("zones", [])}


def unknown_zones(wanted: Collection[str], board: BoardView) -> list[str]:
    return sorted(set(wanted) - known_zones(wanted, board))
