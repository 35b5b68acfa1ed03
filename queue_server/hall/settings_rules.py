"""The rule for changing a hall's settings while it works: nobody who waits is lost; knows no file and no page."""

from __future__ import annotations

from config.settings import HallSettings
from queue_server.hall import commands as c
from queue_server.hall import events as e
from queue_server.hall.refusal import Refused
from queue_server.hall.state import Hall
from queue_server.hall.ticket_rules import UNSERVED, Happened


def change(hall: Hall, command: c.ChangeSettings, happened: Happened) -> None:
    """Take over new settings. What tickets are for, and windows that work, stay until nobody needs them any more."""
    if command.settings == hall.settings and command.file_digest == hall.file_digest:
        return
    if command.version is not None and command.version != hall.settings_version:
        raise Refused("settings_changed", version=hall.settings_version)
    if command.settings.id != hall.settings.id:
        raise Refused("hall_id_fixed", hall=hall.settings.id)
    if command.source != "file":  # a file is read at start, when nobody is there to be asked
        _refuse_losses(hall, command)
    if hall.settings_version == 0:  # what the file said until now, so that the first change can be taken back
        happened(_changed(hall, command.at_ms, hall.settings, "file", command.file_digest))
    happened(_changed(hall, command.at_ms, command.settings, command.source, command.file_digest))


def _changed(hall: Hall, at_ms: int, settings: HallSettings, source: str, digest: str) -> e.SettingsChanged:
    return e.SettingsChanged(
        at_ms=at_ms,
        settings=settings,
        version=hall.settings_version + 1,
        source=source,
        file_digest=digest,
        previous=hall.settings_row,
    )


def _refuse_losses(hall: Hall, command: c.ChangeSettings) -> None:
    for ticket in hall.tickets.values():
        if ticket.state in (*UNSERVED, "serving"):
            for service in ticket.services[ticket.services.index(ticket.service) :]:
                if service in hall.settings.services and service not in command.settings.services:
                    raise Refused("service_in_use", service=service, label=ticket.label)
            if ticket.for_window is not None and ticket.for_window not in command.settings.windows:
                raise Refused("window_in_use", window=ticket.for_window, label=ticket.label)
    for one in hall.appointments.by_id.values():
        gone = one.service in hall.settings.services and one.service not in command.settings.services
        if gone and one.state == "booked":
            raise Refused("service_booked", service=one.service, day=one.day)
    for window in hall.windows.values():
        if window.state != "closed" and window.number not in command.settings.windows:
            raise Refused("window_in_use", window=window.number)
