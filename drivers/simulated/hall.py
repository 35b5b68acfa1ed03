"""All simulated devices of one process, each within reach of drivers under its name; knows no page and no file."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drivers.printer import PAPER_DOTS
from drivers.simulated.callpad import CallPadTwin
from drivers.simulated.gpio import PinsTwin
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.keys import KeysTwin
from drivers.simulated.line import Line, PtyLine, UnixLine, make_devices_dir
from drivers.simulated.printer import PrinterTwin
from drivers.simulated.ratingpad import RatingPadTwin
from drivers.simulated.sign import SignTwin
from drivers.simulated.speaker import SpeakerTwin
from drivers.simulated.twins_file import TwinSettings

Device = PrinterTwin | IdCardTwin | RatingPadTwin | CallPadTwin | SignTwin | KeysTwin | PinsTwin | SpeakerTwin


@dataclass(frozen=True, slots=True)
class Running:
    """A twin and the line it hangs on."""

    name: str
    kind: str
    device: Device
    line: Line
    path: Path


def make_twin(settings: TwinSettings) -> Device:
    """The twin that `settings` describe, not yet within reach."""
    if settings.kind == "printer":
        return PrinterTwin(PAPER_DOTS[settings.width_mm])
    if settings.kind == "idcard":
        return IdCardTwin()
    if settings.kind == "ratingpad":
        return RatingPadTwin(settings.addresses)
    if settings.kind == "callpad":
        return CallPadTwin(settings.addresses)
    if settings.kind == "sign":
        return SignTwin(settings.speaks)
    if settings.kind in ("keypad", "scanner"):
        return KeysTwin(keypad=settings.kind == "keypad")
    if settings.kind == "gpio":
        return PinsTwin()
    return SpeakerTwin(settings.pace)


def put_on_line(device: Device, path: Path, *, paced: bool = False) -> Line:
    """Put `device` behind a pty, or a speaker behind a socket, at `path`. Raises BadAddress.

    paced: bytes on the pty take the time of the baud rate that the host sets.
    """
    if isinstance(device, SpeakerTwin):
        return UnixLine(device, path)
    line = PtyLine(device, path, paced=paced)
    if isinstance(device, KeysTwin):
        line.wire.baud = KeysTwin.wire_baud
    return line


class Twins:
    """Twins by name, in `folder`; use it as a context manager so that their places are free again at the end.

    Beside each place a hidden file tells its kind to `hall-devices list`. Raises BadAddress when a place is taken.
    """

    def __init__(self, settings: Iterable[TwinSettings], folder: Path) -> None:
        self._running: dict[str, Running] = {}
        make_devices_dir(folder)
        try:
            for one in settings:
                device = make_twin(one)
                path = folder / one.name
                self._running[one.name] = Running(one.name, one.kind, device, put_on_line(device, path), path)
                kind_file(path).write_text(one.kind)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Twins:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getitem__(self, name: str) -> Running:
        return self._running[name]

    def all(self) -> list[Running]:
        """In the order of the settings."""
        return list(self._running.values())

    def close(self) -> None:
        """Take every twin off its line; may be called twice."""
        for running in self._running.values():
            if isinstance(running.device, SpeakerTwin):
                running.device.close()
            running.line.close()
            with suppress(FileNotFoundError):
                if not running.path.is_symlink() and not running.path.exists():
                    kind_file(running.path).unlink()


def kind_file(path: Path) -> Path:
    """The hidden file that tells the kind of the twin at `path`."""
    return path.with_name(f".{path.name}.kind")
