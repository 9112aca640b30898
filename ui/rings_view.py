"""Rings and findings on a terminal, at 100 columns in either language. What is printed stays text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from cases.exposure import THRESHOLD_TITLES
from cases.handout.sheet import RingSheet
from cases.handout.tables import GRADE_TITLES, spoken
from cases.history import EVENT_TITLES, Decision, Event, Run
from cases.kinds import kind_title, trial_title
from cases.model import STATUS_TITLES, Exposure, Standing, Status
from claims.language import N_, _
from detectors.finding import Finding
from ui.neighbourhood_view import plain
from ui.rings_text import called, grid, member_cells, number, odds, row, shortened, yuan

MOST_MOVERS = 5  # records named per amount of the law; the export holds all
MOST_LINES = 12  # lines of evidence and members shown of one finding or ring
_STANDING = {
    Standing.ALERT: N_("above the alert line"),
    Standing.EXPLAINED: N_("explained by an innocent reason"),
    Standing.BELOW_LINE: N_("below the alert line"),
}
_LOUD = frozenset({Status.NEW, Status.CHANGED})


@dataclass(frozen=True)
class RingView:
    """Prints rings."""

    console: Console

    def ranked(self, sheets: Sequence[RingSheet]) -> None:
        """Print rings in the order given: a line of facts, and the sentence below it."""
        heads = _("ring"), _("status"), _("kind"), _("people"), _("fund (yuan)"), _("score")
        self.console.print(row(heads), style="bold")
        for sheet in sheets:
            ring, picture = sheet.ring, sheet.ring.picture
            cells = (
                ring.id,
                _(STATUS_TITLES[ring.status]),
                kind_title(picture.kind),
                f"{picture.people:,}",
                yuan(picture.exposure.fund),
                f"{picture.score:.3f}",
            )
            self.console.print(row(cells), style="bold" if ring.status in _LOUD else "")
            self.console.print(Padding(plain(spoken(sheet.statement)), (0, 0, 0, 4)))

    def show(self, sheet: RingSheet) -> None:
        """Print a ring: what it is, who is in it, and each finding with its evidence."""
        self._header(sheet)
        table = grid(_("type"), _("number"), _("name"), _("role"), last=_("why"))
        for member in sheet.members:
            table.add_row(*member_cells(member), plain(spoken(member.reason)))
        self.console.print(table)
        for finding in sheet.findings:
            self.finding(finding)

    def explain(self, sheet: RingSheet, parts: Mapping[str, tuple[str, float, float]]) -> None:
        """Print why it is suspicious and what speaks against it.

        `parts` gives each feature's title, value and what it adds.
        """
        self._header(sheet)
        for finding in sheet.findings:
            self._heading(spoken(finding.statement))
            self.test(finding)
        self._keys(sheet)
        self._exposure(sheet.ring.picture.exposure)
        self._heading(_("How the score is made"))
        table = grid(_("reason"), numbers=(_("value"), _("adds")))
        for title, value, adds in parts.values():
            table.add_row(title, f"{value:.2f}", f"{adds:+.2f}")
        self.console.print(table)

    def history(self, sheet: RingSheet, events: Sequence[Event], runs: Mapping[int, Run]) -> None:
        """Print what happened to a ring, oldest first."""
        self._header(sheet)
        table = grid(_("run"), _("day"), _("event"), last=_("what"))
        for event in events:
            run = runs.get(event.run)
            day = f"{run.started_at:%Y-%m-%d}" if run else ""
            style = "bold" if event.alert else ""
            table.add_row(
                str(event.run), day, Text(_(EVENT_TITLES[event.kind]), style=style), plain(spoken(event.words))
            )
        self.console.print(table)

    def decided(self, decision: Decision | None) -> None:
        """Print the decision in force, where there is one."""
        if decision is None:
            return
        until = _(" until {day}", day=decision.until) if decision.until else ""
        words = _("Decided by {owner}{until}: {reason}", owner=decision.owner, until=until, reason=decision.reason)
        self.console.print(plain(words))

    def finding(self, finding: Finding) -> None:
        """Print one finding with its evidence."""
        self._heading(spoken(finding.statement))
        about = f"{finding.detector} {finding.version} · {kind_title(finding.kind)} · {finding.score:.3f}"
        self.console.print(Padding(plain(about), (0, 0, 0, 2)), style="dim")
        for line in finding.evidence[:MOST_LINES]:
            self.console.print(Padding(plain(f"· {spoken(line.statement)}"), (0, 0, 0, 2)))
        self._more(len(finding.evidence) - MOST_LINES)

    def test(self, finding: Finding) -> None:
        """Print the chance test behind a finding and the innocent explanations tried."""
        self._chance(finding)
        self._ledger(finding)

    def _header(self, sheet: RingSheet) -> None:
        ring, picture = sheet.ring, sheet.ring.picture
        title = f"{ring.id}  {kind_title(picture.kind)}  {_(STATUS_TITLES[ring.status])}"
        self.console.print(Text(title, style="bold"), soft_wrap=True)
        self.console.print(plain(spoken(sheet.statement)))
        facts = _(
            "Score {score} ({standing}); {first} to {last}; {claims} claims; fund {fund} yuan; data version {version}.",
            score=f"{picture.score:.3f}",
            standing=_(_STANDING[picture.standing]),
            first=picture.first_seen or "?",
            last=picture.last_seen or "?",
            claims=picture.exposure.claims,
            fund=yuan(picture.exposure.fund),
            version=picture.data_version,
        )
        self.console.print(plain(facts))
        if ring.merged_into:
            self.console.print(_("It went into {ring}.", ring=ring.merged_into), style="yellow")

    def _chance(self, finding: Finding) -> None:
        chance = finding.chance
        words = _(
            "{statistic}: {observed} observed, {expected} expected. Null model: {null} By chance that much or more "
            "would come up in {odds} such searches, all {count} {what} counted.",
            statistic=spoken(chance.statistic),
            observed=number(chance.observed),
            expected=number(chance.expected),
            null=spoken(chance.null),
            odds=odds(chance.p_value),
            count=f"{finding.denominator:,}",
            what=spoken(finding.denominator_of),
        )
        self.console.print(Padding(plain(words), (0, 0, 0, 2)))

    def _ledger(self, finding: Finding) -> None:
        """The innocence ledger: what was tried, what it accounts for, why."""
        if not finding.trials:
            self.console.print(Padding(_("No innocent explanation applies to this kind."), (0, 0, 0, 2)))
            return
        table = grid(_("explanation tried"), numbers=(_("accounts for"),), last=_("result"))
        for trial in finding.trials:
            table.add_row(plain(trial_title(trial.test)), f"{100 * trial.explains:.0f} %", plain(spoken(trial.result)))
        self.console.print(Padding(table, (0, 0, 0, 2)))
        before, after = f"{finding.strength:.3f}", f"{finding.score:.3f}"
        words = _("Score before innocent explanations {before}, after {after}.", before=before, after=after)
        self.console.print(Padding(words, (0, 0, 0, 2)))

    def _keys(self, sheet: RingSheet) -> None:
        keys = sheet.ring.picture.keys
        self._heading(_("What it rests on"))
        if not keys.records:
            self.console.print(Padding(_("It is not above the line; no record keeps it there."), (0, 0, 0, 2)))
            return
        total = len(sheet.ring.picture.records)
        words = _("{count} of {total} records keep it above the line: {records}")
        self._say(words, count=len(keys.records), total=total, records=shortened(keys.records))
        people = [called(line) for key in keys.breaking_members if (line := sheet.shown(key))]
        if keys.breaking_records:
            self._say(
                _("Any one of these records alone breaks it: {records}"), records=shortened(keys.breaking_records)
            )
        if people:
            self._say(_("It breaks without the records of: {people}"), people=shortened(people))
        if not keys.breaking_records and not people:
            self._say(_("No single record and no single person breaks it."))

    def _exposure(self, exposure: Exposure) -> None:
        self._heading(_("Money at stake (fund, yuan)"))
        low, middle = exposure.certain, exposure.certain + exposure.probable
        words = _("certain {low}; with probable {middle}; with contested {high}; lawful and left out {lawful}")
        self._say(words, low=yuan(low), middle=yuan(middle), high=yuan(exposure.fund), lawful=yuan(exposure.lawful))
        for crossing in exposure.crossings:
            if crossing.reached:
                words = _(
                    "{amount} ({title}) is reached with {grade} records; it falls without these {count}: {records}"
                )
                title, grade = _(THRESHOLD_TITLES[crossing.threshold]), _(GRADE_TITLES[crossing.reached])
                values = {"title": title, "grade": grade, "records": shortened(crossing.movers, MOST_MOVERS)}
                self._say(words, amount=f"{crossing.amount:,}", count=len(crossing.movers), **values)

    def _heading(self, text: str) -> None:
        self.console.print(plain(text), style="bold")

    def _say(self, words: str, **values: object) -> None:
        self.console.print(Padding(plain(words.format(**values)), (0, 0, 0, 2)))

    def _more(self, left: int) -> None:
        if left > 0:
            self.console.print(Padding(_("… and {count} more", count=left), (0, 0, 0, 2)), style="dim")
