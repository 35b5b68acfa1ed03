"""Nodes get their devices by kind, driver, address and options; every mistake is one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drivers import errors
from drivers.errors import BadAddress, DriverError, Unsupported
from drivers.registry import DRIVERS, drivers_of, kinds, open_device

DIALECTS = Path(__file__).parents[2] / "config" / "dialects"
OPTIONS = {
    "callpad.dialect": {"dialect": str(DIALECTS / "ff68.toml")},
    "callpad.ff68": {},
    "ratingpad.dialect": {"dialect": str(DIALECTS / "ff68.toml"), "grades": {"0": 1}},
    "printer.escpos": {"width_mm": 58, "cutter": False, "process_id": False, "speed_mm_s": 80.0},
    "idcard.sdt": {"poll_s": 0.5},
    "ratingpad.ff68": {"grades": {"0": 1, "3": 5}},
    "buttons.gpio": {"pins": {"next": 17}},
    "keypad.evdev": {},
    "lamps.gpio": {"pins": {"free": 17, "alarm": 27}, "active_low": True},
    "scanner.evdev": {},
    "sign.alpha": {"at": 0},
    "sign.dialect": {"dialect": str(DIALECTS / "kanban.toml"), "at": 5},
    "sign.kanban": {"at": 5},
    "sign.ledstrip": {},
    "speaker.speech": {"bank": "", "espeak": "espeak-ng"},
}


@pytest.mark.parametrize("name", sorted(DRIVERS))
def test_every_driver_is_made_before_its_device_is_plugged_in(name, monkeypatch, tmp_path):
    monkeypatch.setenv("HALL_DEVICES_DIR", str(tmp_path))
    kind, _, driver = name.partition(".")
    device = open_device(kind, driver, "simulated://away", **OPTIONS[name])
    assert device.state().health in ("warning", "failed")
    device.close()
    device.close()
    assert device.state().code == "closed"


def test_names():
    pads_and_pins = ["buttons", "callpad", "keypad", "lamps", "scanner", "sign"]
    assert kinds() == sorted(["idcard", "printer", "ratingpad", "speaker", *pads_and_pins])
    assert drivers_of("printer") == ["escpos"]
    assert drivers_of("fax") == []


def test_paper_has_a_width_in_dots():
    assert open_device("printer", "escpos", "simulated://p", width_mm=58).width_dots == 384
    assert open_device("printer", "escpos", "simulated://p").width_dots == 576


@pytest.mark.parametrize(
    ("arguments", "options", "error", "says"),
    [
        (("fax", "g3", "simulated://x"), {}, Unsupported, "fax"),
        (("printer", "zpl", "simulated://x"), {}, Unsupported, "escpos"),
        (("printer", "escpos", "nonsense"), {}, BadAddress, "nonsense"),
        (("printer", "escpos", "simulated://x"), {"widht_mm": 58}, Unsupported, "did you mean width_mm"),
        (("printer", "escpos", "simulated://x"), {"width_mm": 70}, Unsupported, "58 or 80"),
        (("ratingpad", "ff68", "simulated://x"), {"grades": {"0": 9}}, Unsupported, "grade 9"),
        (("speaker", "speech", "serial:///dev/ttyS0"), {}, BadAddress, "alsa://default"),
    ],
)
def test_mistakes_are_named(arguments, options, error, says):
    with pytest.raises(error, match=says):
        open_device(*arguments, **options)


def test_every_error_has_its_own_code_and_says_what_it_is():
    found = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, DriverError)]
    assert len({one.code for one in found}) == len(found)
    assert all(one.__doc__ for one in found)


def test_drivers_are_imported_without_hardware_libraries():
    """A development machine has neither evdev nor RPi.GPIO; and asking for names must not load any vendor library."""
    script = "import sys; sys.modules['evdev'] = sys.modules['RPi'] = None; import drivers.cli; print('ok')"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "ok\n"
    script = "import sys, drivers.registry as r; r.kinds(); print('escpos' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
