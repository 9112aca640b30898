"""Makes a county and writes it: the source folder, the next night's extract, and the key to it."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from claims.language import N_
from claims.simulator.answers import DIRTY, INNOCENT, TRUTH, Line, answers, write_lines
from claims.simulator.assemble import make_plan
from claims.simulator.bills import bills_of
from claims.simulator.boxes import StockBook, Tracer, stock_frame
from claims.simulator.calendar import DAY
from claims.simulator.dice import Ints
from claims.simulator.lines import diagnoses_of, lines_of, rows_of
from claims.simulator.output import Output, open_output
from claims.simulator.settings import Format, Layout, Settings, SimulationError
from claims.simulator.tables import aftermath, biometrics, registers
from claims.simulator.tables.items import ItemWriter
from claims.simulator.tables.settlements import SettlementWriter
from claims.simulator.text import Dates

Progress = Callable[[str, float], None]
CORRECTED = 0.002  # share of settlements sent again, changed, the night after the period
PLANNING = 0.2  # share of the work, for the progress bar
# What is still asked of the visits once the settlements are written.
_LASTING = ("uid", "person", "place", "at", "lasts", "settle", "kind", "body", "refund", "rank", "group")


@dataclass(frozen=True)
class Summary:
    """What was written: rows per table, rings and innocent groups by kind, dirty rows planted."""

    out: Path
    later: Path
    rows: Mapping[str, int]
    later_rows: Mapping[str, int]
    rings: Mapping[str, int]
    innocents: Mapping[str, int]
    dirty: int


def later_folder(out: Path) -> Path:
    """Folder of the next night's extract: late rows, and corrected ones with known keys."""
    return out.with_name(out.name + "-later")


def simulate(
    out: Path,
    *,
    persons: int,
    days: int,
    seed: int,
    start: date = Settings.start,
    hard: bool = False,
    rings: int | None = None,
    dirty: bool = True,
    layout: Layout = "standard",
    format: Format = "csv",
    slice_rows: int = Settings.slice_rows,
    progress: Progress | None = None,
) -> Summary:
    """Write a simulated county to `out` (new or empty) and its late rows beside it.

    The same arguments give the same bytes; `slice_rows` changes memory, never content. `rings`
    None plants about one per 1,500 persons, 0 none. `progress` hears the step and its share done.
    SimulationError when the folder is not empty or the county too small.
    """
    settings = Settings(persons, days, seed, start, hard, rings, dirty, layout, format, slice_rows)
    for folder in (out, later_folder(out)):
        if folder.exists() and any(folder.iterdir()):
            raise SimulationError(N_("{folder} is not empty."), folder=folder)
        folder.mkdir(parents=True, exist_ok=True)
    return _Simulation(settings, out, progress or (lambda step, share: None)).run()


class _Simulation:
    """One run: plan, registers, settlements slice by slice, what comes after, the key."""

    def __init__(self, settings: Settings, out: Path, progress: Progress) -> None:
        self._settings, self._out, self._progress = settings, out, progress
        self._plan = make_plan(settings, lambda step, share: progress(step, share * PLANNING))
        county = self._plan.county
        self._dates = Dates(settings.start, settings.days)
        self._settlements = SettlementWriter(county, self._dates)
        self._tracer, self._stock = Tracer(county), StockBook(county)
        self._items = ItemWriter(county, self._dates, self._settlements, self._tracer)
        self._main = open_output(county, self._dates, out, settings.dirty)
        self._later = open_output(county, self._dates, later_folder(out), False)
        self._rank = _ranks(self._plan.visits)
        self._corrected: list[pl.DataFrame] = []

    def run(self) -> Summary:
        """Write everything."""
        self._registers()
        visits = self._plan.visits
        on_time = int(np.searchsorted(visits["upload"].to_numpy(), self._settings.days * DAY))
        self._claims(visits[:on_time], self._main)
        self._resend()
        self._claims(visits[on_time:], self._later)
        self._plan = replace(self._plan, visits=visits.select(_LASTING))
        del visits
        self._afterwards()
        truth, innocent = answers(self._plan, self._settlements)
        self._main.close()
        self._later.close()
        write_lines(self._out / TRUTH, truth)
        write_lines(self._out / INNOCENT, innocent)
        write_lines(self._out / DIRTY, self._main.dirt.entries())
        return self._summary(truth, innocent)

    def _registers(self) -> None:
        self._progress("registers", PLANNING)
        county, dates, write = self._plan.county, self._dates, self._main.write
        for frame in registers.insured(county, dates) if self._settings.layout == "standard" else ():
            write("insured", frame)
        write("relations", registers.relations(county, dates))
        write("institutions", registers.institutions(county, self._plan.bed_counts))
        write("practitioners", registers.practitioners(county))
        for frame in registers.cards(county, dates):
            write("cards", frame)

    def _claims(self, visits: pl.DataFrame, output: Output) -> None:
        for first in range(0, visits.height, self._settings.slice_rows):
            share = PLANNING + (0.92 - PLANNING) * first / max(1, self._plan.visits.height)
            self._progress("settlements", share)
            self._slice(visits[first : first + self._settings.slice_rows], output)

    def _slice(self, visits: pl.DataFrame, output: Output) -> None:
        county, rows = self._plan.county, rows_of(visits)
        diag = diagnoses_of(county, rows)
        lines = lines_of(county, rows, diag)
        box = self._tracer.boxes(rows, lines)
        doctor = self._settlements.doctors(rows, diag)
        self._stock.note(rows, lines, box)
        origin = self._rank[np.maximum(rows.origin, 0)]
        settlements = self._settlements.frame(rows, diag, doctor, bills_of(county, rows, lines), origin)
        items = self._items.frame(rows, lines, doctor, box)
        output.claims(settlements, items, self._settlements.diagnoses(rows, diag))
        if output is self._main:
            again = (county.dice.uniform("sent again", rows.uid) < CORRECTED) & (rows.refund == 0)
            self._corrected.append(settlements.filter(pl.Series(again)))

    def _resend(self) -> None:
        """The next night some settlements come again, corrected: another clerk, another bed, another diagnosis."""
        frame = pl.concat(self._corrected)
        other = frame["diag_code"].shift(1).fill_null(frame["diag_code"])
        self._later.claims(
            frame.with_columns(other.alias("diag_code"), pl.lit(None, pl.String).alias("drg_codg")), None, None
        )

    def _afterwards(self) -> None:
        self._progress("stock", 0.93)
        county, dates, write = self._plan.county, self._dates, self._main.write
        moves, order = self._stock.moves()
        for part in registers.slices(moves.height):
            write("stock_moves", stock_frame(county, self._tracer, dates, moves[order[part]], part.start))
        del moves, order
        self._progress("checks", 0.97)
        write("bio_checks", biometrics.checks(self._plan, dates))
        write("bio_templates", biometrics.templates(self._plan))
        write("record_revisions", aftermath.revisions(self._plan, dates, self._settlements))
        write("verdicts", aftermath.verdicts(self._plan, dates))

    def _summary(self, truth: Sequence[Line], innocent: Sequence[Line]) -> Summary:
        return Summary(
            out=self._out,
            later=later_folder(self._out),
            rows=self._main.rows,
            later_rows=self._later.rows,
            rings=Counter(str(line["kind"]) for line in truth),
            innocents=Counter(str(line["kind"]) for line in innocent),
            dirty=len(self._main.dirt.book),
        )


def _ranks(visits: pl.DataFrame) -> Ints:
    """Rank by uid."""
    ranks = np.empty(visits.height, np.int64)
    ranks[visits["uid"].to_numpy()] = visits["rank"].to_numpy()
    return ranks
