"""How well innocent explanations tell lawful groups from rings, on counties made for it.

    python -m benchmarks.shield                                  # one county of either maker
    python -m benchmarks.shield --persons 20000 --seeds 21 22 --makers simulator

Every planted group that comes together, lawful or not, is put to the shield as if a detector had found
it: its batches are its settlements on one day at one institution with two others of the group. Groups
with fewer than four such settlements are left out: they never meet, and the shield is not asked about
them. Printed is, by kind, how many groups are explained to 80 % or more, and the share explained on
average. A lawful group should be explained, a ring never.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from claims.reader import Claims
from claims.workspace import Workspace
from detectors.finding import EXPLAINED
from detectors.lawful import Gathering
from detectors.lawful.shield import shield
from detectors.snapshot import Ints, Snapshot
from loaders.load import load

ROOT = Path(__file__).resolve().parent.parent
MAKERS = ("simulator", "other")
FEWEST = 3  # persons of a group that comes together
KNOWN = {"innocent": "innocent.jsonl", "ring": "truth.jsonl"}


@dataclass(frozen=True)
class Tried:
    """One planted group: lawful or ring, its kind, the share explained."""

    what: str
    kind: str
    share: float


def made(folder: Path, maker: str, seed: int, persons: int) -> Path:
    """Make a county of half a year and load it; returns its workspace."""
    source, place = folder / f"{maker}-{seed}", folder / f"w-{maker}-{seed}"
    program = ["ui.cli", "simulate"] if maker == "simulator" else ["benchmarks.other_county"]
    size = ["--persons", str(persons), "--days", "180", "--seed", str(seed)]
    command = [sys.executable, "-m", *program, str(source), *size]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    load(Workspace(place), source)
    return place


def tried(snapshot: Snapshot, source: Path) -> Iterator[Tried]:
    """Put every planted group of a county to the shield."""
    person = {name: code for code, name in enumerate(snapshot.psn_no(range(snapshot.persons)))}
    visit = {name: code for code, name in enumerate(snapshot.setl_id(np.arange(len(snapshot.visits.person))))}
    for what, name in KNOWN.items():
        for line in (source / name).read_text("utf-8").splitlines():
            group = json.loads(line)
            persons = _codes(person, (m["id"] for m in group["members"] if m["type"] == "person"))
            visits = _codes(visit, group["settlements"])
            gathering = gathering_of(snapshot, persons, visits)
            if len(persons) >= FEWEST and len(gathering.visits) > FEWEST:
                yield Tried(what, group["kind"], shield(snapshot, gathering)[1])


def gathering_of(snapshot: Snapshot, persons: Ints, visits: Ints) -> Gathering:
    """Settlements of a group in batches: one institution, one day, three persons or more; empty if it never meets."""
    seen = snapshot.visits
    batch = np.unique(seen.place[visits] * max(1, snapshot.days) + seen.day[visits], return_inverse=True)[1]
    pairs = np.unique(np.column_stack([batch, seen.person[visits]]), axis=0)
    met = (np.bincount(pairs[:, 0]) >= FEWEST)[batch]
    return Gathering(persons, visits[met], np.unique(batch[met], return_inverse=True)[1].astype(np.int64))


def _codes(code: Mapping[str, int], names: Iterator[str] | Sequence[str]) -> Ints:
    return np.array(sorted({code[name] for name in names if name in code}), np.int64)


def table(found: Sequence[Tried]) -> str:
    """Write the result as a table: a row for each kind, and the sums."""
    rows = ["| | kind | groups | explained | share explained on average |", "| --- | --- | --- | --- | --- |"]
    for what in KNOWN:
        own = [one for one in found if one.what == what]
        rows += [_row(what, kind, [one for one in own if one.kind == kind]) for kind in sorted({o.kind for o in own})]
        rows.append(_row(what, "**all**", own))
    return "\n".join(rows)


def _row(what: str, kind: str, some: Sequence[Tried]) -> str:
    explained = sum(one.share >= EXPLAINED for one in some)
    mean = float(np.mean([one.share for one in some])) if some else 0.0
    return f"| {what} | {kind} | {len(some)} | {explained} | {mean:.2f} |"


def main() -> None:
    """Make the counties, try, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=40_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[21])
    parser.add_argument("--makers", nargs="+", choices=MAKERS, default=list(MAKERS))
    given = parser.parse_args()
    for maker in given.makers:
        found: list[Tried] = []
        with tempfile.TemporaryDirectory() as folder:
            for seed in given.seeds:
                place = made(Path(folder), maker, seed, given.persons)
                snapshot = Snapshot.open(Claims.open(Workspace(place)))
                found += tried(snapshot, Path(folder) / f"{maker}-{seed}")
        print(f"{maker}, {given.persons:,} persons, seeds {' '.join(map(str, given.seeds))}\n\n{table(found)}\n")


if __name__ == "__main__":
    main()
