"""Which rows of a register describe one body: the Fellegi-Sunter model, run by Splink on DuckDB.

The engine knows no language and no column: a `Model` says which columns are compared at which
levels and which rows are compared at all. It runs on Chinese registers (`enrolments.MODEL`) and,
unchanged, on public test data (`benchmarks/identity.py`).

- *u* (how often two different bodies agree) is counted in the register itself: exactly, from the
  frequencies of the values (sum of squares), or on a sample that depends on nothing but the keys.
- *m* (how often one body agrees with itself) is given, or learned by expectation maximisation
  where the register holds enough duplicates. Where it holds few, EM learns families instead:
  they too share telephone, address and account.
- Frequent values count less (term frequencies).
- Blocks larger than `cap` are not compared: a telephone that hundreds give identifies nobody, and
  the count of pairs stays linear in the rows.

Fellegi & Sunter (1969); Winkler (2006); Linacre et al. (2022), Splink.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from claims.duck import quoted

_SAMPLE = 700  # rows whose pairs (a quarter of a million) show how often strangers nearly agree


@dataclass(frozen=True)
class Level:
    """One degree of agreement of a comparison.

    `when` is a condition over columns with the endings _l and _r; `m` its probability for one body;
    `u` for two bodies: given, or counted as the agreement of the `same` expressions, or (neither) on
    a sample. `frequency` names the column whose frequent values count less.
    """

    title: str
    when: str
    m: float
    u: float | None = None
    same: tuple[str, ...] = ()
    frequency: str = ""


@dataclass(frozen=True)
class Comparison:
    """Degrees of agreement from the most telling down; `unknown` is when nothing can be said."""

    name: str
    unknown: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class Model:
    """What is compared and how; `duplicates` is the expected share of rows that have a double."""

    comparisons: tuple[Comparison, ...]
    blocks: tuple[str, ...]
    duplicates: float = 0.001
    cap: int = 50
    frequencies: tuple[tuple[str, str], ...] = ()  # column and a table with it and its tf_ column; else counted
    learned: tuple[str, ...] = ()  # blocks on which m is learned; none: m is as given


def link(db: duckdb.DuckDBPyConnection, table: str, model: Model, least: float) -> pa.Table:
    """Score the pairs of rows of `table` (key `unique_id`, whole numbers, rows in the order of the key).

    Columns: a < b (unique_id), weight (bits of evidence beyond the prior, prior included),
    probability (of one body), and `mw_...` of every comparison; pairs of at least `least`
    probability, in the order of (a, b).
    """
    rows = int(db.execute(f"SELECT count(*) FROM {quoted(table)}").fetchall()[0][0])  # noqa: S608 - quoted
    if rows < 2:
        return _none()
    blocked = f"{table}_blocked"
    _block(db, table, blocked, model)
    api = DuckDBAPI(connection=db)
    # Splink's own look at the settings parses every expression once more; ours are tested.
    linker = Linker(api.register(blocked), _settings(db, table, model, rows), validate_settings=False, log_level=50)
    for column, frequencies in model.frequencies:
        linker.table_management.register_term_frequency_lookup(api.register(frequencies), column)
    # Splink leaves out of each round what the block is made of, so it must see the columns themselves.
    for block in model.learned:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(block))
    found = linker.inference.predict(threshold_match_probability=least)
    weights = ", ".join(
        f"mw_{c.name}"
        + (f" + mw_tf_adj_{c.name}" if any(level.frequency for level in c.levels) else "")
        + f" AS mw_{c.name}"
        for c in model.comparisons
    )
    pairs = db.sql(
        f"SELECT unique_id_l AS a, unique_id_r AS b, match_weight AS weight, match_probability AS probability, "  # noqa: S608
        f"{weights} FROM {quoted(found.physical_name)} ORDER BY a, b"
    ).to_arrow_table()
    _tidy(db, blocked)
    return pairs


def agreements(db: duckdb.DuckDBPyConnection, table: str, model: Model, pairs: str) -> pa.Table:
    """Say for each (a, b) of the table `pairs` which level each comparison has (its title; '' for unknown)."""
    cases = ", ".join(f"{_case(c, titles=True)} AS {c.name}" for c in model.comparisons)
    both = f"SELECT {_sided(db, table, 'l')}, {_sided(db, table, 'r')}"
    return db.sql(
        f"WITH both_sides AS ({both} FROM {quoted(pairs)} AS pair "  # noqa: S608 - quoted, expressions of our own
        f"JOIN {quoted(table)} AS l ON l.unique_id = a JOIN {quoted(table)} AS r ON r.unique_id = b) "
        f"SELECT unique_id_l AS a, unique_id_r AS b, {cases} FROM both_sides ORDER BY a, b"
    ).to_arrow_table()


def _tidy(db: duckdb.DuckDBPyConnection, blocked: str) -> None:
    """Drop what Splink left behind: its tables would stand in the way of the next linkage."""
    made = "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, '__splink__') OR table_name = $1"
    for (name,) in db.execute(made, [blocked]).fetchall():
        db.execute(f"DROP TABLE IF EXISTS {quoted(name)}")


def _none() -> pa.Table:
    return pa.table(
        {
            "a": pa.array([], pa.int64()),
            "b": pa.array([], pa.int64()),
            "weight": pa.array([], pa.float64()),
            "probability": pa.array([], pa.float64()),
        }
    )


def _block(db: duckdb.DuckDBPyConnection, table: str, blocked: str, model: Model) -> None:
    """Add a column per block, empty where the block has one row or more than the cap.

    Sizes are counted on the keys alone: the rows are wide.
    """
    keys = {f"block_{n}": key for n, key in enumerate(model.blocks)}
    for name, key in keys.items():
        db.execute(
            f"CREATE OR REPLACE TEMP TABLE key_{name} AS WITH keyed AS MATERIALIZED ("  # noqa: S608 - quoted, our own
            f"SELECT unique_id, hash({key}) AS {name} FROM {quoted(table)} WHERE ({key}) IS NOT NULL) "
            f"SELECT unique_id, {name} FROM keyed SEMI JOIN (SELECT {name} FROM keyed GROUP BY {name} "
            f"HAVING count(*) BETWEEN 2 AND {int(model.cap)}) AS shared USING ({name})"
        )
    joins = " ".join(f"LEFT JOIN key_{name} USING (unique_id)" for name in keys)
    db.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(blocked)} AS SELECT * FROM {quoted(table)} {joins}")  # noqa: S608
    for name in keys:
        db.execute(f"DROP TABLE key_{name}")


def _settings(db: duckdb.DuckDBPyConnection, table: str, model: Model, rows: int) -> SettingsCreator:
    prior = min(0.5, 2 * model.duplicates / rows)
    chances = _chances(db, table, model, prior)
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(c, u) for c, u in zip(model.comparisons, chances, strict=True)],
        blocking_rules_to_generate_predictions=[block_on(f"block_{n}") for n, _ in enumerate(model.blocks)],
        probability_two_random_records_match=prior,
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _comparison(comparison: Comparison, chances: Sequence[float]) -> dict[str, object]:
    """One comparison in Splink's words; what no level says is told by the last, ELSE."""
    unknown: dict[str, object] = {
        "sql_condition": comparison.unknown,
        "label_for_charts": "unknown",
        "is_null_level": True,
    }
    levels = [unknown]
    for level, u in zip(comparison.levels, chances, strict=True):
        told: dict[str, object] = {"m_probability": level.m, "u_probability": u}
        if level.frequency:
            told |= {"tf_adjustment_column": level.frequency, "tf_adjustment_weight": 1.0}
        levels.append(told | {"sql_condition": level.when, "label_for_charts": level.title})
    rest: dict[str, object] = {
        "m_probability": max(1e-6, 1.0 - sum(level.m for level in comparison.levels)),
        "u_probability": max(1e-6, 1.0 - sum(chances)),
    }
    levels.append(rest | {"sql_condition": "ELSE", "label_for_charts": "differs"})
    return {"output_column_name": comparison.name, "comparison_levels": levels}


def _chances(db: duckdb.DuckDBPyConnection, table: str, model: Model, prior: float) -> list[list[float]]:
    """How often two different bodies reach each level."""
    sampled = _sampled(db, table, model)

    def chance(comparison: Comparison, position: int) -> float:
        level = comparison.levels[position]
        if level.u is not None:
            return level.u
        if not level.same:
            return sampled[comparison.name][position]
        # Doubles agree too, and would make agreement look common: their share is taken off.
        counted = _alike(db, table, level.same)
        return max(counted - prior * level.m, counted / 20)

    return [[chance(c, n) for n, _ in enumerate(c.levels)] for c in model.comparisons]


def _alike(db: duckdb.DuckDBPyConnection, table: str, keys: Sequence[str]) -> float:
    """Probability that two rows agree in any of some expressions (at most: the sum over them)."""
    total = 0.0
    for key in keys:
        query = (
            f"SELECT coalesce(sum(n * (n - 1)) / greatest(1, sum(n) * (sum(n) - 1)), 0), coalesce(sum(n), 0) FROM "  # noqa: S608
            f"(SELECT count(*) AS n FROM {quoted(table)} WHERE ({key}) IS NOT NULL GROUP BY {key})"
        )
        share, rows = db.execute(query).fetchall()[0]
        total += max(float(share), 0.5 / max(1.0, float(rows)) ** 2)
    return min(0.999, total)


def _sampled(db: duckdb.DuckDBPyConnection, table: str, model: Model) -> dict[str, list[float]]:
    """Share of pairs of a sample at each level; half a pair where none was seen."""
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE sample_rows AS SELECT * FROM {quoted(table)} "  # noqa: S608 - quoted
        f"ORDER BY hash(unique_id), unique_id LIMIT {_SAMPLE}"
    )
    sides = f"{_sided(db, table, 'l')}, {_sided(db, table, 'r')}"
    levels = ", ".join(f"{_case(c)} AS {c.name}" for c in model.comparisons)
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE sample_levels AS SELECT {levels} FROM "  # noqa: S608 - expressions of our own
        f"(SELECT {sides} FROM sample_rows AS l JOIN sample_rows AS r ON l.unique_id < r.unique_id)"
    )
    found = {}
    for c in model.comparisons:
        counts = dict(db.execute(f"SELECT {c.name}, count(*) FROM sample_levels GROUP BY ALL").fetchall())  # noqa: S608
        known = max(1, sum(n for level, n in counts.items() if level >= 0))
        found[c.name] = [max(0.5, counts.get(n, 0)) / known for n, _ in enumerate(c.levels)]
    db.execute("DROP TABLE sample_levels")
    return found


def _sided(db: duckdb.DuckDBPyConnection, table: str, side: str) -> str:
    names = [row[0] for row in db.execute(f"DESCRIBE {quoted(table)}").fetchall()]
    return ", ".join(f"{side}.{quoted(name)} AS {quoted(f'{name}_{side}')}" for name in names)


def _case(comparison: Comparison, *, titles: bool = False) -> str:
    """Position (or title) of the first level that holds; -1 (or '') where nothing can be said."""
    said = [f"'{level.title}'" if titles else str(n) for n, level in enumerate(comparison.levels)]
    tests = " ".join(f"WHEN {level.when} THEN {text}" for level, text in zip(comparison.levels, said, strict=True))
    unknown, rest = ("''", "'differs'") if titles else ("-1", str(len(said)))
    return f"CASE WHEN {comparison.unknown} THEN {unknown} {tests} ELSE {rest} END"
