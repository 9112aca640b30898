"""What a package says: ring, findings and records of one ring, drawn from the run's own data version.

A pure function of snapshot, ring and findings. The result is recomputed by the checker's own code
before anybody sees it: a package that would not verify is never written.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.codec import Json
from cases.exports.package.extract import Extract, Row, Wanted, extract
from cases.exports.package.findings import CHANGED, drawn_again, finding_entry
from cases.exports.package.look import Needs
from cases.exports.package.pseudonyms import Pseudonyms
from cases.exports.package.ring import Origin, ring_entry
from cases.exports.package.verifier.main import recompute
from cases.exports.package.verifier.report import DIFFERS, Report
from cases.exports.package.verifier.tables import Records
from cases.history import Run
from cases.model import Ring
from claims.errors import RinghoundError
from claims.language import N_, language
from detectors.finding import Finding, say
from detectors.snapshot import Snapshot
from graph.model import NodeType


class UnsoundError(RinghoundError):
    """The package would not verify; nothing was exported."""

    exit_code = 7


@dataclass(frozen=True)
class Contents:
    """Ring, findings and tables as they leave the house; `people` are register rows for the key table."""

    ring: dict[str, Json]
    findings: list[dict[str, Json]]
    extract: Extract
    names: Pseudonyms

    def check(self) -> Report:
        """Recompute everything with the checker's own code."""
        report = Report()
        recompute(Records(dict(self.extract.tables), self.ring), self.findings, report)
        return report


def contents_of(
    snapshot: Snapshot, ring: Ring, run: Run, findings: Sequence[Finding], names: Pseudonyms, code: str = ""
) -> Contents:
    """Draw the contents; `code` is today's code version. UnsoundError where a number does not come out again."""
    needs = Needs()
    drawn = drawn_again(snapshot, findings, names, needs)
    read = extract(snapshot, _wanted(ring, findings, needs), names)
    counts = _counts(read.tables["settlements"], findings, names)
    changed = say(CHANGED, then=run.code_version, now=code or run.code_version)
    entries = [
        finding_entry(number, one, counts[number - 1], names, changed) for number, one in enumerate(drawn, start=1)
    ]
    there = {row["settlement"] for row in read.tables["settlements"]}
    refunded = [record for record in ring.picture.records if names.settlement(record) not in there]
    origin = Origin(snapshot.origin, snapshot.data_version)
    found = Contents(ring_entry(ring, run, origin, refunded, names), entries, read, names)
    _refuse(found.check())
    return found


def _refuse(report: Report) -> None:
    for kind, zh, en in report.lines:
        if kind == DIFFERS:
            what = zh if language() == "zh_CN" else en
            raise UnsoundError(N_("The package would not verify, so nothing was exported: {what}"), what=what)


def _wanted(ring: Ring, findings: Sequence[Finding], needs: Needs) -> Wanted:
    records = frozenset(ring.picture.records) | {record for finding in findings for record in finding.records}
    context = {r for finding in findings for line in finding.evidence for r in line.records} | needs.settlements
    named = {(s.type, s.id) for finding in findings for s in finding.subjects} | {m.key for m in ring.picture.members}
    return Wanted(
        ring=records,
        context=frozenset(context - records),
        persons=frozenset(id_ for type_, id_ in named if type_ is NodeType.PERSON),
        places=frozenset(id_ for type_, id_ in named if type_ is NodeType.INSTITUTION),
        cards=frozenset(id_ for type_, id_ in named if type_ is NodeType.CARD),
        checked=frozenset(needs.checked),
        traces=frozenset(needs.traces),
    )


def _counts(settled: Sequence[Row], findings: Sequence[Finding], names: Pseudonyms) -> list[dict[str, int]]:
    known = {row["settlement"]: row for row in settled}
    found = []
    for finding in findings:
        numbers = [names.settlement(record) for record in finding.records]
        rows = [known[number] for number in numbers if number in known]
        found.append(
            {
                "settlements": len(rows),
                "persons": len({row["person"] for row in rows}),
                "places": len({row["place"] for row in rows}),
                "days": len({str(row["time"])[:10] for row in rows}),
                "fund_fen": sum(int(Decimal(str(row["fund"])).scaleb(2)) for row in rows),
            }
        )
    return found
