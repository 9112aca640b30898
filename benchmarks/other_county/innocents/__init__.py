"""Every innocent look-alike of the other maker with how many of it a county of 40,000 gets."""

from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.other_county.innocents import days, homes, papers
from benchmarks.other_county.world import Planted, World

Shape = Callable[[World, np.random.Generator], Planted | None]
SHAPES: Mapping[Shape, int] = dict((*homes.GROUPS, *days.GROUPS, *papers.GROUPS))


def plant_innocents(world: World) -> None:
    """Plant every look-alike, in number by the county's size."""
    for shape, usual in SHAPES.items():
        for turn in range(max(1, round(usual * world.settings.persons / 40_000))):
            found = shape(world, world.settings.dice(f"innocent {shape.__name__} {turn}"))
            if found is not None:
                world.innocent.append(found)
