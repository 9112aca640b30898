"""What ties enrolments in the registers: handles, agents, names, birth dates and families."""

from collections.abc import Iterable

import numpy as np

from claims.language import N_
from detectors.finding import Statement, say
from detectors.identity_reuse.enrolments import enrolments
from detectors.lawful.units import units
from detectors.snapshot import Snapshot

_NEIGHBOURS = 10  # twins are registered one after the other; for one sex serial numbers go in steps of two

# Kinds of what some of the persons share with another of them. Handles of many tie nobody.
_SHARED = """
    WITH member AS (SELECT * FROM enrolment WHERE unique_id IN (SELECT unnest($1))),
    handle AS (
        SELECT unique_id AS p, 'tel' AS kind, tel AS value FROM member UNION ALL
        SELECT unique_id, 'addr', addr FROM member UNION ALL
        SELECT unique_id, 'account', account FROM member UNION ALL
        SELECT unique_id, 'name', sound FROM member WHERE length(name) > 1 UNION ALL
        SELECT DISTINCT p, 'agent', coalesce(agent, agent_tel) FROM visit WHERE p IN (SELECT unnest($1))
    )
    SELECT DISTINCT kind FROM handle WHERE value IS NOT NULL
    GROUP BY kind, value HAVING count(DISTINCT p) > 1 ORDER BY kind
"""
_WORDS = {
    "tel": N_("telephone"),
    "addr": N_("address"),
    "account": N_("account"),
    "agent": N_("agent"),
    "name": N_("a name that sounds the same"),
}

_PAIR = """
    SELECT a, b, one.birth = two.birth OR one.cert_birth = two.cert_birth AS born,
           one.body IS NOT NULL AND two.body IS NOT NULL AND one.checked AND two.checked AS valid,
           one.region = two.region AS region,
           abs(CAST(one.serial AS INTEGER) - CAST(two.serial AS INTEGER)) AS gap,
           coalesce(one.sound <> two.sound, false) AS named, left(one.sound, 2) = left(two.sound, 2) AS surname,
           coalesce(one.tel = two.tel, false) OR coalesce(one.addr = two.addr, false) AS contact
    FROM asked_pair JOIN enrolment AS one ON one.unique_id = a JOIN enrolment AS two ON two.unique_id = b
"""


def ties(snapshot: Snapshot, members: tuple[int, ...]) -> Statement | None:
    """Name what some of `members` (codes p) share; None where they share nothing."""
    enrolments(snapshot)
    kinds = [row[0] for row in snapshot.db.execute(_SHARED, [list(members)]).fetchall()]
    words = [say(_WORDS[kind]) for kind in kinds]
    return Statement("、".join(w.zh for w in words), ", ".join(w.en for w in words)) if words else None


def twins(snapshot: Snapshot, pairs: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Which of some pairs (codes p) are twins: born on one day, both numbers valid, registered one after the other,
    or of one family under different names. Numbers of different districts are no twins'.
    """
    asked = np.array(sorted(set(pairs)), np.int64).reshape(-1, 2)
    if not len(asked):
        return frozenset()
    enrolments(snapshot)
    snapshot.code("asked_pair", {"a": asked[:, 0], "b": asked[:, 1]})
    rows = snapshot.db.execute(_PAIR).fetchall()
    unit = units(snapshot)
    return frozenset((a, b) for a, b, *facts in rows if _twins(*facts, one_unit=bool(unit[a] == unit[b])))


def _twins(
    born: bool | None,
    valid: bool | None,
    region: bool | None,
    gap: int | None,
    named: bool,
    surname: bool | None,
    contact: bool,
    *,
    one_unit: bool,
) -> bool:
    if not born or (valid and (not region or gap == 0)):
        return False
    family = one_unit or (bool(surname) and contact)
    return bool(valid and gap is not None and gap <= _NEIGHBOURS) or (named and family)
