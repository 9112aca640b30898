"""Every ring shape of the other maker with how many of it a county of 40,000 gets."""

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.other_county.rings import bearers, boxes, collusion, hoards, identity
from benchmarks.other_county.world import Planted, World

Shape = Callable[[World, np.random.Generator], Planted | None]
SHAPES: Mapping[Shape, int] = dict((*bearers.RINGS, *hoards.RINGS, *collusion.RINGS, *boxes.RINGS, *identity.RINGS))


def plant_rings(world: World) -> None:
    """Plant every shape, in number by the county's size, each from a source of chance of its own."""
    for shape, usual in SHAPES.items():
        for turn in range(max(1, round(usual * world.settings.persons / 40_000))):
            found = shape(world, world.settings.dice(f"ring {shape.__name__} {turn}"))
            if found is not None:
                world.rings.append(found)
