"""What the server knows about its own content: one node, written first and last by every push."""

from dataclasses import dataclass

from graph.neo4j_store.connection import Connection
from graph.neo4j_store.names import ANY_LABEL, BATCH, STATE
from graph.neo4j_store.writer import Plan

FORMAT = 1  # raised when nodes, edges or hub lists change their shape: the content is then compared anew
MARKS_AT_ONCE = 10_000


@dataclass(frozen=True)
class State:
    """Content of a server: of which data version, with which privacy; `plan` is a push under way."""

    data_version: int | None  # None: nothing whole was ever pushed
    source: str  # checksum of the pushed graph tables
    cover: str  # mark of the privacy mode and its key
    format: int
    plan: str | None
    target: int | None  # data version of the push under way


EMPTY = State(None, "", "", FORMAT, None, None)


def read_state(connection: Connection) -> State | None:
    """Return the state of the server; None where nothing was ever pushed."""
    records = connection.read(
        f"MATCH (s:{STATE} {{id: 'state'}}) RETURN s.data_version AS data_version, s.source AS source, "
        "s.cover AS cover, s.format AS format, s.plan AS plan, s.target AS target"
    )
    return State(**records[0].data()) if records else None


def has_foreign_content(connection: Connection) -> bool:
    """Say whether a server without a state holds nodes of our labels: somebody else's."""
    return bool(connection.read(f"MATCH (n:{ANY_LABEL}) RETURN 1 AS found LIMIT 1"))


def begin(connection: Connection, plan: str, target: int) -> Plan:
    """Announce a push; marks of another plan are removed, those of the same one are what is done."""
    connection.write(
        f"MERGE (s:{STATE} {{id: 'state'}}) ON CREATE SET s.source = '', s.cover = '', s.format = $format "
        "SET s.plan = $plan, s.target = $target",
        plan=plan,
        target=target,
        format=FORMAT,
    )
    connection.run(
        f"MATCH (b:{BATCH}) WHERE b.plan <> $plan CALL (b) {{ DELETE b }} IN TRANSACTIONS OF {MARKS_AT_ONCE} ROWS",
        plan=plan,
    )
    records = connection.read(f"MATCH (b:{BATCH} {{plan: $given.plan}}) RETURN b.id AS id", plan=plan)
    return Plan(plan, frozenset(record["id"] for record in records))


def finish(connection: Connection, plan: Plan, reached: State) -> bool:
    """Say that the content is now whole; False when another push has taken over meanwhile."""
    records = connection.write(
        f"MATCH (s:{STATE} {{id: 'state', plan: $plan}}) SET s.data_version = $data_version, s.source = $source, "
        "s.cover = $cover, s.format = $format, s.plan = null, s.target = null RETURN 1 AS finished",
        plan=plan.id,
        data_version=reached.data_version,
        source=reached.source,
        cover=reached.cover,
        format=reached.format,
    )
    connection.run(f"MATCH (b:{BATCH}) CALL (b) {{ DELETE b }} IN TRANSACTIONS OF {MARKS_AT_ONCE} ROWS")
    return bool(records)
