"""Places: the same every time, apart from each other, and nobody is moved by who comes."""

import math
import random

import pytest

from ui.scene.place import APART, arrange, beside


def net(seed: int, count: int) -> tuple[list[str], list[tuple[str, str]]]:
    rng = random.Random(seed)
    keys = [f"person:P{n:04d}" for n in range(count)]
    return keys, [(rng.choice(keys[: max(1, count // 10)]), rng.choice(keys)) for _ in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2, 40, 400])
def test_a_layout_is_the_same_in_any_order(count: int) -> None:
    keys, edges = net(1, count)
    spots = arrange(keys, edges)
    assert set(spots) == set(keys)
    assert arrange(reversed(keys), [(b, a) for a, b in reversed(edges)]) == spots


@pytest.mark.parametrize("seed", range(4))
def test_a_layout_keeps_nodes_apart(seed: int) -> None:
    keys, edges = net(seed, 300)
    spots = list(arrange(keys, edges).values())
    close = sum(math.dist(a, b) < APART * 0.5 for n, a in enumerate(spots) for b in spots[:n])
    assert close <= 3


@pytest.mark.parametrize("seed", range(10))
def test_newcomers_stand_near_their_parent_and_on_nobody(seed: int) -> None:
    rng = random.Random(seed)
    taken = [(rng.uniform(-500, 500), rng.uniform(-500, 500)) for _ in range(rng.randrange(200))]
    anchor = rng.choice(taken) if taken else (0.0, 0.0)
    found = beside(anchor, taken, 25)
    assert len(found) == 25
    for number, spot in enumerate(found):
        assert all(math.dist(spot, other) >= APART * 0.79 for other in [*taken, *found[:number]])
    assert max(math.dist(anchor, spot) for spot in found) < 14 * APART
