"""Node tables: what the registers hold, and whatever else an edge names.

An entity that a claim names but its register does not know is a placeholder: kept, marked, counted.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import duckdb
import pyarrow.parquet as pq

from graph.building.keys import day, filled
from graph.building.output import write_table
from graph.model import BY_NAME, NodeType
from graph.tables import NODE_ATTRIBUTES, node_schema

REGISTERS: Mapping[NodeType, str] = MappingProxyType(
    {
        NodeType.PERSON: f"""
            SELECT psn_no AS id, coalesce(psn_name, '') AS label, certno, gend, {day("brdy")} AS brdy, insutype,
                   psn_type, insu_admdvs, emp_no, {day("die_date")} AS die_date
            FROM insured
        """,  # noqa: S608 - expressions of our own
        NodeType.CARD: f"""
            SELECT card_no AS id, card_no AS label, card_type, {day("iss_date")} AS iss_date,
                   {day("stop_date")} AS stop_date, {day("loss_date")} AS loss_date
            FROM cards
        """,  # noqa: S608 - expressions of our own
        # One person may practise at several places: what differs is taken from the first of them.
        NodeType.DOCTOR: """
            SELECT dr_code AS id, coalesce(arg_min(dr_name, fixmedins_code), '') AS label,
                   arg_min(certno, fixmedins_code) AS certno, arg_min(dept_codg, fixmedins_code) AS dept_codg,
                   arg_min(prac_type, fixmedins_code) AS prac_type
            FROM practitioners GROUP BY dr_code
        """,
        NodeType.INSTITUTION: """
            SELECT fixmedins_code AS id, coalesce(fixmedins_name, '') AS label, fixmedins_type, hosp_lv, admdvs,
                   lnt, lat, bed_cnt, legrep_name
            FROM institutions
        """,
        NodeType.EMPLOYER: f"""
            SELECT {filled("emp_no")} AS id, coalesce(min(emp_name), '') AS label FROM insured
            WHERE id IS NOT NULL GROUP BY ALL
        """,  # noqa: S608 - expressions of our own
    }
)
# What has no register of its own is known by its edges alone.
_LABELS: Mapping[NodeType, str] = MappingProxyType({NodeType.TERMINAL: "substr(id, strpos(id, '/') + 1)"})


def write_nodes(db: duckdb.DuckDBPyConnection, type_: NodeType, folder: Path, edges: Path) -> tuple[int, int]:
    """Write the nodes of a type; return how many there are, and how many of them are placeholders."""
    path = folder / f"{type_}.parquet"
    rows = write_table(db, _query(type_, _named(db, type_, edges)), node_schema(type_), "id", path)
    if not rows:
        return 0, 0
    placeholders = pq.read_table(path, columns=["placeholder"])["placeholder"]
    return rows, placeholders.to_pylist().count(True)


def _named(db: duckdb.DuckDBPyConnection, type_: NodeType, edges: Path) -> str:
    """Make the views of the ids that edges give to `type_`; return a statement that reads them all."""
    parts = []
    for number, (path, end) in enumerate(_ends(type_, edges)):
        view = f"named_{type_}_{number}"
        db.read_parquet(str(path)).project(f"{end} AS id").create_view(view)
        parts.append(f"FROM {view}")
    return " UNION ALL ".join(parts) or "SELECT NULL::VARCHAR AS id WHERE false"


def _ends(type_: NodeType, edges: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(edges.glob("*.parquet")):
        kind = BY_NAME[path.stem]
        if kind.source is type_:
            yield path, "source"
        if kind.target is type_:
            yield path, "target"


def _query(type_: NodeType, named: str) -> str:
    register = REGISTERS.get(type_)
    if register is None:
        label = _LABELS.get(type_, "id")
        return f"SELECT DISTINCT id, {label} AS label, false AS placeholder FROM ({named})"  # noqa: S608
    absent = ", ".join(f"NULL AS {name}" for name in NODE_ATTRIBUTES.get(type_, {}))
    return f"""
        SELECT *, false AS placeholder FROM ({register})
        UNION ALL BY NAME
        SELECT DISTINCT id, '' AS label, {absent + "," if absent else ""} true AS placeholder
        FROM ({named}) AS named ANTI JOIN ({register}) AS known USING (id)
    """  # noqa: S608 - statements of our own
