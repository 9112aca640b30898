"""Identity numbers: the plain functions on known numbers, the columns against the plain functions."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loaders import identity
from tests.scenarios import certno

DIGITS = st.text("0123456789", min_size=17, max_size=17)
NUMBERS = st.one_of(
    st.builds(certno, st.just("450102"), st.dates(date(1900, 1, 1)).map(lambda d: f"{d:%Y%m%d}"), st.just("123")),
    DIGITS.map(lambda body: body + identity.check_character(body)),
    st.text("0123456789Xx ", max_size=20),
    st.text("0123456789", min_size=15, max_size=15),
    st.text(max_size=18),
)


def test_check_character_of_the_standard() -> None:
    """The two examples printed in GB 11643-1999."""
    assert identity.check_character("11010519491231002") == "X"
    assert identity.check_character("44052418800101001") == "4"


def test_fifteen_digits_grow_to_eighteen() -> None:
    assert identity.upgrade("450102600307123") == certno(birth="19600307", serial="123")
    with pytest.raises(ValueError, match="4501"):
        identity.upgrade("4501")


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        (certno(birth="19600307", serial="123"), date(1960, 3, 7), "1"),
        (certno(birth="19600307", serial="124"), date(1960, 3, 7), "2"),
        ("450102600307123", date(1960, 3, 7), "1"),
        ("450102600307124", date(1960, 3, 7), "2"),
        (certno(birth="19600231"), None, "1"),
    ],
)
def test_birth_and_sex(number: str, born: date | None, sex: str) -> None:
    assert identity.birth_date(number) == born
    assert identity.sex(number) == sex
    assert identity.has_shape(number) == (born is not None)


@settings(deadline=None)
@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_columns_judge_as_the_plain_functions_do(numbers: list[str]) -> None:
    number = pl.col("number")
    judged = pl.DataFrame({"number": numbers}).select(
        shape=identity.certno_shape(number),
        check=identity.certno_check(number),
        birth=identity.certno_birth(number),
        sex=identity.certno_sex(number),
    )
    for given_number, (shape, check, birth, sex) in zip(numbers, judged.iter_rows(), strict=True):
        assert shape == identity.has_shape(given_number), given_number
        if identity.has_shape(given_number):
            assert check == identity.check_digit_holds(given_number)
            assert birth == identity.birth_date(given_number)
            assert sex == identity.sex(given_number)


def test_an_absent_number_is_not_judged() -> None:
    number = pl.col("number")
    frame = pl.DataFrame({"number": [None]}, schema={"number": pl.String})
    assert frame.select(identity.certno_shape(number)).item() is None
    assert frame.select(identity.certno_check(number)).item() is True
