"""`hall-devices read-card`: one object or lines, and one sentence and an exit code for each fault."""

from __future__ import annotations

import json
import time

import pytest
from card_readers import laid
from click.testing import CliRunner

from drivers.card_sheet import decode_sheet
from drivers.cli import main
from drivers.errors import CardInvalid
from drivers.simulated.faults import begin_fault
from drivers.simulated.idcard import IdCardTwin
from drivers.simulated.people import SAMPLES, with_check_digit


def run(*arguments: str):
    return CliRunner().invoke(main, ["read-card", *arguments])


def test_the_command_prints_one_object(on_pty, tmp_path):
    on_pty(laid("citizen"))
    result = run(f"serial://{tmp_path}/device?baud=115200", "--json")
    assert result.exit_code == 0
    assert result.stderr == "", "a program that reads both gets one object"
    assert json.loads(result.stdout) == {
        "type": "citizen",
        "name": "张示例",
        "sex": "男",
        "ethnic": "汉",
        "birth": "1990-01-01",
        "id_number": with_check_digit("99999919900101000"),
        "issuer": "样本市公安局",
        "valid_from": "2020-01-01",
        "valid_to": "2040-01-01",
        "address": "示例省样本市虚构路0号",
    }


def test_the_command_also_prints_lines(on_pty, tmp_path):
    on_pty(laid("hmt"))
    result = run(f"serial://{tmp_path}/device?baud=auto")
    assert result.exit_code == 0
    assert "name: 陈样例\n" in result.stdout
    assert "Take the card away." in result.stderr


def test_no_card_is_exit_3(on_pty, tmp_path):
    on_pty(IdCardTwin())
    result = run(f"serial://{tmp_path}/device", "--json", "--timeout", "0.3")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "within 0.3 s" in result.stderr


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("silence", "does not answer"),
        ("garbage", "make no sense"),
        ("half-frame", "make no sense"),
        ("checksum", "make no sense"),
        ("port-busy", "in use by another program"),
        ("cable-pull", "unplugged"),
        ("card-pull", "could not be read"),
    ],
)
def test_each_fault_is_one_sentence_and_exit_1(on_pty, tmp_path, fault, says):
    twin = laid("citizen")
    begin_fault(fault, "idcard", twin, on_pty(twin))
    result = run(f"serial://{tmp_path}/device", "--json", "--timeout", "1")
    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("fault", ["split", "slow"])
def test_a_slow_or_split_line_is_only_slow(on_pty, tmp_path, fault):
    twin = laid("citizen")
    begin_fault(fault, "idcard", twin, on_pty(twin))
    assert run(f"serial://{tmp_path}/device", "--json").exit_code == 0


def test_a_damaged_card_is_a_fault_without_its_data(on_pty, tmp_path):
    on_pty(laid("damaged"))
    result = run(f"serial://{tmp_path}/device", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert not any(ch.isdigit() for ch in result.stderr)
    with pytest.raises(CardInvalid):
        decode_sheet(SAMPLES["damaged"].text)


def test_a_card_at_9600_baud_over_a_paced_pty(on_pty, tmp_path):
    on_pty(laid("rare"), paced=True)
    started = time.monotonic()
    assert run(f"serial://{tmp_path}/device?baud=9600", "--json").exit_code == 0
    assert time.monotonic() - started > 1.3, "the line was not paced"
