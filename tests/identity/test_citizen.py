"""The same person, typed in different ways; and what may be shown of them."""

from __future__ import annotations

import pytest

from queue_server.citizen import Citizen, is_resident_id, mask_id_number, mask_name, mask_phone
from queue_server.errors import BadCitizen

ID = "11010519491231002X"  # the example of GB 11643


@pytest.mark.parametrize(
    "typed", [ID, ID.lower(), "110105 19491231 002x", "１１０１０５１９４９１２３１００２Ｘ", f" {ID} "]
)
def test_one_number_however_it_is_typed(typed: str) -> None:
    assert Citizen(id_number=typed) == Citizen(id_number=ID)


@pytest.mark.parametrize(
    "typed", ["13812341234", "138 1234 1234", "+86 138-1234-1234", "008613812341234", "8613812341234"]
)
def test_one_phone_however_it_is_typed(typed: str) -> None:
    assert Citizen(phone=typed).phone == "13812341234"


def test_check_digit() -> None:
    assert is_resident_id(ID)
    assert is_resident_id(ID.lower())
    for wrong in ("110105194912310021", "11010519491231002", "H12345678", "x" * 18, ""):
        assert not is_resident_id(wrong)


@pytest.mark.parametrize("number", ["110105194912310021", "H12345678", "AB-1234567(8)", "9" * 32])
def test_unusual_numbers_are_accepted(number: str) -> None:
    assert Citizen(id_number=number).id_number


@pytest.mark.parametrize(
    ("field", "value"), [("id_number", " - "), ("phone", ""), ("name", "  "), ("id_number", "1" * 33)]
)
def test_empty_and_too_long_are_refused_without_showing_the_value(field: str, value: str) -> None:
    with pytest.raises(BadCitizen) as caught:
        Citizen(**{field: value})
    assert caught.value.field == field
    assert "1111" not in str(caught.value)


def test_masks() -> None:
    assert mask_name("张三丰") == "张*"
    assert mask_phone("13812341234") == "138****1234"
    assert mask_id_number("330101199001011011") == "330***********1011"
    assert mask_phone("8765432") == "*****32"
    assert mask_id_number("H12345678") == "*******78"
    assert mask_id_number("1234") == "****"


def test_a_repr_shows_nothing() -> None:
    said = repr(Citizen(id_number=ID, name="王小明", phone="13812341234"))
    assert said == "Citizen()"
