"""`chance`: how many groups a run would find if nobody came together, counted instead of estimated."""

from dataclasses import dataclass

from cases.history import Run
from cases.settings import settings_of
from cases.store import CaseStore
from claims.workspace import Workspace
from detectors.copresence import COPRESENCE
from detectors.copresence.false_alarms import expected_false_groups
from detectors.finding import ALERT_LINE
from jobs.replay import held


@dataclass(frozen=True)
class Chance:
    """Groups above the line: by a run's findings, and the mean over `rounds` rotated copies of its data.

    Who meets every week stays in step when whole weeks are moved, so `expected` errs on the safe side.
    """

    run: Run
    rounds: int
    found: int
    expected: float


def chance(workspace: Workspace, number: int, *, rounds: int = 2, seed: int = 1) -> Chance:
    """Rotate every family's history by weeks of its own and search again; nothing is written.

    Raises NotFoundError without such a run, or when its data version is no longer kept.
    """
    store = CaseStore.open(settings_of(workspace).database)
    run = store.run(number)
    names = {detector.name for detector in COPRESENCE}
    findings = store.findings(number).values()
    found = sum(finding.detector in names and finding.score >= ALERT_LINE for finding in findings)
    with held(workspace, run) as snapshot:
        return Chance(run, rounds, found, expected_false_groups(snapshot, rounds=rounds, seed=seed))
