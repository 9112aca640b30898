"""Drafting a mapping: which table a file fills and which field each column, with how sure that is and why.

Names and values are scored apart and together; each field is given to one column so that the sum of
the scores is greatest. What is not sure is told, never chosen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from claims.language import N_, join_words
from claims.table import Column, Table
from claims.tables import TABLES
from loaders.base import LINE, Note, RawFile, Source
from loaders.draft_samples import masked
from loaders.mapping.fields import TIME_FORMATS
from loaders.shapes import OF_COLUMN, SHAPES, STANDARD_FORMATS, Sample, code_map, date_formats, fit, sample_of
from loaders.source import scan
from loaders.synonyms import NameMatch, match_header, table_hint

SAMPLE_ROWS = 2_000
SURE = 0.6  # from here on a field is chosen
POSSIBLE = 0.25  # from here on it is told
CLOSE = 0.05  # two fields nearer than this cannot be told apart
TABLE_SURE = 0.75  # of 0–1: below, the table itself is a question
HINT = 0.3  # what a file's name is worth beside its columns
BY_VALUES = N_("the values have the form of this field")
VALUES_FIT = N_("{share} % of the values fit")
VALUES_DIFFER = N_("only {share} % of the values fit")
CLOSE_SECOND = N_("could as well be {field}")
SAME_FIELD = N_("the column {column} fits as well")
AMBIGUOUS_DATES = N_("dates could be {formats}")
CODES_UNKNOWN = N_("values without a code: {values}")


@dataclass(frozen=True)
class Guess:
    """What one column is taken for. `field` is None where nothing fits; unsure ones are only proposals.

    `values` maps texts to codes where the column speaks words; `date_format` is set where dates are
    not written the standard's way; `filled` is the share of sampled rows with a value; `samples`
    are masked.
    """

    column: str
    field: str | None
    confidence: float
    sure: bool
    reasons: tuple[Note, ...]
    samples: tuple[str, ...]
    filled: float
    values: Mapping[str, str] | None = None
    date_format: str | None = None


@dataclass(frozen=True)
class TableDraft:
    """A table and the columns that would fill it."""

    table: Table
    confidence: float
    guesses: tuple[Guess, ...]

    @property
    def chosen(self) -> dict[str, Guess]:
        """Sure guesses by field."""
        return {guess.field: guess for guess in self.guesses if guess.sure and guess.field is not None}

    @property
    def missing(self) -> tuple[str, ...]:
        """Required fields that no sure column fills."""
        return tuple(c.name for c in self.table.columns if c.required and c.name not in self.chosen)


@dataclass(frozen=True)
class FileDraft:
    """The draft of files with one header: the table they most likely fill, and a register besides."""

    files: tuple[str, ...]
    main: TableDraft
    besides: TableDraft | None

    @property
    def sure(self) -> bool:
        """Whether the table itself is sure."""
        return self.main.confidence >= TABLE_SURE


def draft(source: Source) -> tuple[FileDraft, ...]:
    """Draft a mapping of a prepared source; files with the same header are drafted once."""
    groups: dict[tuple[str, ...], list[RawFile]] = {}
    for file in source.files:
        groups.setdefault(file.header, []).append(file)
    return tuple(_draft_files(files) for files in groups.values())


def completeness(files: Sequence[FileDraft]) -> dict[str, float]:
    """Return the share of sampled rows that fill each `table.column` as far as the draft is sure of it."""
    tables = [found for file in files if file.sure for found in (file.main, file.besides) if found is not None]
    return {f"{found.table.name}.{field}": guess.filled for found in tables for field, guess in found.chosen.items()}


def _draft_files(files: Sequence[RawFile]) -> FileDraft:
    """Draft files from their header and the first rows of the first."""
    file = files[0]
    rows = scan(file).drop(LINE).head(SAMPLE_ROWS).collect()
    samples = [sample_of(name, map(_text, rows[name].to_list())) for name in file.header]
    names = {sample.column: match_header(sample.column) for sample in samples}
    hints = table_hint(file.name)
    drafts = [_draft_table(table, samples, names, table.name in hints) for table in TABLES if not table.parquet_only]
    main = max(drafts, key=lambda found: found.confidence)
    return FileDraft(tuple(one.name for one in files), main, _besides(main, drafts))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _besides(main: TableDraft, drafts: Sequence[TableDraft]) -> TableDraft | None:
    """Settlements often carry the persons' names and certificates: a register to derive."""
    persons = next(found for found in drafts if found.table.name == "insured")
    return persons if main.table.name == "settlements" and not persons.missing else None


def _draft_table(
    table: Table, samples: Sequence[Sample], names: Mapping[str, list[NameMatch]], hinted: bool
) -> TableDraft:
    scores = {
        (sample.column, column.name): _score(sample, column, table, names[sample.column])
        for sample in samples
        for column in table.columns
    }
    chosen = _assign(scores, table)
    guesses = tuple(_guess(sample, chosen.get(sample.column), scores, table, chosen, names) for sample in samples)
    return TableDraft(table, _table_confidence(table, guesses, hinted), guesses)


def _score(sample: Sample, column: Column, table: Table, names: Iterable[NameMatch]) -> float:
    """Return 0–1 from what the header and the values say together."""
    name = next((match.confidence for match in names if match.field == column.name), 0.0)
    values = fit(sample, column, table)
    if not name:
        return _by_values(sample, column, values)
    if values is None:
        return name
    return min(1.0, name * (0.4 + 0.6 * values) + 0.12 * values)


def _by_values(sample: Sample, column: Column, values: float | None) -> float:
    """A shape of its own speaks without a name; plain numbers, dates and codes of one digit do not."""
    shape = sample.shape
    if shape is None or values is None or values < SURE or shape not in OF_COLUMN.get(column.name, ()):
        words = column.codes is not None and values == 1.0 and not any(v in column.codes for v in sample.distinct)
        return SURE if words else 0.0
    return SHAPES[shape].weight * values


def _assign(scores: Mapping[tuple[str, str], float], table: Table) -> dict[str, str]:
    """Give each field to at most one column, the sum of scores being greatest; required fields first."""
    graph: nx.Graph[tuple[str, str]] = nx.Graph()
    required = {column.name for column in table.columns if column.required}
    for (column, field), score in scores.items():
        if score >= POSSIBLE:
            weight = round(score * 1_000_000) + (1_000 if field in required else 0)
            graph.add_edge(("column", column), ("field", field), weight=weight)
    pairs = (dict([first, second]) for first, second in nx.max_weight_matching(graph))
    return {pair["column"]: pair["field"] for pair in pairs}


def _guess(
    sample: Sample,
    field: str | None,
    scores: Mapping[tuple[str, str], float],
    table: Table,
    chosen: Mapping[str, str],
    names: Mapping[str, list[NameMatch]],
) -> Guess:
    if field is None:
        return Guess(sample.column, None, 0.0, False, (), masked(sample, table, None), sample.filled)
    column, score = table.column(field), scores[sample.column, field]
    form, doubts = _date_format(sample, column)
    doubts = [*doubts, *_rivals(sample.column, field, scores, chosen)]
    values, unknown = _values(sample, column)
    reasons = (*_reasons(sample, column, table, names[sample.column]), *doubts, *unknown)
    sure = score >= SURE and not doubts
    shown = masked(sample, table, field)
    return Guess(sample.column, field, score, sure, reasons, shown, sample.filled, values, form)


def _rivals(
    column: str, field: str, scores: Mapping[tuple[str, str], float], chosen: Mapping[str, str]
) -> Iterator[Note]:
    """Yield what speaks against the choice: another field as good and free, another column as good and idle."""
    least = scores[column, field] - CLOSE
    taken = {other: scores[name, other] for name, other in chosen.items() if name != column}
    for (name, other), score in scores.items():
        if score < max(least, POSSIBLE):
            continue
        if name == column and other != field and taken.get(other, 0.0) < score:
            yield CLOSE_SECOND, {"field": other}
        if name != column and other == field and name not in chosen:
            yield SAME_FIELD, {"column": name}


def _reasons(sample: Sample, column: Column, table: Table, names: Iterable[NameMatch]) -> list[Note]:
    name = next((match for match in names if match.field == column.name), None)
    values = fit(sample, column, table)
    if name is None:
        return [(BY_VALUES, {})]
    reasons: list[Note] = [(name.reason, {})]
    if values is not None:
        reasons.append((VALUES_FIT if values >= SURE else VALUES_DIFFER, {"share": round(100 * values)}))
    return reasons


def _date_format(sample: Sample, column: Column) -> tuple[str | None, list[Note]]:
    """Return the format to write into the mapping; several possible ones are a doubt."""
    if column.type not in TIME_FORMATS or not sample.values:
        return None, []
    formats = date_formats(sample.distinct[:200])
    if not formats or set(formats) & STANDARD_FORMATS:
        return None, []
    if len(formats) > 1:
        return None, [(AMBIGUOUS_DATES, {"formats": join_words(formats)})]
    return formats[0], []


def _values(sample: Sample, column: Column) -> tuple[Mapping[str, str] | None, list[Note]]:
    """Return the texts to translate into codes, and a note on those nobody can translate."""
    found = code_map(sample, column)
    if found is None:
        return None, []
    unknown = [value for value, code in found.items() if not code]
    wanted = {value: code for value, code in found.items() if code and code != value}
    return wanted or None, [(CODES_UNKNOWN, {"values": join_words(unknown)})] if unknown else []


def _table_confidence(table: Table, guesses: Sequence[Guess], hinted: bool) -> float:
    """Return 0–1: how much of what the table requires is there, and how much of the file it explains."""
    best = {guess.field: guess.confidence for guess in guesses if guess.field}
    required = [column.name for column in table.columns if column.required]
    covered = sum(best.get(name, 0.0) for name in required) / len(required)
    speaking = [guess for guess in guesses if guess.field or guess.filled]  # an empty column says nothing
    explained = sum(best.values()) / len(speaking) if speaking else 0.0
    return min(1.0, 0.55 * covered + 0.45 * explained + (HINT if hinted else 0.0) * (covered + explained) / 2)
