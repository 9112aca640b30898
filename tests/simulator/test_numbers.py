"""The small tools: row-wise dice, weighted choice, scrambled numbers, certificates."""

import numpy as np
import polars as pl
import pytest

from claims.simulator.boxes import Scrambler
from claims.simulator.dice import Dice, GroupedChoice, stream, unlike_numbers

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@pytest.mark.parametrize("seed", range(3))
def test_dice_belong_to_the_row(seed: int) -> None:
    dice, rows = Dice(seed), np.arange(20_000)
    whole = dice.uniform("salt", rows)
    parts = np.concatenate([dice.uniform("salt", rows[:777]), dice.uniform("salt", rows[777:])])
    assert (whole == parts).all()
    assert abs(whole.mean() - 0.5) < 0.01
    assert abs(np.corrcoef(whole, dice.uniform("pepper", rows))[0, 1]) < 0.03
    assert dice.below("salt", rows, 7).max() == 6


@pytest.mark.parametrize("seed", range(3))
def test_grouped_choice_follows_weights_within_groups(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, weights = rng.integers(0, 5, 60), rng.random(60) + 0.1
    choice = GroupedChoice(groups, weights, 6)
    asked = rng.integers(0, 5, 40_000)
    picked = choice.pick(asked, rng.random(40_000))
    assert (groups[picked] == asked).all()
    mine = groups == 2
    share = np.bincount(picked[asked == 2], minlength=60)[mine] / (asked == 2).sum()
    assert np.abs(share - weights[mine] / weights[mine].sum()).max() < 0.02
    assert list(choice.has(np.array([0, 5]))) == [True, False]


@pytest.mark.parametrize(("count", "modulus"), [(1000, 1001), (50_000, 10**8), (50_000, 10**10)])
def test_unlike_numbers_are_distinct_and_in_range(count: int, modulus: int) -> None:
    numbers = unlike_numbers(stream(1, "numbers"), count, modulus)
    assert len(set(numbers.tolist())) == count
    assert 0 <= numbers.min() <= numbers.max() < modulus


@pytest.mark.parametrize("seed", range(3))
def test_scrambled_numbers_never_meet(seed: int) -> None:
    rng = np.random.default_rng(seed)
    numbers = np.unique(np.concatenate([np.arange(100_000), rng.integers(0, 2**43, 100_000)]))
    scrambled = Scrambler(seed, "test")(numbers)
    assert len(np.unique(scrambled)) == len(numbers)
    assert 0 <= scrambled.min() <= scrambled.max() < 2**43


def test_certificates_carry_their_check_digit(clean: object) -> None:
    frame = pl.read_csv(f"{clean}/practitioners.csv", infer_schema=False)
    for number in frame["certno"].drop_nulls():
        if len(number) == 18:
            total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
            assert number[17] == "10X98765432"[total % 11]
