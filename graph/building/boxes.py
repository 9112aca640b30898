"""Drug boxes that stand in more than one settlement: a box seen once links nothing.

Nearly every trace code is seen once, so a first pass keeps only hashes, and the second reads the
items whose hash came back. (Decision 0003.)
"""

from collections.abc import Mapping

import duckdb

from graph.building.keys import fen, filled

_TRACE = filled("drug_trac_codg")
_REPEATED = f"""
    SELECT hash({_TRACE}) AS trace_hash FROM net_fee_items WHERE {_TRACE} IS NOT NULL
    GROUP BY trace_hash HAVING min(hash(setl_id)) <> max(hash(setl_id))
"""  # noqa: S608 - expressions of our own
_ITEMS = f"""
    SELECT {_TRACE} AS box, setl_id, coalesce(fee_ocur_time, visit.time) AS time,
           {fen("det_item_fee_sumamt")} AS charge, person, institution
    FROM net_fee_items JOIN visits AS visit USING (setl_id)
    WHERE hash({_TRACE}) IN (SELECT trace_hash FROM repeated_boxes)
"""  # noqa: S608 - expressions of our own
_LINKING = """
    SELECT * FROM box_items
    WHERE box IN (SELECT box FROM box_items GROUP BY box HAVING min(setl_id) <> max(setl_id))
"""
BOX_EDGES: Mapping[str, str] = {
    f"{type_}.{source}.drug_box": f"""
        SELECT {source} AS source, box AS target, count(*) AS count, 0 AS fund,
               min(time) AS first, max(time) AS last, CAST(sum(charge) AS BIGINT) AS charge
        FROM linking_items GROUP BY ALL
    """  # noqa: S608 - columns of our own
    for type_, source in (("DISPENSED", "institution"), ("RECEIVED", "person"))
}


def prepare(db: duckdb.DuckDBPyConnection) -> None:
    """Make `linking_items`, which `BOX_EDGES` read; `visits` holds the visits of all months."""
    for name, query in (("repeated_boxes", _REPEATED), ("box_items", _ITEMS), ("linking_items", _LINKING)):
        db.execute(f"CREATE TABLE {name} AS {query}")
