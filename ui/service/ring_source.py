"""The list of rings, kept as the case store has them: filled anew when a run or a decision changed something.

The check reads four numbers. One visitor fills; who asks meanwhile sees the list as it was. To whom
a ring was given stays with it, and passes to the ring that took it in.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Lock

import sqlalchemy as sa

from cases.model import Ring
from cases.schema import decisions, reading, ring_events, rings, runs
from cases.store import CaseStore
from claims.errors import NotFoundError
from claims.workspace import Workspace
from detectors.finding import Statement
from ui.auth.schema import BUSY_SECONDS
from ui.cases_desk import CasesDesk
from ui.service.ring_lines import Change, previews, spoken
from ui.service.ring_query import RingQuery
from ui.service.ring_records import read_records
from ui.service.ring_table import RingTable
from ui.service.rings import Place, Preview, RingPage

FORM = "3"  # raised when lines are drawn otherwise, so that lists of an older program are filled anew


@dataclass(frozen=True)
class RingSource:
    """Rings of a workspace; `table` is filled when it is first asked after something changed."""

    workspace: Workspace
    table: RingTable
    _filling: Lock = field(default_factory=Lock, repr=False, compare=False)

    def page(self, query: RingQuery) -> RingPage:
        """See `Rings`."""
        self._refresh()
        return self.table.page(query)

    def families(self, regions: frozenset[str]) -> Sequence[str]:
        """See `Rings`."""
        self._refresh()
        return self.table.families(regions)

    def places(self, regions: frozenset[str], limit: int) -> Sequence[Place]:
        """See `Rings`."""
        self._refresh()
        return self.table.places(regions, limit)

    def preview(self, ring: str) -> Preview | None:
        """See `Rings`."""
        self._refresh()
        found = self.table.preview(ring)
        if found is not None or (desk := opened(self.workspace)) is None:
            return found
        try:
            return self.table.preview(heir_of(desk.store, desk.store.ring(ring)).id)
        except NotFoundError:
            return None

    def assign(self, rings: Sequence[str], owner: str, due: date | None, by: str) -> int:
        """See `Rings`."""
        self._refresh()
        return self.table.assign(rings, owner, due, by)

    def _refresh(self) -> None:
        desk = opened(self.workspace)
        if desk is None:
            return
        stamp = _stamp(desk.store)
        known = self.table.stamp()
        if stamp == known or not self._filling.acquire(blocking=not known):
            return
        try:
            if self.table.stamp() != stamp:
                _fill(desk, self.table, stamp)
        finally:
            self._filling.release()


def opened(workspace: Workspace) -> CasesDesk | None:
    """Open the case store; None where nothing was detected yet."""
    try:
        return CasesDesk.open(workspace)
    except NotFoundError:
        return None


def heir_of(store: CaseStore, ring: Ring) -> Ring:
    """Return the ring itself, or the one that took it in, however often that happened."""
    passed = {ring.id}
    while ring.merged_into and ring.merged_into not in passed:
        ring = store.ring(ring.merged_into)
        passed.add(ring.id)
    return ring


def list_engine(path: Path) -> sa.Engine:
    """Open the database of the list."""
    url = sa.URL.create("sqlite", database=str(path))
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    # Readers go on while the list is filled.
    sa.event.listen(engine, "connect", lambda raw, _entry: raw.execute("PRAGMA journal_mode = WAL").close())
    return engine


def _stamp(store: CaseStore) -> str:
    """What the list must be filled anew for, as text; empty before the first run."""
    last = sa.select(runs.c.id, runs.c.digest).where(runs.c.trial.is_(False), runs.c.finished_at.is_not(None))
    with reading(store.engine) as connection:
        run = connection.execute(last.order_by(runs.c.id.desc()).limit(1)).one_or_none()
        event = connection.scalar(sa.select(sa.func.max(ring_events.c.id)))
        decision = connection.scalar(sa.select(sa.func.max(decisions.c.id)))
    return f"{FORM}:{run.id}:{run.digest}:{event or 0}:{decision or 0}" if run else ""


def _fill(desk: CasesDesk, table: RingTable, stamp: str) -> None:
    found = desk.store.rings()
    wanted = {record for ring in found for record in ring.picture.records}
    run = desk.store.last_run()
    read = read_records(desk.workspace, run.data_version if run else 0, wanted)
    lines = previews(desk.drawn(found, desk.masks, bare=True), read, last_changes(desk.store), _own(desk.store, found))
    table.replace(list(lines), stamp, _heirs(desk.store))


def _own(store: CaseStore, found: Iterable[Ring]) -> Mapping[str, Collection[str]]:
    """The settlements of the finding that speaks for a ring, by ring; rings of one finding are left out."""
    own: dict[str, Collection[str]] = {}
    for ring in found:
        if len(ring.picture.numbers) > 1:
            held = store.findings(ring.run, sorted(ring.picture.numbers))
            findings = [held[number] for number in ring.picture.numbers if number in held]
            if findings:
                own[ring.id] = spoken(findings, ring.picture.statement).records
    return own


def _heirs(store: CaseStore) -> Mapping[str, str]:
    query = sa.select(rings.c.id, rings.c.merged_into).where(rings.c.merged_into != "")
    with reading(store.engine) as connection:
        return {row.id: row.merged_into for row in connection.execute(query)}


def last_changes(store: CaseStore) -> Mapping[str, Change]:
    """Return the last event of every ring, one that people are told of before one that they are not."""
    newest = sa.func.row_number().over(
        partition_by=ring_events.c.ring_id,
        order_by=(ring_events.c.run_id.desc(), ring_events.c.alert.desc(), ring_events.c.id.desc()),
    )
    columns = (ring_events.c.ring_id, ring_events.c.zh, ring_events.c.en, runs.c.started_at, runs.c.finished_at)
    query = sa.select(*columns, newest.label("place")).join(runs, runs.c.id == ring_events.c.run_id).subquery()
    with reading(store.engine) as connection:
        rows = connection.execute(sa.select(query).where(query.c.place == 1)).all()
    return {row.ring_id: Change(Statement(row.zh, row.en), local(row.finished_at or row.started_at)) for row in rows}


def local(text: str) -> datetime:
    """Read a moment as local time without a zone."""
    return datetime.fromisoformat(text).astimezone().replace(tzinfo=None, microsecond=0)
