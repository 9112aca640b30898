"""The Neo4j store: the graph on a server that a team shares, read and written over Bolt."""

from graph.neo4j_store.reader import Neo4jStore
from graph.neo4j_store.writer import Neo4jWriter

__all__ = ["Neo4jStore", "Neo4jWriter"]
