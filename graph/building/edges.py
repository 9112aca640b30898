"""Edge tables: facts of the registers, sums of all months, drug boxes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from graph.building.boxes import BOX_EDGES
from graph.building.output import write_table
from graph.building.registers import FACTS
from graph.building.visits import AGENTS, JUNK_PHONES, SUMS
from graph.model import BY_NAME
from graph.tables import edge_schema

_NO_MEASURES = "1 AS count, 0 AS fund, NULL AS first, NULL AS last"
_SUM = """
    SELECT source, target, sum(count) AS count, sum(fund) AS fund, min(first) AS first, max(last) AS last
    FROM ({rows}) GROUP BY ALL
"""
# A fact about the till, though only settlements tell it.
_LOCATED = "LOCATED_AT.terminal.institution"
# Whoever is insured under the agent's certificate acted. The person's own certificate, under
# whatever number, is the person and no agent.
_ACTED = """
    SELECT agent.psn_no AS source, sums.target, count, fund, first, last
    FROM sums_agents AS sums
    JOIN insured AS agent ON upper(trim(agent.certno)) = sums.source
    LEFT JOIN insured AS person ON person.psn_no = sums.target
    WHERE agent.psn_no <> sums.target AND upper(trim(person.certno)) IS DISTINCT FROM sums.source
"""
_ACTED_FOR = "ACTED_FOR.person.person"
_AGENT_PHONE = "AGENT_PHONE.person.phone"
_UNKNOWN_AGENTS = """
    SELECT sum(count) FROM sums_agents
    WHERE source NOT IN (SELECT upper(trim(certno)) FROM insured WHERE certno IS NOT NULL)
"""


@dataclass(frozen=True)
class Written:
    """Rows of each table, and values that are no keys, by name of the edge kind."""

    rows: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def view_months(db: duckdb.DuckDBPyConnection, months: Sequence[Path]) -> None:
    """Make a view of each file that the months have: `visits`, `sums_<kind>`, `junk_phones`."""
    for name, view in {"visits": "visits", JUNK_PHONES: JUNK_PHONES, **{name: _view(name) for name in SUMS}}.items():
        files = [str(month / f"{name}.parquet") for month in months]
        db.read_parquet(files).create_view(view)


def _view(name: str) -> str:
    return "sums_" + name.replace(".", "_")


def edge_queries() -> Mapping[str, str]:
    """The statement of every edge kind."""
    facts = {name: f"SELECT *, {_NO_MEASURES} FROM ({fact.rows()})" for name, fact in FACTS.items()}  # noqa: S608
    sums = {name: _SUM.format(rows=f"FROM {_view(name)}") for name in SUMS if name not in (AGENTS, _LOCATED)}
    located = f"SELECT DISTINCT source, target, {_NO_MEASURES} FROM {_view(_LOCATED)}"  # noqa: S608
    return {**facts, _LOCATED: located, **sums, _ACTED_FOR: _SUM.format(rows=_ACTED), **BOX_EDGES}


def write_edges(db: duckdb.DuckDBPyConnection, name: str, query: str, folder: Path, written: Written) -> None:
    """Write the table of one kind and note its rows."""
    rows = write_table(db, query, edge_schema(BY_NAME[name]), "source, target", folder / f"{name}.parquet")
    if rows:
        written.rows[name] = rows


def note_left_out(db: duckdb.DuckDBPyConnection, written: Written) -> None:
    """Count what registers and settlements state that is no key."""
    counts = {name: fact.left_out() for name, fact in FACTS.items()}
    counts |= {_AGENT_PHONE: "SELECT sum(count) FROM junk_phones", _ACTED_FOR: _UNKNOWN_AGENTS}
    for name, query in counts.items():
        (count,) = db.execute(query).fetchall()[0]
        if count:
            written.left_out[name] = int(count)
