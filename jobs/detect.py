"""`detect`: a data version through all detectors into rings, one run at a time per workspace.

The run keeps (pins) its data version. A detector whose vital columns are missing is off, with a
note; one that fails is noted too, what it found last time is carried over so that its rings do not
die of it, and the run ends with `DetectorsFailedError` once everything else is safely written.
"""

import hashlib
import logging
import traceback
from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Protocol

from cases.codec import Json, canonical, finding_json, picture_json
from cases.gather import order_of
from cases.history import Note, Run
from cases.identities import IdentityBook
from cases.picture import Setting, pictures_of
from cases.settings import Settings, settings_of
from cases.store import CaseStore, Result, Saved
from claims.catalog import Catalog, now
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_, join_words
from claims.ledger.keeper import Keeper
from claims.lock import WriterLock
from claims.reader import Claims
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.contract import Detector, missing
from detectors.false_alarms import expected_false_alarms
from detectors.finding import Finding, say
from detectors.identity_reuse.judgements import hand_over
from detectors.snapshot import Snapshot
from jobs.facts import confirmed_before, excused_before, facts_of, newest_day
from jobs.identity_pairs import keep_pairs

log = logging.getLogger(__name__)

PIN = "run"
_PACKAGES = ("claims", "graph", "detectors", "cases", "jobs")


class DetectorsFailedError(RinghoundError):
    """Detectors raised; the results of the others are kept."""

    exit_code = 7


class Progress(Protocol):
    """Told how far a run is: the step, what of it, how many are done of how many."""

    def __call__(self, step: str, what: str, done: int, total: int, /) -> None:
        """Draw it."""


def silent(step: str, what: str, done: int, total: int, /) -> None:
    """Draw nothing."""


@dataclass(frozen=True)
class RunResult:
    """What a run found: the run with its notes, every finding in its order, rings and events."""

    findings: tuple[Finding, ...]
    saved: Saved

    @property
    def run(self) -> Run:
        """The run."""
        return self.saved.run

    def check(self) -> None:
        """Raise DetectorsFailedError where a detector failed."""
        failed = [note.about for note in self.run.notes if note.failure]
        if failed:
            message = N_("These detectors failed: {names}. What the others found is kept (run {run}).")
            raise DetectorsFailedError(message, names=join_words(failed), run=self.run.id)


def detect(
    workspace: Workspace,
    version: int | None = None,
    until: date | None = None,
    only: Sequence[str] = (),
    progress: Progress = silent,
    detectors: Sequence[Detector] = DETECTORS,
) -> RunResult:
    """Look for rings in a data version (None: the newest) and write what was found.

    With `until` (nothing settled from that day on), `only` (names of detectors) or a version older
    than the last run's it is a trial: findings are kept, the lives of rings are not touched.
    """
    chosen = _chosen(detectors, only)
    claims = Claims.open(workspace, version)
    settings = settings_of(workspace)
    lock = WriterLock.acquire(workspace.detect_lock)
    try:
        store = CaseStore.open(settings.database)
        Keeper(workspace).keep()
        last = store.last_run()
        trial = bool(only) or until is not None or (last is not None and claims.version.id < last.data_version)
        run = store.begin(_run(claims.version.id, chosen, trial, until))
        try:
            look = _Look(workspace, claims, store, settings, run, last, progress)
            return look.through(chosen)
        except BaseException:
            store.abandon(run)
            Catalog.open(workspace.catalog).unpin(PIN, str(run.id))
            raise
    finally:
        lock.release()


@dataclass(frozen=True)
class _Look:
    """One run while it looks."""

    workspace: Workspace
    claims: Claims
    store: CaseStore
    settings: Settings
    run: Run
    last: Run | None
    progress: Progress

    def through(self, detectors: Sequence[Detector]) -> RunResult:
        """Pin the version, look with every detector, draw rings, write it all."""
        catalog = Catalog.open(self.workspace.catalog)
        catalog.pin(PIN, str(self.run.id), self.claims.version.id)
        self.progress("snapshot", str(self.claims.version.id), 0, 1)
        snapshot = Snapshot.open(self.claims, until=self.run.until)
        hand_over(snapshot, IdentityBook(self.store.engine).in_force(self.run.started_at))
        findings, notes = self._found(snapshot, detectors)
        self.progress("gather", str(len(findings)), 0, 1)
        result = self._drawn(snapshot, sorted(findings, key=order_of), notes)
        saved = self.store.finish(self.run, result, self.run.started_at.date())
        keep_pairs(self.workspace, saved.run, snapshot, result.findings, detectors)
        for gone in (*saved.released, *(() if saved.run.id == self.run.id else (self.run.id,))):
            catalog.unpin(PIN, str(gone))
        self.progress("done", str(saved.run.id), 1, 1)
        return RunResult(tuple(result.findings), saved)

    def _found(self, snapshot: Snapshot, detectors: Sequence[Detector]) -> tuple[list[Finding], list[Note]]:
        findings: list[Finding] = []
        notes: list[Note] = []
        for place, detector in enumerate(detectors):
            self.progress("detect", detector.title, place, len(detectors))
            snapshot.turn(detector)
            off, lacking = _lacking(detector, snapshot)
            notes += lacking
            if off:
                continue
            try:
                findings += list(detector.detect(snapshot))
            except Exception as error:  # whatever it is, it must not cost the others' results; `check` tells
                log.exception("detector %s failed", detector.name)
                carried = self._carried(detector)
                findings += carried
                notes.append(_failure(detector, error, len(carried)))
        return findings, notes

    def _carried(self, detector: Detector) -> list[Finding]:
        """What a failing detector found last time, so that its rings do not fall asleep."""
        if self.last is None or self.run.trial:
            return []
        return [f for f in self.store.findings(self.last.id).values() if f.detector == detector.name]

    def _drawn(self, snapshot: Snapshot, findings: Sequence[Finding], notes: Sequence[Note]) -> Result:
        setting = Setting(
            facts=facts_of(snapshot, (record for finding in findings for record in finding.records)),
            data_version=self.claims.version.id,
            today=newest_day(snapshot),
            weights=self.store.weights(),
            thresholds=self.settings.thresholds,
            confirmed=confirmed_before(snapshot),
            excused=excused_before(snapshot),
        )
        pictures = pictures_of(findings, setting)
        content: Json = [[finding_json(f) for f in findings], [picture_json(picture) for picture in pictures]]
        digest = hashlib.sha256(canonical(content).encode("utf-8", "replace")).hexdigest()
        false_alarms = expected_false_alarms(findings, self.run.parameters)
        return Result(findings, pictures, notes, false_alarms, digest, any(note.failure for note in notes))


def _run(version: int, detectors: Sequence[Detector], trial: bool, until: date | None) -> Run:
    return Run(
        id=0,
        data_version=version,
        code_version=code_version(),
        started_at=now(),
        finished_at=None,
        parameters={detector.name: _parameters(detector) for detector in detectors},
        state="running",
        trial=trial,
        until=until,
        false_alarms=0.0,
        notes=(),
        digest="",
        counts={},
    )


def _parameters(detector: Detector) -> dict[str, str]:
    fields: dict[str, object] = asdict(detector) if is_dataclass(detector) and not isinstance(detector, type) else {}
    return {"version": detector.version} | {name: repr(value) for name, value in sorted(fields.items())}


def _chosen(detectors: Sequence[Detector], only: Sequence[str]) -> Sequence[Detector]:
    known = {detector.name: detector for detector in detectors}
    for name in only:
        if name not in known:
            message = N_("There is no detector {name}; there are {known}.")
            raise NotFoundError(message, name=name, known=join_words(known))
    return [detector for detector in detectors if not only or detector.name in only]


def _lacking(detector: Detector, snapshot: Snapshot) -> tuple[bool, list[Note]]:
    """Whether a detector is off, and a note for every need that is not met."""
    needs = missing(detector, snapshot)
    off = any(need.vital for need in needs)
    words = N_("off: {what} missing") if off else N_("sees less: {what} missing")
    lacking = [need for need in needs if need.vital or not off]
    return off, [Note(detector.name, say(words, what=_what(n.table, n.columns))) for n in lacking]


def _what(table: str, columns: Sequence[str]) -> str:
    return f"{table} ({', '.join(columns)})" if columns else table


def _failure(detector: Detector, error: Exception, carried: int) -> Note:
    """Name the kind of error and its place; its text may hold personal data and goes to the log only."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{Path(last.filename).name}:{last.lineno}"
    words = N_("failed ({error} at {place}); {count} findings of the last run are carried over")
    return Note(detector.name, say(words, error=type(error).__name__, place=place, count=carried), failure=True)


@cache
def code_version() -> str:
    """Version of the code that decides what is found: a digest of its sources, the same on every machine."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in _PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
