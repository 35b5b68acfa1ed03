"""Where a WAV is played: a sound card through aplay, or the simulated speaker's socket; knows no word."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from drivers.errors import SpeakerError, Unplugged
from drivers.sound import silence, write_wav

_GRACE_S = 10.0


class Player(Protocol):
    """Plays one WAV at a time to its end."""

    def play(self, wav: bytes, duration_s: float, wanted: Callable[[], bool] = ...) -> None:
        """Return when it was heard, or stopped. wanted: asked once it begins; a `stop` before that is not lost.
        Raises SpeakerError, Unplugged."""

    def check(self) -> None:
        """Raise what `play` would raise, without a sound."""

    def stop(self) -> None:
        """End the sound that is being played: `play` returns at once. From any thread."""


class AplayPlayer:
    """A sound card by its ALSA name. The card's driver may come and go: each sound opens it anew."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._playing: subprocess.Popen[bytes] | None = None
        self._stopped: subprocess.Popen[bytes] | None = None

    def play(self, wav: bytes, duration_s: float, wanted: Callable[[], bool] = lambda: True) -> None:
        if shutil.which("aplay") is None:
            raise SpeakerError("aplay is not installed; install alsa-utils.")
        command = ["aplay", "-q", "-D", self._device, "-"]
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        except OSError as err:
            raise SpeakerError("aplay cannot be started; see the installation of alsa-utils.") from err
        self._playing = process
        if not wanted():
            self.stop()
        try:
            _, said = process.communicate(wav, timeout=duration_s + _GRACE_S)
        except subprocess.TimeoutExpired as err:
            process.kill()
            process.communicate()
            raise SpeakerError(
                f"The sound card {self._device} takes no sound; see that no other program holds it."
            ) from err
        finally:
            self._playing = None
        if process.returncode != 0 and self._stopped is not process:
            why = said.decode("utf-8", "replace").strip().splitlines()
            raise SpeakerError(
                f"The sound card {self._device} cannot be used ({why[-1] if why else 'aplay gave no reason'}); "
                "see aplay -L for the names of the cards."
            )

    def check(self) -> None:
        self.play(write_wav(silence(0.02)), 0.02)

    def stop(self) -> None:
        process = self._stopped = self._playing
        if process is not None:
            process.kill()


class TwinPlayer:
    """The simulated speaker: the same bytes as aplay gets, into a unix socket, and its answer when they were played."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._playing: socket.socket | None = None
        self._stopped: socket.socket | None = None

    def play(self, wav: bytes, duration_s: float, wanted: Callable[[], bool] = lambda: True) -> None:
        try:
            with self._connect(duration_s + _GRACE_S) as link:
                self._playing = link
                if not wanted():
                    self.stop()
                link.sendall(wav)
                link.shutdown(socket.SHUT_WR)
                answer = bytearray()
                while data := link.recv(4096):
                    answer += data
        except OSError as err:
            if self._stopped is self._playing is not None:
                return
            raise self._gone() from err
        finally:
            played, self._playing = self._playing, None
        if bytes(answer) != b"played\n" and self._stopped is not played:
            raise SpeakerError(f"The simulated speaker refused the sound: {answer.decode('utf-8', 'replace').strip()}")

    def check(self) -> None:
        if not self._path.is_socket():
            raise self._gone()

    def stop(self) -> None:
        link = self._stopped = self._playing
        if link is not None:
            with suppress(OSError):  # it ended by itself meanwhile
                link.shutdown(socket.SHUT_RDWR)

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
