"""Rows of several tables that the ledger vouches for together, such as everything that makes up one case.

The tables belong to packages above this one, so they are named here and read as they are found.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from claims.ledger.canonical import Json, encoded
from claims.ledger.leaves import Kind
from claims.ledger.plain import plain_value

Rows = dict[str, dict[str, list[list[Json]]]]


@dataclass(frozen=True)
class Part:
    """A table of a bundle; `key` is its column that names the bundle, `columns` what is vouched for."""

    table: str
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Bundle:
    """The first part holds the things themselves, one row each; the others what belongs to them."""

    parts: tuple[Part, ...]
    kind: Kind

    @property
    def table(self) -> str:
        """What the ledger calls it: the table of the things themselves."""
        return self.parts[0].table

    def digests(self, connection: sa.Connection, row: object = None) -> Mapping[str, str]:
        """Return the digest of everything (or of the one thing `row`), none where the table is missing."""
        there = frozenset(sa.inspect(connection).get_table_names())
        found: Rows = {}
        for part in (part for part in self.parts if part.table in there):
            for name, values in _rows(connection, part, row):
                found.setdefault(name, {}).setdefault(part.table, []).append(values)
        return {name: _digest(held) for name, held in found.items() if self.table in held}


def _rows(connection: sa.Connection, part: Part, row: object) -> Iterator[tuple[str, list[Json]]]:
    key: sa.ColumnClause[object] = sa.column(part.key)
    columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in part.columns]
    query = sa.select(key, *columns).select_from(sa.table(part.table))
    for name, *values in connection.execute(query if row is None else query.where(key == row)):
        yield str(name), [plain_value(value) for value in values]


def _digest(held: Mapping[str, list[list[Json]]]) -> str:
    content: Json = {table: sorted(rows, key=repr) for table, rows in held.items()}
    return hashlib.sha256(encoded(content)).hexdigest()


_CASE = (
    "title region origin source family detectors fund stage held_stage priority owner opened_by opened_at since due "
    "escalated version snoozed_until diary outcome closed_at merged_into"
)
_ANSWER = (
    "id institution kind subject_type subject_id begins ends file_id words at entered_by state judged_by judged_at"
)
CASES = Bundle(
    (
        Part("cases", "id", tuple(_CASE.split())),
        Part("case_rings", "case_id", ("ring_id", "active", "came_from")),
        Part("case_parts", "case_id", ("name", "part")),
        Part("case_comments", "case_id", ("id", "at", "author", "text")),
        Part("case_files", "case_id", ("id", "name", "kind", "size", "sha256", "at", "added_by", "reason")),
        Part("case_tasks", "case_id", ("id", "title", "template", "at", "added_by", "due", "done_by", "done_at")),
        Part("case_outcomes", "case_id", ("id", "about", "type", "subject", "outcome", "at", "decided_by", "in_force")),
        # `load_id` is left out: the load that takes a verdict over writes it later.
        Part("case_verdicts", "case_id", ("id", "subject_type", "subject_id", "verdict", "decided_at", "reason")),
        Part("case_answers", "case_id", tuple(_ANSWER.split())),
        Part("case_recoveries", "case_id", ("id", "kind", "amount", "day", "at", "entered_by", "reason")),
    ),
    Kind.CASE,
)
DRAWINGS = Bundle(
    (
        Part("case_drawings", "id", ("at", "drawn_by", "seed", "sizes", "regions")),
        Part(
            "case_rereads",
            "drawing_id",
            ("id", "pool", "case_id", "ring_id", "region", "first", "reader", "second", "second_at", "reason"),
        ),
    ),
    Kind.REVIEW,
)
BUNDLES = (CASES, DRAWINGS)
