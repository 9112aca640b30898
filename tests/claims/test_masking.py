"""What personal values look like without a reason to see them."""

import random
from datetime import date, datetime

import pytest

from claims.masking import (
    MASKS,
    STARS,
    is_certificate,
    mask_account,
    mask_address,
    mask_birth,
    mask_certificate,
    mask_name,
    mask_phone,
    mask_value,
)
from claims.tables import TABLES
from tests.scenarios import certno


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王小明", "王*明"),
        ("王明", "王*"),
        ("王", "*"),
        ("欧阳修", "欧阳*"),
        ("欧阳小明", "欧阳*明"),
        ("欧阳", "欧*"),
        ("司马相如", "司马*如"),
        ("王小小明", "王**明"),
        ("买买提·阿不都", "买**·阿**"),
        ("John Smith", "J*** S****"),
        (" 王明 ", "王*"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("45010219600307123X", "4501**********123X"),
        ("450102600307123", "450*********123"),
        ("E12345678", "E1*****78"),
        ("123", "***"),
    ],
)
def test_a_certificate_keeps_its_ends(number: str, shown: str) -> None:
    assert mask_certificate(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13900001234", "139****1234"),
        ("0771-5823344", "0771-****344"),
        ("110", STARS),
        ("13900001234/13800005678", "139****1234/138****5678"),
        ("张三13900001234", "**139****1234"),
        ("139 0000 1234", STARS),
        ("", STARS),
    ],
)
def test_a_phone_keeps_head_and_tail(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


def test_an_account_keeps_its_tail() -> None:
    assert mask_account("6222020000001234") == "****1234"
    assert mask_account("123456") == STARS


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("平安县新河镇一村8号", "平安县新河镇****"),
        ("示例省平安市青秀区民族大道100号3栋", "示例省平安市青秀区民族大道****"),
        ("民族大道阳光小区3栋", "民族大道****"),
        ("平安县新河镇王小明家", "平安县新河镇****"),
        ("王家院子", STARS),
        ("新河路12号王小明收", "新河路****"),
    ],
)
def test_an_address_ends_at_the_town_or_road(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@pytest.mark.parametrize(
    ("birth", "shown"),
    [(date(1960, 3, 7), "1960"), (datetime(1960, 3, 7), "1960"), ("1960-03-07", "1960"), ("7.3.60", STARS)],
)
def test_a_birth_date_keeps_its_year(birth: object, shown: str) -> None:
    assert mask_birth(birth) == shown


def test_identity_numbers_are_known_by_their_shape() -> None:
    assert is_certificate(certno())
    assert is_certificate("450102600307123")
    assert is_certificate("45010219600307123x"), "a wrong check digit is somebody's number too"
    assert not is_certificate("450102196013071230"), "there is no month 13"
    assert not is_certificate("P00000000000000001")
    assert not is_certificate("")


@pytest.mark.parametrize("seed", range(3))
def test_no_personal_column_shows_a_value_whole(seed: int) -> None:
    random_ = random.Random(seed)
    for table in TABLES:
        for column in table.columns:
            value = "".join(random_.choices("甲乙丙丁戊己0123456789", k=random_.randint(5, 18)))
            shown = mask_value(table.name, column.name, value)
            assert (shown != value) == column.personal, (table.name, column.name)


def test_only_declared_masks_are_kept() -> None:
    personal = {column.name for table in TABLES for column in table.columns if column.personal}
    assert set(MASKS) <= personal


def test_values_are_masked_by_their_column() -> None:
    assert mask_value("insured", "psn_name", "王小明") == "王*明"
    assert mask_value("insured", "brdy", date(1960, 3, 7)) == "1960"
    assert mask_value("insured", "emp_name", "示例农场") == "示例农场"
    assert mask_value("institutions", "addr", "新河路12号") == "新河路12号", "where an institution is, is public"
    assert mask_value("bio_templates", "template", [0.5, 0.25]) == STARS
    assert mask_value("insured", "row_flags", 3) == 3
    assert mask_value("insured", "certno", None) is None


def test_a_key_that_is_an_identity_number_is_masked_too() -> None:
    assert mask_value("insured", "psn_no", "P1") == "P1"
    assert mask_value("settlements", "psn_no", "45010219600307123X") == "4501**********123X"
    assert mask_value("settlements", "setl_id", "450102196003071230") == "450102196003071230"


def test_an_unknown_table_is_an_error() -> None:
    with pytest.raises(KeyError):
        mask_value("nothing", "psn_name", "王小明")
