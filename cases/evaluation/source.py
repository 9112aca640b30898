"""What evaluations are counted from: the case-mix of one data version and what people concluded."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.evaluation.case_mix import CaseMix, read_case_mix
from cases.evaluation.reviewed import Marked, read_reviewed
from cases.store import CaseStore
from claims.reader import Claims


@dataclass(frozen=True, eq=False)
class Source:
    """One data version with the conclusions on its records; `run` is the newest detection run, None before any."""

    mix: CaseMix
    marked: Sequence[Marked]
    run: int | None = None


def read_source(claims: Claims, store: CaseStore | None, mix: CaseMix | None = None) -> Source:
    """Count a data version (`mix`: already counted) and read conclusions; no store: nothing was detected yet."""
    counted = mix or read_case_mix(claims)
    if store is None:
        return Source(counted, ())
    last = store.last_run()
    return Source(counted, read_reviewed(store, claims), last.id if last else None)
