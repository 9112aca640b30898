"""Detection runs of the case store as lines of the history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from cases.history import EventKind, Note, Run
from cases.model import UNDER_THE_LINE
from cases.schema import reading, ring_events, rings
from cases.store import CaseStore
from claims.workspace import Workspace
from detectors.finding import Statement
from ui.service.ring_source import opened
from ui.service.runs import RunLine

BORN = frozenset({EventKind.BORN, EventKind.SPLIT})


@dataclass(frozen=True)
class RunSource:
    """Runs of a workspace."""

    workspace: Workspace

    def recent(self, limit: int) -> Sequence[RunLine]:
        """See `Runs`."""
        desk = opened(self.workspace)
        if desk is None:
            return ()
        found = sorted(desk.store.runs(), key=lambda run: -run.id)[:limit]
        told = _told(desk.store, [run.id for run in found])
        last = desk.store.last_run()
        above = _above(desk.store, last.id) if last else None
        return [_line(run, told.get(run.id, (0, 0)), above if last and run.id == last.id else None) for run in found]


def _told(store: CaseStore, numbers: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    """How many rings each run told of as new, and as changed; one query for all of them."""
    query = (
        sa.select(ring_events.c.run_id, ring_events.c.ring_id, ring_events.c.kind)
        .where(ring_events.c.run_id.in_(numbers), ring_events.c.alert.is_(True))
        .where(ring_events.c.kind != EventKind.DECIDED.value)
    )
    new: dict[int, set[str]] = {}
    changed: dict[int, set[str]] = {}
    with reading(store.engine) as connection:
        for row in connection.execute(query):
            (new if EventKind(row.kind) in BORN else changed).setdefault(row.run_id, set()).add(row.ring_id)
    return {n: (len(new.get(n, ())), len(changed.get(n, set()) - new.get(n, set()))) for n in numbers}


def _above(store: CaseStore, run: int) -> int:
    """How many rings that a run saw stand above the line."""
    seen = (rings.c.run_id == run) & rings.c.status.not_in([status.value for status in UNDER_THE_LINE])
    with reading(store.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(rings).where(seen)) or 0


def _line(run: Run, told: tuple[int, int], above: int | None) -> RunLine:
    return RunLine(
        id=run.id,
        data_version=run.data_version,
        code_version=run.code_version,
        state="trial" if run.trial and run.state == "finished" else run.state,
        started_at=run.started_at,
        finished_at=run.finished_at,
        findings=run.counts.get("findings", 0),
        rings=run.counts.get("rings", 0),
        new=told[0],
        changed=told[1],
        false_alarms=run.false_alarms,
        notes=tuple(_noted(note) for note in run.notes if not note.failure),
        failures=tuple(_noted(note) for note in run.notes if note.failure),
        above=above,
    )


def _noted(note: Note) -> Statement:
    return Statement(f"{note.about}：{note.words.zh}", f"{note.about}: {note.words.en}")
