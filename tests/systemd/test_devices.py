"""Rules and drop-ins for devices: written as udev and systemd take them, stable names, and access to nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).parents[2] / "systemd"
RULES = SYSTEMD / "99-hall-devices.rules"
DROP_INS = sorted((SYSTEMD / "examples").glob("*.conf"))
PART = re.compile(r'(?P<key>[A-Z]+)(?:\{(?P<of>[^}]+)\})?(?P<op>==|!=|\+=|=)"(?P<value>[^"]*)"')
MATCHES = {"SUBSYSTEM", "KERNEL", "ENV", "ATTRS", "ATTR"}
ASSIGNS = {"SYMLINK", "GROUP", "MODE", "ENV", "IMPORT"}
# Names of kinds as /proc/devices has them, where the kernel's driver for it is loaded.
KINDS = {"ttyUSB", "ttyACM", "ttyS", "usb_device", "usb", "input", "alsa", "gpiochip"}


def rules(text: str) -> list[list[re.Match[str]]]:
    """Every rule taken apart; a rule that udev would not take is an error."""
    found = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        parts = [PART.fullmatch(part.strip()) for part in line.split(", ")]
        assert all(parts), f"udev would not take: {line}"
        found.append([part for part in parts if part])
    return found


def mistakes(text: str) -> list[str]:
    """What udev would complain of or quietly never do."""
    told = []
    for parts in rules(text):
        matched = [part for part in parts if part["op"] in ("==", "!=")]
        given = [part for part in parts if part["op"] in ("=", "+=")]
        told += [f"{part['key']} cannot be matched" for part in matched if part["key"] not in MATCHES]
        told += [f"{part['key']} cannot be assigned" for part in given if part["key"] not in ASSIGNS]
        told += [f"mode {part['value']}" for part in given if part["key"] == "MODE" and part["value"] != "0660"]
        if not any(part["key"] == "SUBSYSTEM" for part in matched):
            told.append("a rule for every device there is")
        if not given:
            told.append("a rule that does nothing")
    return told


def apply(device: dict[str, str], text: str) -> dict[str, str]:
    """What udev would make of a device, given as KERNEL, SUBSYSTEM and its environment."""
    made: dict[str, str] = {"SYMLINK": ""}
    for parts in rules(text):
        matched = [part for part in parts if part["op"] == "=="]
        if not all(fnmatchcase(device.get(part["of"] or part["key"], ""), part["value"]) for part in matched):
            continue
        for part in parts:
            value = re.sub(r"\$env\{(\w+)\}", lambda found: device.get(found[1], ""), part["value"])
            if part["op"] == "+=":
                made[part["key"]] += f" {value}"
            elif part["op"] == "=":
                made[part["of"] or part["key"]] = value
    return made


def test_the_rules_are_as_udev_takes_them() -> None:
    assert mistakes(RULES.read_text()) == []


# udev reads rules from fixed folders only; a /run of our own, seen by nobody else, holds ours.
IN_OWN_RUN = """
mount -t tmpfs none /run && mkdir -p /run/udev/rules.d && cp "$1"/*.rules /run/udev/rules.d/ && udevadm test "$2"
"""
NO_UDEV = shutil.which("udevadm") is None or not Path("/sys/class/tty/tty0").exists()


def udev_says(folder: Path, device: str, **files: str) -> str:
    """What `udevadm test` says of `device` under our rules and `files` before them."""
    for name, text in {"99-hall-devices": RULES.read_text(), **files}.items():
        # The group is made at installation; udev only looks it up.
        (folder / f"{name}.rules").write_text(text.replace('GROUP="hall-devices"', 'GROUP="lp"'))
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", IN_OWN_RUN, "sh", str(folder), device],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"no folder of our own for udev here: {done.stderr.strip().splitlines()[-1]}")
    assert "Reading rules file: /run/udev/rules.d/99-hall-devices.rules" in done.stderr
    return done.stdout + done.stderr


def complaints(told: str) -> list[str]:
    return re.findall(r"^/run/udev/rules\.d/99-hall-devices\.rules:\d+ .*$", told, re.MULTILINE)


@pytest.mark.skipif(NO_UDEV, reason="needs udevadm (Debian: udev) and /sys")
def test_udev_itself_has_nothing_to_complain_of(tmp_path: Path) -> None:
    assert complaints(udev_says(tmp_path, "/class/mem/null")) == []


@pytest.mark.skipif(NO_UDEV, reason="needs udevadm (Debian: udev) and /sys")
def test_udev_itself_complains_of_a_broken_rule(tmp_path: Path) -> None:
    broken = RULES.read_text().replace("SYMLINK+=", "SYMLNK+=", 1)
    told = udev_says(tmp_path, "/class/mem/null", **{"99-hall-devices": broken})
    assert "SYMLNK" in "".join(complaints(told))


@pytest.mark.skipif(NO_UDEV, reason="needs udevadm (Debian: udev) and /sys")
def test_udev_itself_gives_the_lasting_names(tmp_path: Path) -> None:
    """A terminal stands in for an adapter: an earlier rule tells of it what udev reads from a real one."""
    adapter = ", ".join(f'ENV{{{key}}}="{value}"' for key, value in ADAPTER.items() if key != "SUBSYSTEM")
    told = udev_says(tmp_path, "/class/tty/tty0", **{"65-adapter": f'KERNEL=="tty0", {adapter}\n'})
    links = re.search(r"^DEVLINKS=(.*)$", told, re.MULTILINE)
    assert links is not None, told
    assert {"/dev/hall/serial-A50285BI", "/dev/hall/port-pci-0000:00:14.0-usb-0:2:1.0"} <= set(links[1].split())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('SUBSYSTEM=="tty", ', ""),
        ('MODE="0660"', 'MODE="0666"'),
        ("SYMLINK+=", "SYMLNK+="),
        ('GROUP="lp"', 'GROUP=="lp"'),
    ],
)
def test_a_broken_rule_is_seen(old: str, new: str) -> None:
    text = RULES.read_text()
    assert old in text
    assert mistakes(text.replace(old, new, 1))


ADAPTER = {
    "SUBSYSTEM": "tty",
    "ID_BUS": "usb",
    "ID_SERIAL_SHORT": "A50285BI",
    "ID_PATH": "pci-0000:00:14.0-usb-0:2:1.0",
}
PAD = {"SUBSYSTEM": "input", "KERNEL": "event7", "ID_PATH": "pci-0-usb-0:3:1.0"}


@pytest.mark.parametrize(
    ("device", "made"),
    [
        (
            {**ADAPTER, "KERNEL": "ttyUSB0"},
            {"SYMLINK": " hall/serial-A50285BI hall/port-pci-0000:00:14.0-usb-0:2:1.0"},
        ),
        (
            {**ADAPTER, "KERNEL": "ttyUSB9", "ID_SERIAL_SHORT": ""},
            {"SYMLINK": " hall/port-pci-0000:00:14.0-usb-0:2:1.0"},
        ),
        ({"SUBSYSTEM": "tty", "KERNEL": "tty1"}, {"SYMLINK": ""}),
        (
            {**PAD, "HALL_KEYS": "1"},
            {"SYMLINK": " hall/keys-pci-0-usb-0:3:1.0", "GROUP": "hall-devices", "MODE": "0660"},
        ),
        (PAD, {"SYMLINK": ""}),
        ({"SUBSYSTEM": "gpio", "KERNEL": "gpiochip0"}, {"GROUP": "hall-devices", "MODE": "0660"}),
        (
            {"SUBSYSTEM": "usb", "DEVTYPE": "usb_device", "ID_USB_INTERFACES": ":070102:"},
            {"GROUP": "lp", "MODE": "0660"},
        ),
        ({"SUBSYSTEM": "usb", "DEVTYPE": "usb_device", "ID_USB_INTERFACES": ":080650:"}, {"SYMLINK": ""}),
    ],
)
def test_each_device_gets_its_name_and_its_group(device: dict[str, str], made: dict[str, str]) -> None:
    given = apply(device, RULES.read_text())
    assert {key: given.get(key) for key in made} == made
    if made == {"SYMLINK": ""}:
        assert given == made, "a device that is not ours keeps its rights"


def test_every_group_is_made_or_debian_s() -> None:
    made = set(re.findall(r"^g (\S+)", (SYSTEMD / "hall-devices.sysusers.conf").read_text(), re.MULTILINE))
    groups = {part["value"] for parts in rules(RULES.read_text()) for part in parts if part["key"] == "GROUP"}
    assert groups <= made | {"lp", "dialout"}
    for drop_in in DROP_INS:
        assert set(re.findall(r"^SupplementaryGroups=(.*)$", drop_in.read_text(), re.MULTILINE)) <= made


@pytest.mark.parametrize("drop_in", DROP_INS, ids=lambda path: path.stem)
def test_a_drop_in_allows_kinds_of_devices_and_nothing_else(drop_in: Path) -> None:
    lines = [line for line in drop_in.read_text().splitlines() if line and not line.startswith("#")]
    assert lines[:2] == ["[Service]", "DevicePolicy=closed"]
    allowed = [line.removeprefix("DeviceAllow=").split() for line in lines if line.startswith("DeviceAllow=")]
    assert all(len(words) == 2 and words[1] in ("r", "rw") for words in allowed)
    assert {words[0].removeprefix("char-") for words in allowed} <= KINDS
    assert all(line.startswith(("DeviceAllow=", "SupplementaryGroups=")) for line in lines[2:])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("drop_in", DROP_INS, ids=lambda path: path.stem)
@pytest.mark.parametrize("broken", [False, True])
def test_systemd_takes_the_drop_ins(tmp_path: Path, drop_in: Path, broken: bool) -> None:
    text = drop_in.read_text()
    if broken:
        text = text.replace("DevicePolicy=closed", "DevicePolice=closed")
    unit = f"[Service]\nExecStart=/bin/true\n{text.replace('[Service]', '')}"
    (tmp_path / "one.service").write_text(unit)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / "one.service")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert bool(done.returncode or done.stderr) == broken, done.stderr
