"""Constraints first, then indexes: all named, made once, and waited for."""

from collections.abc import Iterator

from graph.model import NodeType
from graph.names import NAMED
from graph.neo4j_store.connection import Connection
from graph.neo4j_store.names import BATCH, HUB, LABELS, SEARCH, STATE

AWAIT_SECONDS = 600
WIPE_ROWS = 10_000


def constraints() -> Iterator[str]:
    """Statements that make the id of every label unique."""
    for label in (*LABELS.values(), STATE, BATCH, HUB):
        name = f"ringhound_{label.lower()}_id"
        yield f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"


def indexes() -> Iterator[str]:
    """Statements that make the indexes `search` and hub lists rest on."""
    for type_, label in LABELS.items():
        for name in searched(type_):
            yield _index(label, name)
    yield _index(HUB, "node")


def searched(type_: NodeType) -> tuple[str, ...]:
    """Search properties that nodes of a type may have."""
    name, *initials, tail = SEARCH
    return (name, *(initials if type_ in NAMED else ()), *((tail,) if type_ is NodeType.PHONE else ()))


def _index(label: str, name: str) -> str:
    return f"CREATE INDEX ringhound_{label.lower()}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"


def ensure_schema(connection: Connection) -> None:
    """Make what is missing and wait until it can be used."""
    for statement in (*constraints(), *indexes()):
        connection.run(statement)
    connection.run("CALL db.awaitIndexes($seconds)", seconds=AWAIT_SECONDS)


def wipe(connection: Connection) -> None:
    """Empty the database, a part at a time; constraints and indexes stay."""
    for pattern in ("()-[x]->()", "(x)"):
        connection.run(f"MATCH {pattern} CALL (x) {{ DELETE x }} IN TRANSACTIONS OF {WIPE_ROWS} ROWS")
