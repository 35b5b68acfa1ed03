"""What the panel tells of each twin, as JSON values; knows no request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from drivers.simulated.callpad import CALL_KEYS, CallPadTwin
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.hall import Running
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.paper import font_or_none
from drivers.simulated.people import SAMPLES
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.ratingpad import KEYS, RatingPadTwin
from drivers.simulated.sign import SignTwin
from drivers.simulated.speaker import SpeakerTwin

_SHOWN = 20


def twin_view(running: Running) -> dict[str, Any]:
    """`{name, kind, address, state}` of one twin."""
    device = running.device
    if isinstance(device, PrinterTwin):
        state = _printer(running.name, device)
    elif isinstance(device, IdCardTwin):
        state = _reader(device)
    elif isinstance(device, RatingPadTwin):
        state = _pads(device)
    elif isinstance(device, SignTwin):
        state = {"speaks": device.speaks, "shown": {str(at): text for at, text in device.all_shown().items()}}
    elif isinstance(device, KeysTwin):
        state = {}
    elif isinstance(device, PinsTwin):
        state = {"outputs": {str(pin): level for pin, level in device.outputs().items()}, "inputs": device.inputs()}
    else:
        state = _speaker(running.name, device)
    return {"name": running.name, "kind": running.kind, "address": f"simulated://{running.name}", "state": state}


def rfc3339(at: datetime) -> str:
    """UTC with milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _version(at: datetime) -> int:
    """Distinguishes the picture of this slip from one with its number before the twins were restarted."""
    return round(at.timestamp() * 1000)


def _printer(name: str, twin: PrinterTwin) -> dict[str, Any]:
    return {
        "paper": twin.paper,
        "near_end": twin.near_end,
        "cover_open": twin.cover_open,
        "width_dots": twin.width_dots,
        # Without such a font the pictures show boxes for Chinese; the text is right all the same.
        "cjk_font": font_or_none() is not None,
        "ignored": sorted(twin.ignored),
        "slips": [
            {
                "n": slip.n,
                "at": rfc3339(slip.at),
                "complete": slip.complete,
                "text": slip.text,
                "qr": slip.qr_codes,
                "png": f"/api/twins/{name}/slips/{slip.n}.png?v={_version(slip.at)}-{slip.height_dots}",
            }
            for slip in twin.slips()[:_SHOWN]
        ],
    }


def _reader(twin: IdCardTwin) -> dict[str, Any]:
    card = twin.card
    return {
        "card": card.id if card else None,
        "samples": [{"id": sample.id, "title": sample.title} for sample in SAMPLES.values()],
    }


def _pads(twin: RatingPadTwin) -> dict[str, Any]:
    return {
        "addresses": twin.addresses,
        "call_keys": list(CALL_KEYS) if isinstance(twin, CallPadTwin) else [],
        "keys": [{"value": value, "title": title} for value, title in KEYS.items()],
        "rating_open": {str(address): twin.rating_open(address) for address in twin.addresses},
        "shown": {str(address): twin.shown(address) for address in twin.addresses},
        "acknowledged": {str(address): twin.acknowledged(address) for address in twin.addresses},
    }


def _speaker(name: str, twin: SpeakerTwin) -> dict[str, Any]:
    return {
        "broken": twin.broken,
        "said": [
            {
                "n": said.n,
                "at": rfc3339(said.at),
                "language": said.language,
                "tokens": list(said.tokens),
                "duration_s": round(said.duration_s, 2),
                "wav": f"/api/twins/{name}/said/{said.n}.wav?v={_version(said.at)}",
            }
            for said in twin.said()[:_SHOWN]
        ],
    }
