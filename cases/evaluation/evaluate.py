"""One quarter of a set of institutions, compared: case-mix and conclusions in, an `Evaluation` out.

The comparison set is what was asked for and nothing else: the institutions of the asker's regions, of
the kind and level chosen, that have settlements in the quarter. The order in which rows arrive changes nothing.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from cases.evaluation.case_mix import FACETS, CaseMix, Ints, Place, Texts
from cases.evaluation.expected import expected_counts
from cases.evaluation.model import HELD, Evaluation, Kind, Line, Mix, Ratio, Standing, Step, Tier
from cases.evaluation.quarter import Quarter
from cases.evaluation.ratios import LEAST_COMPARED, compare, standing_of
from cases.evaluation.reviewed import Marked
from cases.evaluation.source import Source
from cases.evaluation.tallies import NOTHING, At, Tallies, events_of, held, tallies_of
from cases.evaluation.trends import trend_of
from cases.people import EVERYWHERE, in_region
from claims.errors import NotFoundError
from claims.language import N_

WINDOW = 8  # quarters a trend looks back on, and the effects of case-mix are estimated from


@dataclass(frozen=True)
class Ask:
    """What to evaluate; `quarter` None is the newest one the data hold whole."""

    quarter: Quarter | None = None
    kind: Kind = Kind.ALL
    tier: Tier | None = None
    regions: frozenset[str] = frozenset({EVERYWHERE})

    def takes(self, place: Place) -> bool:
        """Say whether an institution belongs to the comparison set."""
        if not in_region(self.regions, place.region) or self.tier not in (None, place.tier):
            return False
        return self.kind is Kind.ALL or (place.tier is Tier.PHARMACY) == (self.kind is Kind.PHARMACY)


def evaluate(source: Source, ask: Ask) -> Evaluation:
    """Evaluate a quarter; NotFoundError where no settlement lies in it or in any."""
    mix = source.mix
    quarter = ask.quarter or newest_whole(mix)
    if quarter not in mix.quarters:
        raise NotFoundError(N_("There are no settlements in {quarter}."), quarter=quarter)
    window = [one for one in mix.quarters if quarter.place - WINDOW < one.place <= quarter.place]
    places = {code: place for code in set(mix.place.tolist()) if ask.takes(place := place_of(mix, code))}
    marked = [one for one in source.marked if one.record.place in places]
    tallies = tallies_of(marked)
    expected = _expected(mix, places, window, marked)
    codes = sorted(code for code in places if (code, quarter.place) in mix.persons)
    ratios, spread = _ratios(codes, quarter, tallies, expected)
    rows = _rows_by_place(mix, quarter)
    lines = [
        _line(mix, places[code], rows[code], quarter, window, tallies, expected, ratios.get(code)) for code in codes
    ]
    return Evaluation(
        quarter, mix.quarters, ask.kind, ask.tier, ask.regions, tuple(sorted(lines, key=_order)), spread,
        mix.data_version, source.run, mix.newest, _whole(mix, quarter),
    )  # fmt: skip


def newest_whole(mix: CaseMix) -> Quarter:
    """Return the newest quarter the data reach the end of, the newest of all where there is none."""
    if not mix.quarters:
        raise NotFoundError(N_("There are no settlements yet."))
    return next((one for one in reversed(mix.quarters) if _whole(mix, one)), mix.quarters[-1])


def place_of(mix: CaseMix, code: str) -> Place:
    """Return an institution; one the register lacks has no region and no level."""
    return mix.places.get(code) or Place(code, code, "", Tier.OTHER)


def _whole(mix: CaseMix, quarter: Quarter) -> bool:
    """Whether data reach a quarter's end; its last days may be a weekend without a settlement."""
    return mix.newest is not None and (quarter.ends - mix.newest.date()).days <= 4


def _expected(
    mix: CaseMix, places: Mapping[str, Place], window: Sequence[Quarter], marked: Sequence[Marked]
) -> Mapping[At, float]:
    """Expected confirmed rings by institution and quarter."""
    chosen = np.array([code in places for code in mix.place], dtype=bool)
    rows = np.flatnonzero(chosen & np.isin(mix.quarter, [one.place for one in window]))
    columns = {name: getattr(mix, name)[rows] for name in ("place", "care", "age", "chapter")}
    columns["tier"] = np.array([places[code].tier.value for code in columns["place"]], dtype=object)
    quarter, events = mix.quarter[rows], events_of(marked)
    keys = zip(columns["place"], quarter.tolist(), *(columns[n] for n in ("care", "age", "chapter")), strict=True)
    seen = np.array([events.get(key, 0.0) for key in keys])
    codes = [_codes(columns[name]) for name in FACETS]
    counts = expected_counts(codes, _codes(quarter), _codes(columns["place"]), mix.n[rows].astype(float), seen)
    found: dict[At, float] = defaultdict(float)
    for place, at, count in zip(columns["place"], quarter.tolist(), counts.tolist(), strict=True):
        found[place, at] += count
    return found


def _codes(values: Texts | Ints) -> Ints:
    found: Ints = np.unique(values, return_inverse=True)[1].ravel().astype(np.int64)
    return found


def _ratios(
    codes: Sequence[str], quarter: Quarter, tallies: Mapping[At, Tallies], expected: Mapping[At, float]
) -> tuple[Mapping[str, Ratio], float | None]:
    """Ratios by institution; none where nothing was confirmed or too few stand beside each other."""
    seen = np.array([held(tallies.get((code, quarter.place), NOTHING)) for code in codes], dtype=np.int64)
    if len(codes) < LEAST_COMPARED or not seen.any():
        return {}, None
    found = compare(seen, np.array([expected[code, quarter.place] for code in codes]))
    return dict(zip(codes, found.ratios, strict=True)), found.spread


def _rows_by_place(mix: CaseMix, quarter: Quarter) -> Mapping[str, Ints]:
    rows = np.flatnonzero(mix.quarter == quarter.place)
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows.tolist():
        found[mix.place[row]].append(row)
    return {code: np.array(own) for code, own in found.items()}


def _line(
    mix: CaseMix, place: Place, rows: Ints, quarter: Quarter, window: Sequence[Quarter],
    tallies: Mapping[At, Tallies], expected: Mapping[At, float], ratio: Ratio | None,
) -> Line:  # fmt: skip
    own = tallies.get((place.code, quarter.place), NOTHING)
    n, count = mix.n[rows], expected.get((place.code, quarter.place), 0.0)
    whole = int(n.sum())
    steps = [_step(place.code, one, tallies, expected) for one in window if (place.code, one.place) in mix.persons]
    return Line(
        code=place.code, name=place.name, region=place.region, tier=place.tier, settlements=whole,
        persons=mix.persons[place.code, quarter.place], fund=Decimal(int(mix.fund[rows].sum())).scaleb(-2),
        mix=Mix(*(_shares(getattr(mix, name)[rows], n) for name in ("age", "care", "chapter"))), tallies=own,
        per_10k=10_000 * sum(own[mark].records for mark in HELD) / whole, expected=count, ratio=ratio,
        standing=standing_of(ratio, count) if ratio else Standing.NOT_COMPARED, trend=trend_of(steps),
    )  # fmt: skip


def _step(code: str, quarter: Quarter, tallies: Mapping[At, Tallies], expected: Mapping[At, float]) -> Step:
    at = code, quarter.place
    return Step(quarter, held(tallies.get(at, NOTHING)), expected.get(at, 0.0))


def _shares(values: Texts, n: Ints) -> Mapping[str, float]:
    """Share of each group, the largest first."""
    groups, at = np.unique(values, return_inverse=True)
    sums = np.bincount(at.ravel(), n) / n.sum()
    return {str(groups[place]): float(sums[place]) for place in np.argsort(-sums, kind="stable")}


def _order(line: Line) -> tuple[float, str]:
    return -(line.ratio.shrunk if line.ratio else line.per_10k), line.code
