"""What stands on the bills: items, boxes with trace codes, and who pays."""

from dataclasses import dataclass

import numpy as np

from benchmarks.other_county import words
from benchmarks.other_county.closing import Closed
from benchmarks.other_county.settings import DAY, Flags, Ints, Texts
from benchmarks.other_county.world import PURCHASE, STAY, World

_FOUR = np.array([words.BED, words.NURSING, words.DRIP, words.CONSULT])


@dataclass
class Bills:
    """Items: number of the visit, item (drug ≥ 0, service < 0), hundredths of a count, price and sum in fen, code."""

    visit: Ints
    item: Ints
    count: Ints
    price: Ints
    amount: Ints
    code: Texts
    opened: Flags
    total: Ints  # by visit from here on
    fund: Ints
    account: Ints


def bill(world: World, closed: Closed) -> Bills:
    """Write every visit's bill."""
    dice = world.settings.dice("bills")
    parts = [*_fixed(world, closed), *_free(world, dice, closed)]
    visit, item, count = (np.concatenate([part[k] for part in parts]) for k in range(3))
    order = np.argsort(visit, kind="stable")
    visit, item, count = visit[order], item[order], count[order] * 100
    service = np.array([price for _, _, price in words.SERVICES]) * world.style.price
    price = np.where(item >= 0, world.drug_price[np.maximum(item, 0)], service[np.maximum(-1 - item, 0)].astype(int))
    shop = world.places.weight[closed.columns["place"][visit]]
    price = np.where(item >= 0, price * (1 + 0.06 * np.tanh(shop - 1)), price).astype(np.int64)
    code, opened = _codes(world, dice, closed, visit, item)
    count = np.where(opened, 25, count)
    amount = np.maximum(1, price * count // 100)
    total = np.bincount(visit, amount, closed.size).astype(np.int64)
    fund, account = _payers(closed, total)
    return Bills(visit, item, count, price, amount, code, opened, total, fund, account)


def _fixed(world: World, closed: Closed) -> list[tuple[Ints, Ints, Ints]]:
    found = []
    for number, lines in enumerate(world.baskets):
        visits = np.flatnonzero(closed.columns["basket"] == number)
        for item, count in lines:
            found.append((visits, np.full(len(visits), item), np.full(len(visits), count)))
    return found


def _free(world: World, dice: np.random.Generator, closed: Closed) -> list[tuple[Ints, Ints, Ints]]:
    """Bills nobody planned: a consultation and drugs, in wards beds and nursing by the night."""
    kind, person = closed.columns["kind"], closed.columns["person"]
    free = closed.columns["basket"] < 0
    found = []
    for turn in range(8):
        chance = np.select(
            [kind == STAY, kind == PURCHASE],
            [0.85, (1.0, 0.55, 0.3, 0.1, 0, 0, 0, 0)[turn]],
            (0.95, 0.6, 0.35, 0.1, 0, 0, 0, 0)[turn],
        )
        visits = np.flatnonzero(free & (dice.random(closed.size) < chance))
        drug = dice.choice(len(world.drug_price), len(visits), p=world.drug_weight)
        usual = (person[visits] * 7 + turn * 13) % 70  # what this person always takes
        chronic = np.isin(closed.columns["diagnosis"][visits], (words.HYPERTENSION, words.DIABETES, 6, 19))
        count = np.minimum(dice.geometric(0.7, len(visits)), 6)
        found.append((visits, np.where(chronic & (turn < 2), usual, drug), count))
    care = np.flatnonzero(free & (kind != PURCHASE))
    found.append((care, np.full(len(care), -1 - words.CONSULT), np.ones(len(care), int)))
    checks = care[dice.random(len(care)) < 0.35]
    found.append(
        (
            checks,
            -1 - dice.choice([words.BLOOD, words.LIVER, words.SCAN, words.ECHO, words.ECG], len(checks)),
            np.ones(len(checks), int),
        )
    )
    wards = np.flatnonzero(free & (kind == STAY))
    nights = np.maximum(1, closed.columns["length"][wards] // DAY)
    found += [
        (wards, np.full(len(wards), -1 - service), nights * (2 if service == words.DRIP else 1))
        for service in _FOUR[:3]
    ]
    return found


def _codes(world: World, dice: np.random.Generator, closed: Closed, visit: Ints, item: Ints) -> tuple[Texts, Flags]:
    """Every box sold at a pharmacy has a code of its own, where the till scanned it; planted boxes have theirs."""
    code = np.full(len(visit), None, dtype=object)
    opened = np.zeros(len(visit), bool)
    if not world.style.traces:
        return code, opened
    boxed = np.flatnonzero((closed.columns["kind"][visit] == PURCHASE) & (item >= 0) & (dice.random(len(visit)) < 0.8))
    serial = dice.permutation(len(boxed)) * 9973 + 10**9
    code[boxed] = [
        f"{84000000 + drug:08d}{number:011d}{drug % 10}" for drug, number in zip(item[boxed], serial, strict=True)
    ]
    where = {int(row): place for place, row in enumerate(closed.number)}
    first = np.searchsorted(visit, np.arange(closed.size))
    for row, _drug, text in world.boxes:
        if row in where:
            code[first[where[row]]] = text
            opened[first[where[row]]] = text.startswith("83")
    return code, opened


def _payers(closed: Closed, total: Ints) -> tuple[Ints, Ints]:
    """Split totals: the fund pays wards best, an employee's account pays the pharmacy."""
    kind, person = closed.columns["kind"], closed.columns["person"]
    employed = person % 5 < 2
    share = np.select(
        [kind == STAY, kind == PURCHASE], [np.where(employed, 0.8, 0.65), np.where(employed, 0.25, 0.4)], 0.55
    )
    own = np.select([kind == STAY, kind == PURCHASE], [0.0, np.where(employed, 0.7, 0.0)], np.where(employed, 0.3, 0.0))
    return (total * share).astype(np.int64), (total * own).astype(np.int64)
