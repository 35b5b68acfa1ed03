"""A printer on USB, through the real pyusb and python-escpos, down to a backend of our own in place of libusb."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from drivers.address import parse_address
from drivers.document import Document, TextLine
from drivers.errors import Mute, NoAccess, PortBusy, Unplugged, Unsupported
from drivers.printer import EscposPrinter
from drivers.printer_talk import Patience
from drivers.simulated.printer import PrinterTwin
from drivers.usb_line import open_usb

TICKET = Document((TextLine("A042", scale=4), TextLine("社保")))
ADDRESS = parse_address("usb://04b8:0202:S1")


def test_without_pyusb_it_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "usb.core", None)
    with pytest.raises(Unsupported, match="pyusb"):
        open_usb(ADDRESS)


@pytest.fixture
def bus() -> Any:
    """A bus with one printer on it, whose pipes lead to a twin."""
    core = pytest.importorskip("usb.core", reason="no pyusb here: pip install pyusb")
    interface = pytest.importorskip("usb.backend")

    class Bus(interface.IBackend):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.twin = PrinterTwin()
            self.said = bytearray()
            self.there, self.opening, self.taking = True, 0, True
            self.pipes = [(0x03, 2), (0x84, 2), (0x85, 3)]
            self.interface_class = 7
            self.empty_first = False

        def enumerate_devices(self) -> Iterator[str]:
            return iter(["printer"] if self.there else [])

        def get_device_descriptor(self, dev: str) -> Any:
            return SimpleNamespace(
                bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
                bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0202, bcdDevice=0x100, iManufacturer=0, iProduct=0,
                iSerialNumber=3, bNumConfigurations=1, address=1, bus=1, port_number=1, port_numbers=(1,), speed=2,
            )  # fmt: skip

        def get_configuration_descriptor(self, dev: str, config: int) -> Any:
            if config:
                raise IndexError
            return SimpleNamespace(
                bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
                iConfiguration=0, bmAttributes=0x80, bMaxPower=50, extra_descriptors=(),
            )  # fmt: skip

        def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> Any:
            if intf or alt:
                raise IndexError
            return SimpleNamespace(
                bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=len(self.pipes),
                bInterfaceClass=self.interface_class, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0,
                extra_descriptors=(),
            )  # fmt: skip

        def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> Any:
            address, kind = self.pipes[ep]
            return SimpleNamespace(
                bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=kind, wMaxPacketSize=64,
                bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=(),
            )  # fmt: skip

        def open_device(self, dev: str) -> str:
            if self.opening:
                raise core.USBError("refused", errno=self.opening)
            return "handle"

        def get_configuration(self, handle: str) -> int:
            return 1

        def ctrl_transfer(self, handle: str, kind: int, ask: int, value: int, index: int, data: Any, wait: int) -> int:
            """String descriptors: the languages, then the serial number."""
            text = b"\x04\x03\x09\x04" if value & 0xFF == 0 else b"\x06\x03S\x001\x00"
            data[: len(text)] = type(data)("B", text)
            return len(text)

        def bulk_write(self, handle: str, ep: int, intf: int, data: Any, timeout: int) -> int:
            self._check()
            assert ep == 0x03
            if not self.taking:
                raise core.USBTimeoutError("timeout", errno=errno.ETIMEDOUT)
            self.said += self.twin.feed(bytes(data))
            return len(data)

        def bulk_read(self, handle: str, ep: int, intf: int, buff: Any, timeout: int) -> int:
            self._check()
            assert ep == 0x84
            if self.empty_first:
                self.empty_first = False
                return 0
            if not self.said:
                raise core.USBTimeoutError("timeout", errno=errno.ETIMEDOUT)
            data = bytes(self.said[: len(buff)])
            del self.said[: len(data)]
            buff[: len(data)] = type(buff)("B", data)
            return len(data)

        def _check(self) -> None:
            if not self.there:
                raise core.USBError("no such device", errno=errno.ENODEV)

        def nothing(self, *_: object) -> None:
            return

        close_device = set_configuration = claim_interface = release_interface = nothing
        set_interface_altsetting = reset_device = nothing

    return Bus()


def printer_on(bus: Any) -> EscposPrinter:
    return EscposPrinter(
        lambda: open_usb(ADDRESS, {"backend": bus}),
        speed_mm_s=1000.0,
        patience=Patience(reply_s=0.2, confirm_s=0.3),
    )


def test_a_ticket_over_usb_is_confirmed(bus):
    printer = printer_on(bus)
    bus.empty_first = True
    assert printer.print(TICKET).outcome == "printed"
    assert bus.twin.slips()[0].text == "A042\n社保"
    assert printer.state().code == "ok"
    bus.twin.set_paper(False)
    assert printer.print(TICKET).code == "paper_out"
    printer.close()


def test_unplugged_and_put_back(bus):
    printer = printer_on(bus)
    assert printer.print(TICKET).outcome == "printed"
    bus.there = False
    assert printer.print(TICKET).code == "unplugged"
    bus.there = True
    assert printer.print(TICKET).outcome == "printed"
    printer.close()


def test_a_printer_without_a_pipe_back_is_unconfirmed(bus):
    bus.pipes = [(0x03, 2)]
    printer = printer_on(bus)
    result = printer.print(TICKET)
    assert (result.outcome, result.code) == ("unconfirmed", "mute")
    printer.close()


def test_a_printer_that_takes_nothing_is_mute(bus):
    transport = open_usb(ADDRESS, {"backend": bus})
    assert transport.byte_time_s == 0.0
    bus.taking = False
    with pytest.raises(Mute):
        transport.write(b"A", timeout_s=0.1)
    bus.said += b"stale"
    transport.discard_input()
    assert transport.read(0.01) == b""
    bus.there = False
    with pytest.raises(Unplugged):
        transport.write(b"A")
    with pytest.raises(Unplugged):
        transport.read(0.01)
    transport.close()
    transport.close()
    with pytest.raises(Unplugged, match="closed"):
        transport.read(0.01)


@pytest.mark.parametrize(("number", "error"), [(errno.EACCES, NoAccess), (errno.EBUSY, PortBusy), (None, Unplugged)])
def test_what_keeps_it_from_opening_is_named(bus, number, error):
    if number is None:
        bus.there = False
    else:
        bus.opening = number
    with pytest.raises(error):
        open_usb(parse_address("usb://04b8:0202"), {"backend": bus})


def test_another_serial_number_and_no_printer(bus):
    with pytest.raises(Unplugged):
        open_usb(parse_address("usb://04b8:0202:S2"), {"backend": bus})
    bus.pipes, bus.interface_class = [(0x84, 2)], 3
    with pytest.raises(Unsupported, match="no pipe"):
        open_usb(ADDRESS, {"backend": bus})
