"""Models for `benchmarks.identity`: ours for the columns of FEBRL and pseudopeople, and Splink's own examples.

The plain settings are those of Splink's documentation ("Febrl3 deduplicating", "Deduplicate 50k"):
library comparisons, the blocking rules and training steps shown there.
"""

from collections.abc import Callable, Sequence

import duckdb
import pyarrow as pa
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from detectors.identity_reuse.linkage import Comparison, Level, Model

Plain = Callable[[duckdb.DuckDBPyConnection], pa.Table]


def _unknown(*columns: str) -> str:
    return " AND ".join(f"({c}_l IS NULL OR {c}_r IS NULL)" for c in columns)


def _alike(one: str, other: str, least: float = 0.88) -> str:
    return f"coalesce(jaro_winkler_similarity({one}, {other}) >= {least}, false)"


def _names(first: str, last: str) -> Comparison:
    """Both names at once, since clerks swap them."""
    pair = (f"{first}_l", f"{first}_r"), (f"{last}_l", f"{last}_r")
    crossed = (f"{first}_l", f"{last}_r"), (f"{last}_l", f"{first}_r")
    both, swapped = (" AND ".join(_alike(*names) for names in order) for order in (pair, crossed))
    same = f"{first}_l = {first}_r", f"{last}_l = {last}_r"
    return Comparison(
        "names",
        _unknown(first, last),
        (
            Level("both", "full_name_l = full_name_r", 0.8, same=("full_name",)),
            Level("swapped", f"{first}_l = {last}_r AND {last}_l = {first}_r", 0.02),
            Level("both alike", both, 0.07),
            Level("last same", same[1], 0.03, same=(last,), frequency=last),
            Level("first same", same[0], 0.03, same=(first,), frequency=first),
            Level("swapped alike", swapped, 0.01),
            Level("one alike", f"{_alike(*pair[0])} OR {_alike(*pair[1])}", 0.03),
        ),
    )


def _digits(column: str, *, first: float = 0.75) -> Comparison:
    """Exact, one digit off or transposed, two off, else."""
    distance = f"damerau_levenshtein({column}_l, {column}_r)"
    return Comparison(
        column,
        _unknown(column),
        (
            Level("same", f"{column}_l = {column}_r", first, same=(column,)),
            Level("one digit", f"{distance} = 1", 0.12),
            Level("two digits", f"{distance} = 2", 0.05),
        ),
    )


def _words(column: str) -> Comparison:
    return Comparison(
        column,
        _unknown(column),
        (
            Level("same", f"{column}_l = {column}_r", 0.6, same=(column,), frequency=column),
            Level("alike", _alike(f"{column}_l", f"{column}_r"), 0.2),
        ),
    )


FEBRL = Model(
    comparisons=(
        _names("given_name", "surname"),
        _digits("soc_sec_id", first=0.8),
        _digits("date_of_birth"),
        _digits("street_number", first=0.6),
        Comparison(
            "address",
            _unknown("address_1", "address_2"),
            (
                Level("both", "address_1_l = address_1_r AND address_2_l = address_2_r", 0.35),
                Level("street", "address_1_l = address_1_r", 0.2, same=("address_1",)),
                Level("swapped", "address_1_l = address_2_r OR address_2_l = address_1_r", 0.05),
                Level("street alike", _alike("address_1_l", "address_1_r"), 0.2),
                Level("rest alike", _alike("address_2_l", "address_2_r"), 0.1),
            ),
        ),
        _words("suburb"),
        _digits("postcode", first=0.7),
    ),
    blocks=(
        "soc_sec_id",
        "date_of_birth",
        "given_name || surname",
        "surname || postcode",
        "given_name || postcode",
        "address_1 || street_number",
        "left(soc_sec_id, 4) || left(surname, 1)",
        "right(soc_sec_id, 4) || left(surname, 1)",
        "left(date_of_birth, 6) || left(given_name, 2)",
        "suburb || street_number",
        "right(soc_sec_id, 4) || left(given_name, 1)",
        "given_name || left(date_of_birth, 4)",
        "surname || right(date_of_birth, 4)",
    ),
    duplicates=0.5,
    cap=120,
    learned=("date_of_birth", "soc_sec_id", "given_name || surname"),
)

_SEX = Comparison("sex", _unknown("sex"), (Level("same", "sex_l = sex_r", 0.99, same=("sex",)),))
_SWAPPED = "substr(date_of_birth_l, 4, 3) || left(date_of_birth_l, 3) || right(date_of_birth_l, 4) = date_of_birth_r"
_DATE = _digits("date_of_birth")
# American dates: month and day change places.
_BORN = Comparison(_DATE.name, _DATE.unknown, (_DATE.levels[0], Level("swapped", _SWAPPED, 0.02), *_DATE.levels[1:]))
# Addresses are left out: people of one census who share an address are a family.
_PEOPLE_BLOCKS = (
    "first_name || last_name",
    "date_of_birth || left(first_name, 1)",
    "date_of_birth || left(last_name, 1)",
    "last_name || right(date_of_birth, 4)",
    "first_name || right(date_of_birth, 4) || left(last_name, 1)",
    "last_name || left(date_of_birth, 5)",
    "first_name || left(date_of_birth, 5)",
    "date_of_birth || sex",
)

EVENTS = Model(
    comparisons=(
        _names("first_name", "last_name"),
        _digits("ssn"),
        _BORN,
        _words("middle_name"),
        _SEX,
    ),
    blocks=("ssn", "left(ssn, 6)", "right(ssn, 6)", *_PEOPLE_BLOCKS),
    duplicates=0.3,
    cap=80,
    learned=("ssn", "date_of_birth || left(first_name, 1)", "first_name || last_name"),
)
CENSUS = Model(
    comparisons=(
        _names("first_name", "last_name"),
        _BORN,
        Comparison("middle", _unknown("middle"), (Level("same", "middle_l = middle_r", 0.9, same=("middle",)),)),
        _SEX,
    ),
    blocks=_PEOPLE_BLOCKS,
    duplicates=0.4,
    cap=80,
    learned=("first_name || last_name", "date_of_birth || middle || sex"),
)


def plain_febrl(db: duckdb.DuckDBPyConnection) -> pa.Table:
    """Splink's example for FEBRL 3."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"),
            block_on("given_name"),
            block_on("surname"),
            block_on("date_of_birth"),
            block_on("postcode"),
        ],
        comparisons=[
            cl.NameComparison("given_name"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
        ],
        retain_intermediate_calculation_columns=True,
    )
    sure = [
        "l.soc_sec_id = r.soc_sec_id",
        "l.given_name = r.given_name and l.surname = r.surname and l.date_of_birth = r.date_of_birth",
    ]
    return _plain(db, settings, sure, ("date_of_birth", "postcode"))


def plain_people(number: str, middle: str) -> Plain:
    """Splink's example for people with names, birth dates and `number` (its historical-persons tutorial)."""

    def run(db: duckdb.DuckDBPyConnection) -> pa.Table:
        settings = SettingsCreator(
            link_type="dedupe_only",
            blocking_rules_to_generate_predictions=[
                block_on("first_name", "last_name"),
                block_on("first_name", "date_of_birth"),
                block_on("last_name", "date_of_birth"),
                block_on(number, "date_of_birth"),
                block_on(number, "first_name"),
                block_on(number, "last_name"),
            ],
            comparisons=[
                cl.ForenameSurnameComparison("first_name", "last_name"),
                cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%m/%d/%Y"),
                cl.LevenshteinAtThresholds(number, [1, 2]),
                cl.ExactMatch("sex"),
                cl.ExactMatch(middle),
            ],
            retain_intermediate_calculation_columns=True,
        )
        sure = ["l.first_name = r.first_name and l.last_name = r.last_name and l.date_of_birth = r.date_of_birth"]
        return _plain(db, settings, sure, ("date_of_birth", "last_name"))

    return run


def _plain(
    db: duckdb.DuckDBPyConnection, settings: SettingsCreator, sure: Sequence[str], trained: Sequence[str]
) -> pa.Table:
    api = DuckDBAPI(connection=db)
    # Splink's forename-surname comparison counts the frequency of the two together.
    names = {row[0] for row in db.execute("DESCRIBE rows").fetchall()}
    joined = ", full_name AS first_name_last_name_concat" if "first_name" in names else ""
    db.execute(f"CREATE OR REPLACE TABLE given AS SELECT *{joined} FROM rows")
    linker = Linker(api.register("given"), settings, log_level=50)
    linker.training.estimate_probability_two_random_records_match(list(sure), recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for column in trained:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(column))
    found = linker.inference.predict(threshold_match_probability=0.001)
    query = f'SELECT unique_id_l AS a, unique_id_r AS b, match_probability AS probability FROM "{found.physical_name}"'
    pairs: pa.Table = db.sql(query).to_arrow_table()
    made = "SELECT table_name FROM duckdb_tables() WHERE starts_with(table_name, '__splink__')"
    for (name,) in db.execute(made).fetchall():
        db.execute(f'DROP TABLE IF EXISTS "{name}"')
    return pairs
