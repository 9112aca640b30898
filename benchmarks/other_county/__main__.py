"""Make a county: `python -m benchmarks.other_county OUT --persons N --days D --seed S [--hard …]`."""

import argparse
import time
from pathlib import Path

from benchmarks.other_county.innocents import plant_innocents
from benchmarks.other_county.ordinary import live
from benchmarks.other_county.output import write
from benchmarks.other_county.rings import plant_rings
from benchmarks.other_county.settings import Settings
from benchmarks.other_county.world import new_world


def make(folder: Path, settings: Settings) -> None:
    """Make one county in `folder`."""
    world = new_world(settings)
    plant_innocents(world)
    if settings.rings:
        plant_rings(world)
    live(world)
    write(world, folder)


def main() -> None:
    """Read the command line and make a county."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--persons", type=int, default=40_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hard", action="store_true", help="half the activity, smaller and looser rings")
    parser.add_argument("--no-rings", dest="rings", action="store_false")
    parser.add_argument("--poor", action="store_true", help="no tills, trace codes, coordinates, relations, cards")
    given = parser.parse_args()
    began = time.monotonic()
    make(given.folder, Settings(given.persons, given.days, given.seed, given.hard, given.rings, given.poor))
    print(f"{given.folder}: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
