"""Handles that several enrolments share, and the places where their holders meet."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.snapshot import Ints, Snapshot, kept
from graph.model import NodeType

FEWEST = 4  # holders: smaller groups are families

# In the order in which they name a group: an account is changed least, an agent most.
KINDS: Mapping[str, tuple[NodeType, str]] = {
    "account": (NodeType.ACCOUNT, N_("account")),
    "tel": (NodeType.PHONE, N_("telephone")),
    "addr": (NodeType.ADDRESS, N_("address")),
    "agent": (NodeType.PERSON, N_("agent")),
    "agent_tel": (NodeType.PHONE, N_("agent's telephone")),
}

_HELD = """
    WITH given AS MATERIALIZED (
        SELECT 'account' AS kind, bankacct AS value, p FROM person WHERE length(bankacct) >= 8 UNION ALL
        SELECT 'tel', tel, p FROM person WHERE length(tel) >= 7 UNION ALL
        SELECT 'addr', regexp_replace(addr, '\\s', '', 'g'), p FROM person WHERE length(addr) >= 6 UNION ALL
        SELECT DISTINCT 'agent', agent, p FROM visit WHERE agent IS NOT NULL UNION ALL
        SELECT DISTINCT 'agent_tel', agent_tel, p FROM visit WHERE agent_tel IS NOT NULL
    ), handle AS (
        SELECT kind, value, row_number() OVER () AS h FROM given
        GROUP BY kind, value HAVING count(*) BETWEEN $1 AND $2
    )
    SELECT h, kind, value, p FROM given JOIN handle USING (kind, value)
"""
# Days on which two holders or more settle at one place, at places where enough of them come.
_MEETINGS = """
    WITH came AS (
        SELECT DISTINCT h, i, day, held.p FROM held JOIN visit USING (p) WHERE med_type <> '21'
    ), met AS (
        SELECT h, i, day, count(*) AS holders FROM came GROUP BY ALL HAVING holders >= 2
    ), busy AS (
        SELECT h, i FROM met GROUP BY ALL HAVING count(*) >= $1 AND max(holders) >= 3
    )
    SELECT kind, value, i FROM busy JOIN (SELECT DISTINCT h, kind, value FROM held) AS handle USING (h)
    ORDER BY kind, value, i
"""
_REGISTERED = """
    SELECT 'account' AS kind, bankacct AS value, p FROM person WHERE length(bankacct) >= 8 UNION ALL
    SELECT 'tel', tel, p FROM person WHERE length(tel) >= 7 UNION ALL
    SELECT 'addr', regexp_replace(addr, '\\s', '', 'g'), p FROM person WHERE length(addr) >= 6
"""


@dataclass(frozen=True, order=True)
class Handle:
    """A telephone, account, address or agent (by certificate or telephone)."""

    kind: str
    value: str


@dataclass(frozen=True)
class Meeting:
    """A handle and a place (code i) where its holders come on the same days."""

    handle: Handle
    place: int


def meetings(snapshot: Snapshot, days: int, most: int) -> list[Meeting]:
    """Make the table `held` (h, kind, value, p) of handles with `FEWEST` to `most` holders; find where they meet."""
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE held AS {_HELD}", [FEWEST, most])
    rows = snapshot.db.execute(_MEETINGS, [days]).fetchall()
    return [Meeting(Handle(kind, value), place) for kind, value, place in rows]


@kept
def sizes(snapshot: Snapshot) -> Mapping[str, Ints]:
    """How many enrolments give each value, by kind; makes the table `handle_of` (kind, value, p)."""
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE handle_of AS {_REGISTERED}")
    kinds = [row[0] for row in snapshot.db.execute("SELECT DISTINCT kind FROM handle_of ORDER BY kind").fetchall()]
    query = "SELECT count(*) AS n FROM handle_of WHERE kind = $1 GROUP BY value ORDER BY n"
    return {kind: snapshot.columns(query, [kind])[0].astype(np.int64) for kind in kinds}


@kept
def _usual(snapshot: Snapshot) -> Mapping[str, int]:
    return {kind: int(np.quantile(counts, 0.999, method="lower")) for kind, counts in sizes(snapshot).items()}


def usual(snapshot: Snapshot, kind: str) -> int:
    """How many enrolments give one value at most, of 999 values in a thousand; 0 where the register has none."""
    return _usual(snapshot).get(kind, 0)
