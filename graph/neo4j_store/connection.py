"""One connection to a server: address and password in, checked driver out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

import neo4j

from claims.errors import StoreError
from claims.language import N_
from graph.neo4j_store.errors import check_version, explained

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
READ_SECONDS = 60.0
CONNECT_SECONDS = 10.0
RETRY_SECONDS = 30.0

# What a statement may be given: numbers, texts, lists and maps of them.
Parameter: TypeAlias = object

# Retries after a deadlock are none of the user's business; failures arrive as exceptions.
logging.getLogger("neo4j").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Target:
    """Which database, as whom."""

    url: str
    password: str = field(repr=False)
    user: str = "neo4j"
    database: str = "neo4j"

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise StoreError(
                N_("{url} is not the address of a Neo4j server, such as bolt://127.0.0.1:7687."), url=self.url
            )
        if parts.username or parts.password:
            raise StoreError(N_("Leave user and password out of the address; it is seen by others."))


@dataclass(frozen=True)
class Connection:
    """A driver whose server was checked; reads and writes with errors as sentences."""

    driver: neo4j.Driver
    target: Target
    seconds: float = READ_SECONDS  # time a reading statement is given

    def read(self, text: str, **parameters: Parameter) -> list[neo4j.Record]:
        """Return all records of a reading statement, to which the parameters are `$given.name`.

        In one map, because the server keeps a plan per length of every list and text (1, 2 to 10, to 100 and
        so on) that is a parameter by itself, and making the larger plans takes it a second each.
        """
        with explained(self.target.url, self.seconds), self.session() as session:
            query = neo4j.Query(text, timeout=self.seconds)
            return list(session.run(query, {"given": parameters}))

    def write(self, text: str, **parameters: Parameter) -> list[neo4j.Record]:
        """Run one writing statement in a transaction of its own; deadlocks are tried again."""
        with explained(self.target.url), self.session() as session:
            return session.execute_write(_collect, text, parameters)

    def run(self, text: str, **parameters: Parameter) -> None:
        """Run a statement that commits by itself (schema, `CALL … IN TRANSACTIONS`)."""
        with explained(self.target.url), self.session() as session:
            session.run(text, parameters).consume()

    def session(self) -> neo4j.Session:
        """Open a session of our database."""
        return self.driver.session(database=self.target.database)


def _collect(transaction: neo4j.ManagedTransaction, text: str, parameters: dict[str, Parameter]) -> list[neo4j.Record]:
    return list(transaction.run(text, parameters))


@contextmanager
def connected(target: Target) -> Iterator[Connection]:
    """Connect, check the server's version, and close at the end."""
    driver = neo4j.GraphDatabase.driver(
        target.url,
        auth=(target.user, target.password),
        connection_timeout=CONNECT_SECONDS,
        max_transaction_retry_time=RETRY_SECONDS,
        notifications_min_severity="OFF",
        telemetry_disabled=True,
        user_agent="ringhound",
    )
    with driver:
        connection = Connection(driver, target)
        with explained(target.url), connection.session() as session:
            agent = session.run("RETURN 1").consume().server.agent  # tried once: nobody waits for a wrong address
        check_version(target.url, agent)
        yield connection
