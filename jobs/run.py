"""`run`: load what is new, build, detect (which gathers), alert; made for the night and for being killed.

Every step is whole or not there and knows what is complete, so a run after a kill goes on where the
last one stopped: a load by the hashes of its files, the graph by its data version, a detection by
data and code version, alerts by the detection they belong to. One run at a time per workspace.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cases.history import Run, Verdict
from cases.identities import IdentityBook
from cases.model import UNDER_THE_LINE
from cases.settings import settings_of
from cases.store import CaseStore
from cases.work.book import CaseBook
from cases.work.settings import limits_of
from claims.catalog import Catalog, nothing_loaded, now
from claims.errors import LoadRefusedError, NotFoundError, RinghoundError
from claims.language import N_, join_words
from claims.lock import WriterLock
from claims.workspace import Workspace
from detectors import DETECTORS
from detectors.contract import Detector
from graph.build import build
from jobs.detect import PIN, DetectorsFailedError, Progress, code_version, detect, silent
from jobs.nights import DONE, FAILED, Night, Nights, Taken, write_whole
from jobs.sources import Delivery, deliveries, fingerprint, run_settings
from jobs.verdicts import pour
from loaders.given import load_mapped
from loaders.load import load
from loaders.options import Options
from loaders.report import LoadReport

log = logging.getLogger(__name__)

STOPPED_RUN = "stopped"


class SourcesRefusedError(RinghoundError):
    """Deliveries could not be taken; everything else of the night is done."""

    exit_code = 8


@dataclass
class _Nightly:
    """One run under way."""

    workspace: Workspace
    nights: Nights
    night: Night
    detectors: Sequence[Detector]
    progress: Progress

    def step(self, name: str, work: Callable[[], Night]) -> None:
        """Do one step, time it and write the night down."""
        self.night = self.nights.write(replace(self.night, step=name))
        began = time.monotonic()
        done = work()
        took = round(time.monotonic() - began, 3)
        self.night = self.nights.write(replace(done, seconds={**done.seconds, name: took}))
        log.info("night=%d step=%s seconds=%.1f %s", done.number, name, took, _line(name, self.night))

    def load(self) -> Night:
        """Take every delivery that changed; one that is refused does not stop the others."""
        settings = run_settings(self.workspace)
        known: dict[str, str] = json.loads(self.nights.known.read_text("utf-8")) if self.nights.known.exists() else {}
        taken: list[Taken] = []
        unchanged = 0
        for delivery in deliveries(self.workspace, settings.sources):
            try:
                mark = fingerprint(delivery)
                if mark and known.get(delivery.name) == mark:
                    unchanged += 1
                    continue
                self.progress("load", delivery.name, len(taken), 0)
                taken.append(_taken(delivery, _load(self.workspace, delivery, settings.wait)))
            except (LoadRefusedError, NotFoundError) as error:
                log.warning("night=%d source=%s refused: %s", self.night.number, delivery.name, error)
                taken.append(Taken(delivery.name, refused=str(error)))
                continue
            known[delivery.name] = mark
            write_whole(self.nights.known, json.dumps(known, ensure_ascii=False, indent=1))
        self._conclude(settings.wait)
        return replace(self.night, taken=tuple(taken), unchanged=unchanged)

    def _conclude(self, wait: float) -> None:
        """Do what time brings to cases, and let the verdicts reach this night's detection as data."""
        engine = CaseStore.open(settings_of(self.workspace).database).engine
        CaseBook(engine, limits=limits_of(self.workspace)).tick()
        poured = pour(self.workspace, engine, wait=wait)
        if poured:
            log.info("night=%d step=load verdicts=%d", self.night.number, poured)

    def build(self) -> Night:
        """Build the graph of the newest data version, where that was not done."""
        version = Catalog.open(self.workspace.catalog).newest()
        if version is None:
            raise nothing_loaded(self.workspace.catalog)
        build(self.workspace, version.id, wait=run_settings(self.workspace).wait)
        return replace(self.night, data_version=version.id)

    def detect(self) -> Night:
        """Look for rings, unless the last detection saw the same data with the same code."""
        store = CaseStore.open(settings_of(self.workspace).database)
        self._let_go(store)
        run, version = store.last_run(), self.night.data_version
        stale = run is None or not _current(store, run, version, self.detectors)
        if stale:
            run = detect(self.workspace, version, progress=self.progress, detectors=self.detectors).run
        assert run is not None  # noqa: S101 - stale otherwise
        above = [ring for ring in store.rings() if ring.status not in UNDER_THE_LINE]
        return replace(self.night, run=run.id, detected=stale, rings=len(above), false_alarms=run.false_alarms)

    def _let_go(self, store: CaseStore) -> None:
        """Unpin the data versions of detections that a kill ended."""
        catalog = Catalog.open(self.workspace.catalog)
        ended = {str(run.id) for run in store.runs() if run.state == STOPPED_RUN}
        for pin in catalog.pins():
            if pin.kind == PIN and pin.ref in ended:
                catalog.unpin(PIN, pin.ref)

    def alert(self) -> Night:
        """Write the alerts of every detection that has none written yet; say how many the newest has."""
        store = CaseStore.open(settings_of(self.workspace).database)
        rings = {ring.id: ring for ring in store.rings()}
        written = 0
        for run in store.runs():
            path = self.nights.alerts(run.id)
            if run.trial or run.finished_at is None or run.state == STOPPED_RUN or path.exists():
                continue
            events = [event for event in store.events_of(run.id) if event.alert]
            lines = [
                {
                    "ring_id": event.ring,
                    "run": event.run,
                    "event": event.kind.value,
                    "words_zh": event.words.zh,
                    "words_en": event.words.en,
                    "kind": rings[event.ring].picture.kind if event.ring in rings else "",
                    "score": rings[event.ring].picture.score if event.ring in rings else None,
                }
                for event in events
            ]
            write_whole(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
            written += len(lines)
        return replace(self.night, alerts=written)


def run(workspace: Workspace, *, progress: Progress = silent, detectors: Sequence[Detector] = DETECTORS) -> Night:
    """Do one night's work and return its record, which `Nights` keeps.

    Raises BusyError (another run), what a step raises (the night is then kept as failed), and once all
    is done DetectorsFailedError or SourcesRefusedError where a part could not be had.
    """
    nights = Nights.of(workspace)
    lock = WriterLock.acquire(nights.lock)
    try:
        work = _Nightly(workspace, nights, nights.begin(), detectors, progress)
        try:
            for name, step in (
                ("load", work.load), ("build", work.build), ("detect", work.detect), ("alert", work.alert),
            ):  # fmt: skip
                work.step(name, step)
        except Exception as error:
            nights.write(replace(_closed(work.night, FAILED), problem=_problem(error)))
            raise
        return _ended(workspace, nights, work.night)
    finally:
        lock.release()


def _ended(workspace: Workspace, nights: Nights, night: Night) -> Night:
    """Close a night; what could not be had becomes its problem and an error."""
    failed = [
        note.about for note in CaseStore.open(settings_of(workspace).database).run(night.run or 0).notes if note.failure
    ]
    refused = [taken.source for taken in night.taken if taken.refused]
    error: RinghoundError | None = None
    if failed:
        message = N_("These detectors failed: {names}. What the others found is kept (run {run}).")
        error = DetectorsFailedError(message, names=join_words(failed), run=night.run)
    elif refused:
        message = N_("These deliveries were refused: {names}. Everything else of the night is done.")
        error = SourcesRefusedError(message, names=join_words(refused))
    night = nights.write(replace(_closed(night, FAILED if error else DONE), problem=str(error) if error else ""))
    if error:
        raise error
    return night


def _closed(night: Night, state: str) -> Night:
    return replace(night, state=state, finished=now().isoformat(timespec="seconds"))


def _problem(error: Exception) -> str:
    """Say what went wrong; the text of an unforeseen error may hold personal data and stays out."""
    return str(error) if isinstance(error, RinghoundError) else type(error).__name__


def _load(workspace: Workspace, delivery: Delivery, wait: float) -> LoadReport:
    options = Options(wait=wait, encoding=delivery.source.encoding)
    if delivery.source.mapping is not None:
        return load_mapped(workspace, delivery.source.mapping, delivery.path, options)
    assert delivery.path is not None  # noqa: S101 - only a mapping comes without a path
    return load(workspace, delivery.path, options)


def _taken(delivery: Delivery, report: LoadReport) -> Taken:
    rows = sum(table.read for table in report.tables)
    return Taken(delivery.name, report.load_id, rows, report.quarantined, report.version)


def _current(store: CaseStore, run: Run, version: int | None, detectors: Sequence[Detector]) -> bool:
    """Whether the last detection still holds: same data, code, detectors and judgements, no snooze run over since."""
    same = run.data_version == version and run.code_version == code_version() and run.state == "finished"
    book = IdentityBook(store.engine)
    same = same and book.in_force(run.started_at) == book.in_force(now())
    today = now().date()
    over = any(
        d.verdict is Verdict.SNOOZED and d.in_force and d.until is not None and d.until < today
        for d in store.decisions()
    )
    return same and not over and set(run.parameters) == {detector.name for detector in detectors}


def _line(step: str, night: Night) -> str:
    if step == "load":
        rows, bad = sum(t.rows for t in night.taken), sum(t.quarantined for t in night.taken)
        refused = sum(bool(t.refused) for t in night.taken)
        return f"taken={len(night.taken)} unchanged={night.unchanged} refused={refused} rows={rows} quarantined={bad}"
    if step == "build":
        return f"data_version={night.data_version}"
    if step == "detect":
        return f"run={night.run} new={night.detected} rings={night.rings} false_alarms={night.false_alarms:.3f}"
    return f"alerts={night.alerts}"
