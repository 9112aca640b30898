"""A town around a super node, for the tests of Neo4j's hub lists."""

import random
from datetime import timedelta

from graph.model import NodeRef, NodeType
from graph.neo4j_store.hubs import HUB_DEGREE
from tests.graph.worlds import START, GraphWorld

HOSPITAL, TILL = NodeRef(NodeType.INSTITUTION, "H1"), NodeRef(NodeType.TERMINAL, "H1/T1")


def town(seed: int) -> GraphWorld:
    """A hospital that more persons visit than a list holds, and a till that many cards and a few persons use."""
    rng = random.Random(seed)
    world = GraphWorld()
    world.add_node(HOSPITAL.type, HOSPITAL.id, "示例医院")
    world.add_node(TILL.type, TILL.id)
    for number in range(HUB_DEGREE + 300):
        person, card = f"P{number:05d}", f"C{number:05d}"
        world.add_node(NodeType.PERSON, person, "某人")
        world.add_node(NodeType.CARD, card)
        _use(world, rng, "VISITED.person.institution", person, HOSPITAL.id)
        if number < HUB_DEGREE - 200:
            _use(world, rng, "SWIPED_ON.card.terminal", card, TILL.id)
        if number < 300:
            _use(world, rng, "SWIPED_ON.person.terminal", person, TILL.id)
    return world


def _use(world: GraphWorld, rng: random.Random, kind: str, a: str, b: str) -> None:
    first = START + timedelta(hours=rng.randrange(24 * 90))
    last = first + timedelta(hours=rng.randrange(48))
    world.add_edge(kind, a, b, rng.randrange(1, 21), rng.randrange(100, 10_000, 50), first, last)
