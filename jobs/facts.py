"""What rings are built on besides findings, read from the snapshot in a few set-based queries."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa

from cases.model import Fact, Key
from detectors.finding import Grade
from detectors.snapshot import Snapshot
from graph.model import NodeType

# Agents are told by certificate; one that several enrolments share names nobody.
_AGENTS = """
    SELECT certno, min(psn_no) AS psn_no FROM person WHERE certno IS NOT NULL GROUP BY certno HAVING count(*) = 1
"""
_FACTS = f"""
    WITH agent AS ({_AGENTS})
    SELECT setl_id, person.psn_no, fixmedins_code, time, fund, account, coalesce(agent.psn_no, '') AS agent
    FROM wanted JOIN visit USING (setl_id) JOIN person USING (p) JOIN place USING (i)
    LEFT JOIN agent ON agent.certno = visit.agent
    ORDER BY setl_id
"""  # noqa: S608 - a query of our own
_CONFIRMED = """
    SELECT DISTINCT subject_type, subject_id FROM decided
    QUALIFY row_number() OVER (PARTITION BY subject_type, subject_id ORDER BY decided_at DESC, verdict DESC) = 1
        AND verdict = 'confirmed'
"""
_EXCUSED = """
    SELECT DISTINCT subject_id FROM decided WHERE subject_type = 'settlement'
    QUALIFY row_number() OVER (PARTITION BY subject_id ORDER BY decided_at DESC, verdict DESC) = 1
        AND verdict = 'cleared'
"""


def facts_of(snapshot: Snapshot, records: Iterable[str]) -> dict[str, Fact]:
    """Return what the net settlements among `records` say; others (refunded since) are absent."""
    snapshot.code("wanted", {"setl_id": pa.array(sorted(set(records)), pa.string())})
    found = snapshot.sql(_FACTS)
    return {
        record: Fact(person, place, time, _yuan(fund), _yuan(account), agent)
        for record, person, place, time, fund, account, agent in zip(
            *(column.to_pylist() for column in found.columns), strict=True
        )
    }


def confirmed_before(snapshot: Snapshot) -> frozenset[Key]:
    """Return whom earlier conclusions (the table of verdicts) confirmed last."""
    types = set(NodeType)
    rows = snapshot.sql(_CONFIRMED).to_pylist()
    return frozenset((NodeType(r["subject_type"]), r["subject_id"]) for r in rows if r["subject_type"] in types)


def excused_before(snapshot: Snapshot) -> dict[str, Grade | None]:
    """Return the settlements that earlier conclusions cleared last: they are lawful."""
    return dict.fromkeys(snapshot.sql(_EXCUSED).column("subject_id").to_pylist(), Grade.LAWFUL)


def newest_day(snapshot: Snapshot) -> date:
    """Return the day of the newest settlement; a day before everything where there is none."""
    return snapshot.date_of(snapshot.days - 1) if snapshot.days else datetime(2000, 1, 1).date() - timedelta(days=1)


def _yuan(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2)
