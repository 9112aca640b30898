"""Where pairs of enrolments come from: the file of the last run, the judgements, and names of one data version."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import pyarrow as pa

from cases.identities import IdentityBook
from cases.settings import settings_of
from cases.store import CaseStore
from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from jobs.identity_pairs import Proposal, path_of, prepare, proposal_of
from ui.service.ring_records import claims_of

_NAMES = "SELECT psn_no, coalesce(min(psn_name), '') FROM insured SEMI JOIN wanted USING (psn_no) GROUP BY psn_no"
_preparing = Lock()


@dataclass(frozen=True)
class Pairs:
    """The proposals of the last run by id, surest first, and the names of their enrolments (as they are)."""

    run: int
    data_version: int
    proposals: Mapping[str, Proposal]
    names: Mapping[str, str]


def book_of(workspace: Workspace) -> IdentityBook:
    """Open the judgements; NotFoundError before the first run."""
    return IdentityBook(_store(workspace).engine)


def pairs_of(workspace: Workspace) -> Pairs:
    """Return what the last run proposes, made anew where it was not kept; NotFoundError before the first run."""
    run = _store(workspace).last_run()
    if run is None:
        raise NotFoundError(N_("Nothing was detected yet: pairs are proposed by a detection run."))
    path = path_of(workspace, run.id)
    if not path.exists():
        with _preparing:
            if not path.exists():
                prepare(workspace, run.id)
    return _read(workspace, run.id, run.data_version, path.stat().st_mtime_ns)


def _store(workspace: Workspace) -> CaseStore:
    database = settings_of(workspace).database
    if database == workspace.cases and not workspace.cases.exists():
        raise NotFoundError(N_("Nothing was detected yet: pairs are proposed by a detection run."))
    return _opened(database)


@lru_cache(maxsize=4)
def _opened(database: object) -> CaseStore:
    return CaseStore.open(database)  # type: ignore[arg-type]


@lru_cache(maxsize=4)
def _read(workspace: Workspace, run: int, version: int, _written: int) -> Pairs:
    proposals = [proposal_of(row) for row in json.loads(path_of(workspace, run).read_text("utf-8"))]
    wanted = sorted({number for proposal in proposals for number in proposal.key})
    with claims_of(workspace, version).connect(threads=2) as connection:
        connection.register("wanted", pa.table({"psn_no": pa.array(wanted, pa.string())}))
        names = dict(connection.execute(_NAMES).fetchall())
    return Pairs(run, version, {proposal.id: proposal for proposal in proposals}, names)
