"""What the registers call the members of a ring: read for the few that are shown, not for the county."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa

from cases.model import Key
from claims.duck import open_duckdb
from claims.errors import NotFoundError
from claims.reader import Claims, create_view
from claims.tables import BY_NAME
from claims.workspace import Workspace
from graph.model import NodeType

# Register and names of what has a name; `wanted` holds the keys.
_REGISTERS: Mapping[NodeType, tuple[str, str]] = {
    NodeType.PERSON: (
        "insured",
        "SELECT psn_no, min(psn_name) AS name FROM insured SEMI JOIN wanted ON id = psn_no GROUP BY psn_no",
    ),
    NodeType.DOCTOR: (
        "practitioners",
        "SELECT dr_code, min(dr_name) AS name FROM practitioners SEMI JOIN wanted ON id = dr_code GROUP BY dr_code",
    ),
    NodeType.INSTITUTION: (
        "institutions",
        "SELECT fixmedins_code, min(fixmedins_name) AS name FROM institutions SEMI JOIN wanted ON id = fixmedins_code "
        "GROUP BY fixmedins_code",
    ),
}


@dataclass(frozen=True)
class Names:
    """Names as of one data version of a workspace; a version a vacuum removed names nobody."""

    workspace: Workspace
    version: int

    def of(self, keys: Iterable[Key]) -> dict[Key, str]:
        """Return the names of those that have one."""
        wanted: dict[NodeType, list[str]] = {}
        for type_, id_ in sorted(set(keys)):
            wanted.setdefault(type_, []).append(id_)
        try:
            claims = Claims.open(self.workspace, self.version)
        except NotFoundError:
            return {}
        found: dict[Key, str] = {}
        for type_, (table, query) in _REGISTERS.items():
            for id_, name in _read(claims, table, query, wanted.get(type_, [])):
                found[type_, id_] = name
        return found


def _read(claims: Claims, table: str, query: str, ids: list[str]) -> list[tuple[str, str]]:
    if not ids:
        return []
    with open_duckdb(threads=1) as connection:
        create_view(connection, BY_NAME[table], claims.files(table))
        connection.register("wanted", pa.table({"id": pa.array(ids, pa.string())}))
        return [(id_, name) for id_, name in connection.execute(query).fetchall() if name]
