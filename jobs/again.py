"""Looking again at a past data version without writing anything: for replays and the time machine."""

from collections.abc import Iterable, Sequence
from datetime import date

from cases.gather import order_of
from cases.model import Picture
from cases.picture import Setting, pictures_of
from cases.settings import settings_of
from cases.store import CaseStore
from claims.reader import Claims
from claims.workspace import Workspace
from detectors.contract import Detector, missing
from detectors.finding import Finding
from detectors.snapshot import Snapshot
from jobs.facts import confirmed_before, excused_before, facts_of, newest_day


def findings_again(snapshot: Snapshot, detectors: Iterable[Detector]) -> list[Finding]:
    """Return what detectors find, in the order of a run; those whose vital columns are missing are off."""
    found: list[Finding] = []
    for detector in detectors:
        if not any(need.vital for need in missing(detector, snapshot)):
            found += detector.detect(snapshot)
    return sorted(found, key=order_of)


def rings_again(
    workspace: Workspace, claims: Claims, detectors: Sequence[Detector], until: date | None
) -> list[Picture]:
    """Return the rings that detectors would have shown, had nothing been settled from `until` on.

    Weights and thresholds are those in force now: the question is what today's eyes would have seen.
    """
    snapshot = Snapshot.open(claims, until=until)
    findings = findings_again(snapshot, detectors)
    settings = settings_of(workspace)
    setting = Setting(
        facts=facts_of(snapshot, (record for finding in findings for record in finding.records)),
        data_version=claims.version.id,
        today=newest_day(snapshot),
        weights=CaseStore.open(settings.database).weights(),
        thresholds=settings.thresholds,
        confirmed=confirmed_before(snapshot),
        excused=excused_before(snapshot),
    )
    return list(pictures_of(findings, setting))
