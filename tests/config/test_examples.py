"""The example halls load, are what they claim to be, and their nodes find every simulated device they name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config.load import load_hall
from config.node import load_display, load_kiosk
from drivers.address import parse_address

EXAMPLES = Path(__file__).parents[2] / "config" / "examples"
HALLS = ("township", "village", "busy")
# As the Wenzhou notice lists them.
NAMED = ["户籍", "个体工商登记", "社保", "医保", "农技推广", "企业服务", "宅基地申请", "准生证办理", "流动人员证办理"]
NAMED += ["城管", "环保", "民政事务（社会救助）", "法律调解", "社会综治"]
SIMULATED = "simulated://"


@pytest.mark.parametrize("name", HALLS)
def test_a_hall_can_serve_all_that_it_offers_at_any_hour(name: str) -> None:
    hall = load_hall(EXAMPLES / f"{name}.toml")
    served = {service for window in hall.windows.values() for service in window.services}
    assert served == set(hall.services)
    assert hall.hours is None, "a demo that is closed when somebody tries it is no demo"
    assert hall.languages == ("zh-CN", "en")
    for service in hall.services.values():
        words = [service.name, service.department, *service.materials]
        assert all(set(text) == {"zh-CN", "en"} and text["zh-CN"] != text["en"] for text in words)


def test_the_township_has_the_fourteen_matters_and_two_windows_for_everything() -> None:
    hall = load_hall(EXAMPLES / "township.toml")
    assert [service.name["zh-CN"] for service in hall.services.values()] == NAMED
    assert [hall.windows[n].services for n in range(1, 15)] == [(service,) for service in hall.services]
    assert [set(hall.windows[n].services) for n in (15, 16)] == [set(hall.services)] * 2
    assert not {"I", "O"} & {service.prefix for service in hall.services.values()}


def test_the_village_has_one_window_and_the_busy_hall_several_for_a_service() -> None:
    assert list(load_hall(EXAMPLES / "village.toml").windows) == [1]
    busy = load_hall(EXAMPLES / "busy.toml")
    assert len(busy.windows) == 8
    assert min(sum(service in window.services for window in busy.windows.values()) for service in busy.services) >= 2


@pytest.mark.parametrize("name", HALLS)
def test_nodes_name_devices_that_their_twins_file_has(name: str) -> None:
    hall = load_hall(EXAMPLES / f"{name}.toml")
    twins = {twin["name"]: twin for twin in tomllib.loads((EXAMPLES / f"{name}-twins.toml").read_text())["twins"]}
    kiosks = [load_kiosk(file, {}) for file in sorted(EXAMPLES.glob(f"{name}-kiosk*.toml"))]
    display = load_display(EXAMPLES / f"{name}-display.toml", {})
    assert len(kiosks) == (2 if name == "busy" else 1)

    used: dict[str, str] = {}
    for kiosk in kiosks:
        printer = kiosk.printer.address.removeprefix(SIMULATED)
        used[printer] = "printer"
        assert twins[printer]["width_mm"] == kiosk.printer.width_mm
        assert kiosk.idcard is not None
        used[kiosk.idcard.address.removeprefix(SIMULATED)] = "idcard"
        for kind, device in (("scanner", kiosk.scanner), ("keypad", kiosk.keypad), ("gpio", kiosk.lamps)):
            if device is not None:
                used[device.address.removeprefix(SIMULATED)] = kind
    assert display.speaker is not None
    used[display.speaker.address.removeprefix(SIMULATED)] = "speaker"
    for kind, lines in (("ratingpad", display.ratingpads), ("callpad", display.callpads), ("sign", display.signs)):
        for line in lines:
            twin = twins[line.address.removeprefix(SIMULATED)]
            used[twin["name"]] = kind
            assert twin.get("addresses", list(line.windows)) == list(line.windows)
            assert twin.get("speaks", line.driver) == line.driver
            assert set(line.windows.values()) <= set(hall.windows)
    for kind, singles in (("gpio", display.lamps), ("gpio", display.buttons), ("keypad", display.keypads)):
        for one in singles:
            used[one.address.removeprefix(SIMULATED)] = kind
            assert one.window in hall.windows
    assert {twin: twins[twin]["kind"] for twin in twins} == used
    assert set(display.operated()) <= set(hall.windows)

    nodes = [*(kiosk.node.id for kiosk in kiosks), display.node.id]
    ports = [*(kiosk.page.port for kiosk in kiosks), display.page.port]
    assert len(set(nodes)) == len(nodes)
    assert len({*ports, 8080, 8083}) == len(ports) + 2, "the hall server and the twins' page have ports of their own"


def test_the_node_of_twenty_windows_has_every_kind_of_device() -> None:
    node = load_display(EXAMPLES / "window-node.toml", {})
    assert node.operated() == list(range(1, 21))
    assert sorted({window for line in node.signs for window in line.windows.values()}) == list(range(1, 21))
    assert node.callpads[0].address == node.ratingpads[0].address, "both kinds of pad hang on one line"
    assert node.callpads[0].keys["evaluate"] == "finish"
    kinds = ("callpads", "ratingpads", "signs", "lamps", "buttons", "keypads", "speaker")
    assert all(getattr(node, kind) for kind in kinds)
    for address in (one.address for kind in kinds[:-1] for one in getattr(node, kind)):
        parse_address(address)


def test_the_wall_of_one_floor_has_all_that_a_wall_can_have() -> None:
    node = load_display(EXAMPLES / "wall-node.toml", {})
    assert (node.wall.zones, node.wall.layout, node.wall.closed) == (("f2",), "split", "clock")
    assert node.media.folder is not None
    assert node.speaker is not None
