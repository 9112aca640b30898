"""The rings of a workspace, or of an export, as the evaluation sees them, with the day of each first report."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from cases.model import UNDER_THE_LINE, Ring
from cases.settings import settings_of
from cases.store import CaseStore
from claims.errors import NotFoundError
from claims.language import N_
from claims.reader import Claims
from claims.workspace import Workspace
from jobs.evaluate import TruthError, seen_of
from jobs.measures import Seen


def rings_of(workspace: Workspace) -> tuple[Seen, ...]:
    """Return the rings of a workspace, worst first; a ring born in a later run carries that run's newest day."""
    store = CaseStore.open(settings_of(workspace).database)
    rings = store.rings()
    days = _days(workspace, store, sorted({ring.born_run for ring in rings}))
    return tuple(_seen(ring, days.get(ring.born_run)) for ring in rings)


def _seen(ring: Ring, since: date | None) -> Seen:
    members = frozenset((member.type.value, member.id) for member in ring.picture.members)
    return Seen(ring.id, ring.picture.kind, ring.picture.score, members, ring.status not in UNDER_THE_LINE, since)


def _days(workspace: Workspace, store: CaseStore, runs: Sequence[int]) -> dict[int, date]:
    """Newest day that each run saw, where its data version can still be opened."""
    found: dict[int, date] = {}
    known = {run.id: run for run in store.runs()}
    for number in runs:
        try:
            claims = Claims.open(workspace, known[number].data_version)
        except (KeyError, NotFoundError):  # removed by a vacuum since
            continue
        with claims.connect() as connection:
            newest = connection.execute("SELECT max(CAST(setl_time AS DATE)) FROM settlements").fetchall()[0][0]
        if isinstance(newest, date):
            found[number] = newest
    return found


def read_export(path: Path) -> tuple[Seen, ...]:
    """Read a rings export (jsonl) of any program; TruthError names the line that does not read."""
    if not path.exists():
        raise NotFoundError(N_("{path} does not exist."), path=path)
    found = []
    for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        try:
            found.append(seen_of(json.loads(text)))
        except (ValueError, KeyError, TypeError) as error:
            message = N_("{path}, line {line} is no ring of an export: {error}")
            raise TruthError(message, path=path, line=number, error=f"{type(error).__name__} {error}") from error
    return tuple(found)
