"""Small counties, made once per test run, and how tests read them."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from claims.simulator import simulate

MADE = {"persons": 3000, "days": 90, "seed": 4}


def make(folder: Path, **changes: Any) -> Path:
    """Simulate a small county into `folder` and return it."""
    simulate(folder, **(MADE | changes))
    return folder


def table(folder: Path, name: str) -> pl.DataFrame:
    """A table of a county as text."""
    return pl.read_csv(folder / f"{name}.csv", infer_schema=False)


def lines(folder: Path, name: str) -> list[dict[str, Any]]:
    """A key file of a county."""
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]


def yuan(*columns: str) -> list[pl.Expr]:
    """Amount columns as fen, exactly."""
    return [(pl.col(name).cast(pl.Decimal(16, 2)) * 100).cast(pl.Int64).alias(name) for name in columns]


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a county by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
