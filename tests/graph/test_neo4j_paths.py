"""Paths do not fan out over long lists, exactly as in the embedded store."""

from dataclasses import replace
from pathlib import Path

import pytest

from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from graph.embedded.writer import write_store
from graph.model import NodeRef, NodeType
from graph.neo4j_store import Neo4jStore
from tests.graph.neo4j_server import make_neo4j
from tests.graph.worlds import random_world, write_tables

pytestmark = pytest.mark.neo4j


@pytest.mark.parametrize("seed", [1])
def test_paths_around_long_lists_are_those_of_the_embedded_store(tmp_path: Path, seed: int) -> None:
    world, workspace = random_world(seed, persons=15, visits=60), Workspace(tmp_path)
    with make_neo4j(world, tmp_path) as opened:
        assert isinstance(opened, Neo4jStore)
        write_store(write_tables(world, workspace))
        people = [NodeRef(NodeType.PERSON, id_) for id_ in world.ids(NodeType.PERSON)]
        found = 0
        for longest in (3, 8):
            ours = replace(opened, max_expand=longest)
            theirs = replace(EmbeddedStore.open(workspace), max_expand=longest)
            for a, b in zip(people[::4], people[1::4], strict=False):
                assert ours.paths(a, b, limit=30) == theirs.paths(a, b, limit=30)
                assert ours.shortest_paths(a, b) == theirs.shortest_paths(a, b)
                found += ours.paths(a, b, limit=30) != opened.paths(a, b, limit=30)
        assert found  # the bound did leave something out
