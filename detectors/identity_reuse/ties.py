"""What ties enrolments in the registers: handles, agents, names, birth dates and families."""

from claims.language import N_
from detectors.finding import Statement, say
from detectors.identity_reuse.enrolments import enrolments
from detectors.lawful.units import units
from detectors.snapshot import Snapshot

_NEIGHBOURS = 10  # twins are registered one after the other; for one sex serial numbers go in steps of two

# Kinds of what some of the persons share with another of them. Handles of many tie nobody.
_SHARED = """
    WITH member AS (SELECT * FROM enrolment WHERE list_contains($1, unique_id)),
    handle AS (
        SELECT unique_id AS p, 'tel' AS kind, tel AS value FROM member UNION ALL
        SELECT unique_id, 'addr', addr FROM member UNION ALL
        SELECT unique_id, 'account', account FROM member UNION ALL
        SELECT unique_id, 'name', sound FROM member WHERE length(name) > 1 UNION ALL
        SELECT DISTINCT p, 'agent', coalesce(agent, agent_tel) FROM visit WHERE list_contains($1, p)
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
    SELECT one.birth = two.birth OR one.cert_birth = two.cert_birth AS born,
           one.body IS NOT NULL AND two.body IS NOT NULL AND one.checked AND two.checked AS valid,
           one.region = two.region AS region,
           abs(CAST(one.serial AS INTEGER) - CAST(two.serial AS INTEGER)) AS gap,
           coalesce(one.sound <> two.sound, false) AS named, left(one.sound, 2) = left(two.sound, 2) AS surname,
           coalesce(one.tel = two.tel, false) OR coalesce(one.addr = two.addr, false) AS contact
    FROM enrolment AS one, enrolment AS two WHERE one.unique_id = $1 AND two.unique_id = $2
"""


def ties(snapshot: Snapshot, members: tuple[int, ...]) -> Statement | None:
    """Name what some of `members` (codes p) share; None where they share nothing."""
    enrolments(snapshot)
    kinds = [row[0] for row in snapshot.db.execute(_SHARED, [list(members)]).fetchall()]
    words = [say(_WORDS[kind]) for kind in kinds]
    return Statement("、".join(w.zh for w in words), ", ".join(w.en for w in words)) if words else None


def twins(snapshot: Snapshot, a: int, b: int) -> bool:
    """Whether two people are twins: born on one day, both numbers valid, registered one after the other,
    or of one family under different names. Numbers of different districts are no twins'.
    """
    enrolments(snapshot)
    rows = snapshot.db.execute(_PAIR, [a, b]).fetchall()
    if not rows:
        return False
    born, valid, region, gap, named, surname, contact = rows[0]
    if not born or (valid and (not region or gap == 0)):
        return False
    unit = units(snapshot)
    family = bool(unit[a] == unit[b]) or (bool(surname) and bool(contact))
    return bool(valid and gap <= _NEIGHBOURS) or (bool(named) and family)
