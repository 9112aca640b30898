"""Measure the detectors on held-out counties of two makers and write what came out.

    python -m benchmarks.evaluate                                   # the counties of the document
    python -m benchmarks.evaluate --seeds 1003 1004 --persons 40000 --makers simulator other --modes normal hard none
    python -m benchmarks.evaluate --no-write --folder /var/tmp/eval # look only; keep the counties

Every county is made, loaded and searched in a process of its own. Seeds below 1000 are for building
detectors and are refused here. The quick alarm (five cards at one till within thirty minutes, three
times) is measured on the same counties: a release that does not beat it is none.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.evaluation_county import County, Measured, measure
from benchmarks.evaluation_report import fill_cards, write_document

ROOT = Path(__file__).resolve().parent.parent
MAKERS = ("simulator", "other")
MODES = ("normal", "hard", "none")
HELD_OUT = 1000


def made(folder: Path, maker: str, mode: str, seed: int, persons: int, days: int) -> None:
    """Make one county."""
    size = ["--persons", str(persons), "--days", str(days), "--seed", str(seed)]
    extra = {"hard": ["--hard"], "none": ["--no-rings"], "normal": []}[mode]
    program = ["ui.cli", "simulate", str(folder)] if maker == "simulator" else ["benchmarks.other_county", str(folder)]
    command = [sys.executable, "-m", *program, *size, *extra]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def counties(given: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Name every county asked for."""
    return ((maker, mode, seed) for mode in given.modes for maker in given.makers for seed in given.seeds)


def measured(given: argparse.Namespace, folder: Path, maker: str, mode: str, seed: int) -> County:
    """Make a county and measure it in a process of its own, so that peaks of memory are its own."""
    source, place = folder / f"{maker}-{mode}-{seed}", folder / f"w-{maker}-{mode}-{seed}"
    made(source, maker, mode, seed, given.persons, given.days)
    command = [sys.executable, "-m", "benchmarks.evaluate", "--one", str(source), str(place)]
    done = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    printed: Measured = json.loads(done.stdout.splitlines()[-1])
    result: County = {"maker": maker, "mode": mode, "seed": seed, **printed}
    total = result["rings"]["total"]
    counts = f"found {total['found']} of {total['planted']}, reported {total['reported']}"
    print(f"{maker} {mode} {seed}: {counts}", flush=True)
    return result


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1003, 1004])
    parser.add_argument("--persons", type=int, default=40_000)
    parser.add_argument("--days", type=int, default=180)
    parser.add_argument("--makers", nargs="+", choices=MAKERS, default=MAKERS)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--folder", type=Path, help="keep counties and workspaces here")
    parser.add_argument("--no-write", dest="write", action="store_false", help="leave documents alone")
    parser.add_argument("--one", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(*given.one)))
        return
    if min(given.seeds) < HELD_OUT:
        parser.error(f"seeds from {HELD_OUT} on are held out; smaller ones are for building")
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        found = [measured(given, folder, *county) for county in counties(given)]
    if given.write:
        write_document(found, sys.argv[1:])
        fill_cards(found)


if __name__ == "__main__":
    main()
