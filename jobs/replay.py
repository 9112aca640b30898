"""`replay`: a past run once more, on its own data version and code version, compared bit for bit."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from cases.codec import canonical, finding_json
from cases.history import Run
from cases.identities import IdentityBook
from cases.settings import settings_of
from cases.store import CaseStore
from claims.catalog import Catalog
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from claims.reader import Claims
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.contract import Detector
from detectors.finding import Finding
from detectors.identity_reuse.judgements import hand_over
from detectors.snapshot import Snapshot
from jobs.again import findings_again
from jobs.detect import code_version

PIN = "replay"


class OtherCodeError(RinghoundError):
    """A run was made by other code than is installed."""

    exit_code = 9


@dataclass(frozen=True)
class Replay:
    """A run and its repetition: identities of findings that are new, gone or not the same to the bit.

    `carried` names detectors that failed in the run: what it kept of them came from the run before.
    """

    run: Run
    findings: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[str, ...]
    carried: tuple[str, ...]
    same_code: bool

    @property
    def same(self) -> bool:
        """Whether every finding came out the same to the bit."""
        return not (self.added or self.gone or self.changed)


def replay(
    workspace: Workspace, number: int, *, anyway: bool = False, detectors: Sequence[Detector] = DETECTORS
) -> Replay:
    """Repeat run `number` and compare its findings; nothing is written.

    Raises OtherCodeError where the run was made by other code (unless `anyway`), NotFoundError
    without such a run, or when its findings or its data version are no longer kept.
    """
    store = CaseStore.open(settings_of(workspace).database)
    run = store.run(number)
    if run.code_version != code_version() and not anyway:
        message = N_(
            "Run {run} was made by code version {then}; installed is {now}. Install that version, or compare anyway."
        )
        raise OtherCodeError(message, run=number, then=run.code_version, now=code_version())
    before = {finding.identity: _bits(finding) for finding in store.findings(number).values()}
    if not before and run.counts.get("findings", 0):
        raise NotFoundError(N_("The findings of run {run} are no longer kept."), run=number)
    after = _again(workspace, run, detectors, IdentityBook(store.engine))
    return _compared(run, before, after)


def _again(workspace: Workspace, run: Run, detectors: Sequence[Detector], book: IdentityBook) -> dict[str, str]:
    """Findings of the run's detectors on its data version."""
    with held(workspace, run) as snapshot:
        hand_over(snapshot, book.in_force(run.started_at))
        chosen = [detector for detector in detectors if detector.name in run.parameters]
        return {finding.identity: _bits(finding) for finding in findings_again(snapshot, chosen)}


@contextmanager
def held(workspace: Workspace, run: Run) -> Iterator[Snapshot]:
    """Open what a run looked at; its data version stays meanwhile."""
    catalog = Catalog.open(workspace.catalog)
    catalog.pin(PIN, str(run.id), run.data_version)
    try:
        yield Snapshot.open(Claims.open(workspace, run.data_version), until=run.until)
    finally:
        catalog.unpin(PIN, str(run.id))


def _bits(finding: Finding) -> str:
    return canonical(finding_json(finding))


def _compared(run: Run, before: Mapping[str, str], after: Mapping[str, str]) -> Replay:
    return Replay(
        run=run,
        findings=len(before),
        added=tuple(sorted(after.keys() - before.keys())),
        gone=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(key for key in before.keys() & after.keys() if before[key] != after[key])),
        carried=tuple(note.about for note in run.notes if note.failure),
        same_code=run.code_version == code_version(),
    )
