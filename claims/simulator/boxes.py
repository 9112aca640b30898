"""Trace codes of drug boxes, and the stock moves that go with them."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from claims.simulator.assemble import PART_REFUND, REFUND
from claims.simulator.calendar import DAY
from claims.simulator.county import County
from claims.simulator.dice import Ints, stream
from claims.simulator.lines import Lines, Rows
from claims.simulator.text import Dates, Lookup, decimals, padded

_BITS = 43
_MASK = np.uint64(2**_BITS - 1)
_OPENED, _OUTER = 1 << 41, 2 << 41  # number ranges of opened packs and outer packs
BOUGHT, SOLD, RETURNED, COUNTED = 101, 102, 103, 104


class Scrambler:
    """One-to-one shuffle of numbers below 2^43: serial numbers that never repeat and show no order."""

    def __init__(self, seed: int, name: str) -> None:
        rng = stream(seed, "scrambler", name)
        self._odd = [np.uint64(int(number) * 2 + 1) for number in rng.integers(2**38, 2**42, 2)]

    def __call__(self, numbers: Ints) -> Ints:
        """The shuffled number of each."""
        x = numbers.astype(np.uint64)
        for odd in self._odd:
            x ^= x >> np.uint64(20)
            x = x * odd & _MASK
        x ^= x >> np.uint64(23)
        return x.astype(np.int64)


class Tracer:
    """Says which box every line hands over, as a number and as the code on the box."""

    def __init__(self, county: County) -> None:
        self._county = county
        self._scramble = Scrambler(county.settings.seed, "boxes")
        rng = stream(county.settings.seed, "box codes")
        drugs = county.catalogue.drugs
        self._style = rng.choice(3, drugs, p=[0.86, 0.1, 0.04])
        self._product = 8_000_000 + rng.choice(999_999, drugs, replace=False)
        self._maker = Lookup(
            [f"{a}{b}" for a, b in zip(rng.choice(list("ABCDEGHKM"), drugs), rng.integers(10, 99, drugs), strict=True)]
        )

    def boxes(self, rows: Rows, lines: Lines) -> Ints:
        """Number of the box of each line; -1 where none was scanned."""
        county, dice = self._county, self._county.dice
        place, day = rows.place[lines.visit], rows.at[lines.visit] // DAY
        shelf = (place << 17) + (lines.item << 8)
        box = np.where(lines.split, _OPENED + shelf + day // 4 % 256, lines.spot)
        careless = dice.uniform("outer packs", place) < 0.04
        outer = careless & ~lines.split & (dice.uniform("outer pack", lines.spot) < 0.15)
        box = np.where(outer, _OUTER + shelf + day // 9 % 256, box)
        same = np.flatnonzero((lines.serial[1:] > 0) & (lines.item[1:] == lines.item[:-1])) + 1
        again = same[dice.uniform("scanned twice", lines.spot[same]) < 0.004]
        box[again] = box[again - 1]
        scanned = dice.uniform("scanned", lines.spot) < county.places.scans[place]
        return np.where((lines.item < county.catalogue.drugs) & scanned, box, -1)

    def codes(self, item: Ints, box: Ints) -> pl.Series:
        """The code on each box: 20 digits, GS1, or the maker's own; empty where there is no box."""
        drug = np.where(box >= 0, item, 0)
        serial = self._scramble(np.maximum(box, 0))
        digits, product = padded(serial, 13), pl.Series(self._product[drug]).cast(pl.String)
        gs1 = "010" + product + "000000" + "21" + digits
        own = self._maker(drug) + "-" + digits
        style = pl.Series(self._style[drug])
        code = (product + digits).zip_with(style != 1, gs1).zip_with(style != 2, own)
        return code.set(pl.Series(box < 0), None)


@dataclass
class StockBook:
    """Stock moves, gathered slice by slice and written at the end in order of time."""

    county: County
    parts: list[pl.DataFrame] = field(default_factory=list)

    def note(self, rows: Rows, lines: Lines, box: Ints) -> None:
        """Enter the boxes sold, returned and, some time before, bought."""
        county, dice = self.county, self.county.dice
        place = rows.place[lines.visit]
        entered = np.flatnonzero((box >= 0) & (box < _OPENED) & county.places.stock[place])
        visit = lines.visit[entered]
        refund = np.isin(rows.refund[visit], (REFUND, PART_REFUND))
        second = (rows.key[visit] != rows.uid[visit]) & ~refund  # a box that was settled before
        lead = dice.uniform("on the shelf", lines.spot[entered])
        bought = rows.settle[visit] - np.where(second, 3600 + lead * DAY, 2 * DAY + lead**2 * 60 * DAY).astype(np.int64)
        kind = np.where(refund, RETURNED, SOLD)
        columns = {"place": rows.place[visit], "item": lines.item[entered], "box": box[entered]}
        self._enter(columns, rows.settle[visit], kind)
        buys = ~refund & (rows.redone[visit] == 0)
        self._enter(
            {name: column[buys] for name, column in columns.items()},
            (bought // DAY * DAY + dice.below("delivery", lines.spot[entered] // 7, 24_000) + 29_000)[buys],
            np.full(buys.sum(), BOUGHT),
        )

    def _enter(self, columns: dict[str, Ints], at: Ints, kind: Ints) -> None:
        self.parts.append(
            pl.DataFrame({**columns, "at": at, "kind": kind}).cast(
                {"place": pl.Int32, "item": pl.Int16, "at": pl.Int32, "kind": pl.Int16}
            )
        )

    def moves(self) -> tuple[pl.DataFrame, Ints]:
        """All moves, and their order by time; stocktakes carry no box."""
        county = self.county
        rng = stream(county.settings.seed, "stocktakes")
        shops = np.flatnonzero(county.places.stock)
        months = np.arange(20, county.settings.days, 30)
        place = np.repeat(shops, len(months) * 3)
        at = np.tile(np.repeat(months, 3), len(shops)) * DAY + 72_000 + rng.integers(0, 3600, len(place))
        item = rng.integers(0, county.catalogue.drugs, len(place))
        self._enter({"place": place, "item": item, "box": np.full(len(place), -1)}, at, np.full(len(place), COUNTED))
        moves = pl.concat(self.parts)
        self.parts.clear()
        keys = (moves[name].to_numpy() for name in ("item", "box", "kind", "place", "at"))
        return moves, np.lexsort(tuple(keys))


def stock_frame(county: County, tracer: Tracer, dates: Dates, moves: pl.DataFrame, first: int) -> pl.DataFrame:
    """Rows of `stock_moves`, numbered from `first`."""
    item, box = moves["item"].to_numpy().astype(np.int64), moves["box"].to_numpy().astype(np.int64)
    number = np.arange(first, first + len(item))
    count = np.where(moves["kind"].to_numpy() == COUNTED, 5 + county.dice.below("counted", number, 90), 1)
    return pl.DataFrame(
        {
            "inv_chg_id": "K" + padded(number, 10),
            "fixmedins_code": Lookup(county.places.codes)(moves["place"].to_numpy().astype(np.int64)),
            "med_list_codg": Lookup(county.catalogue.item_codes)(item),
            "drug_trac_codg": tracer.codes(item, box),
            "inv_chg_type": moves["kind"].cast(pl.String),
            "cnt": decimals(count, 0),
            "inv_chg_time": dates.time(moves["at"].to_numpy().astype(np.int64)),
        }
    )
