"""Where a WAV is played: a sound card through aplay, or the simulated speaker's socket; knows no word."""

from __future__ import annotations

import shutil
import socket
import subprocess
from pathlib import Path
from typing import Protocol

from drivers.errors import SpeakerError, Unplugged
from drivers.sound import silence, write_wav

_GRACE_S = 10.0


class Player(Protocol):
    """Plays one WAV at a time to its end."""

    def play(self, wav: bytes, duration_s: float) -> None:
        """Return when it was heard. Raises SpeakerError, Unplugged."""

    def check(self) -> None:
        """Raise what `play` would raise, without a sound."""


class AplayPlayer:
    """A sound card by its ALSA name. The card's driver may come and go: each sound opens it anew."""

    def __init__(self, device: str) -> None:
        self._device = device

    def play(self, wav: bytes, duration_s: float) -> None:
        if shutil.which("aplay") is None:
            raise SpeakerError("aplay is not installed; install alsa-utils.")
        command = ["aplay", "-q", "-D", self._device, "-"]
        try:
            done = subprocess.run(command, input=wav, capture_output=True, timeout=duration_s + _GRACE_S, check=False)
        except subprocess.TimeoutExpired as err:
            raise SpeakerError(
                f"The sound card {self._device} takes no sound; see that no other program holds it."
            ) from err
        except OSError as err:
            raise SpeakerError("aplay cannot be started; see the installation of alsa-utils.") from err
        if done.returncode != 0:
            why = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise SpeakerError(
                f"The sound card {self._device} cannot be used ({why[-1] if why else 'aplay gave no reason'}); "
                "see aplay -L for the names of the cards."
            )

    def check(self) -> None:
        self.play(write_wav(silence(0.02)), 0.02)


class TwinPlayer:
    """The simulated speaker: the same bytes as aplay gets, into a unix socket, and its answer when they were played."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def play(self, wav: bytes, duration_s: float) -> None:
        try:
            with self._connect(duration_s + _GRACE_S) as link:
                link.sendall(wav)
                link.shutdown(socket.SHUT_WR)
                answer = bytearray()
                while data := link.recv(4096):
                    answer += data
        except OSError as err:
            raise self._gone() from err
        if bytes(answer) != b"played\n":
            raise SpeakerError(f"The simulated speaker refused the sound: {answer.decode('utf-8', 'replace').strip()}")

    def check(self) -> None:
        if not self._path.is_socket():
            raise self._gone()

    def _connect(self, timeout_s: float) -> socket.socket:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(timeout_s)
        try:
            link.connect(str(self._path))
        except OSError:
            link.close()
            raise
        return link

    def _gone(self) -> Unplugged:
        return Unplugged(f"The simulated speaker {self._path.name} is not there; start it with hall-devices panel.")
