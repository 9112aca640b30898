"""A draft as YAML a person finishes: sure columns as they are, unsure ones as comments with their reasons."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from claims.language import N_, _, join_clauses, join_words
from loaders.draft import FileDraft, Guess, TableDraft

PLAIN = re.compile(r"[A-Za-z_\u4e00-\u9fff][\w\u4e00-\u9fff]*")
WORDS_OF_YAML = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
HEAD = N_(
    "Drafted from names and values. Lines after # are proposals or questions: check, correct, uncomment or delete."
)
MISSING = N_("required and not found: {fields}")
TABLE_UNSURE = N_("unsure ({confidence}): this file looks most like the table {table}")
LEFT = N_("columns nothing is known of; list under ignore what is not needed:")


def draft_yaml(name: str, files: Sequence[FileDraft]) -> str:
    """Return the mapping as YAML text."""
    lines = [f"# {_(HEAD)}", f"name: {scalar(name)}", "files:"]
    for file in files:
        lines += _file(file)
    return "\n".join(lines) + "\n"


def _file(file: FileDraft) -> Iterator[str]:
    body = [f"  - file: {_names(file.files)}", "    tables:", *_table(file.main)]
    if file.besides is not None:
        body += _table(file.besides, derived=True)
    unknown = _unknown(file)
    if file.sure and file.main.chosen:
        yield from (*body, *unknown)
        return
    confidence = f"{file.main.confidence:.2f}"
    yield f"  # {_(TABLE_UNSURE, confidence=confidence, table=file.main.table.name)}"
    yield from (f"  # {line[2:]}" for line in (*body, *unknown))


def _names(files: Sequence[str]) -> str:
    names = ", ".join(scalar(name) for name in files)
    return names if len(files) == 1 else f"[{names}]"


def _table(draft: TableDraft, derived: bool = False) -> Iterator[str]:
    yield f"      - table: {draft.table.name}"
    if derived:
        yield "        derived: true"
    yield "        fields:"
    if draft.missing:
        yield f"          # {_(MISSING, fields=join_words(draft.missing))}"
    for guess in draft.guesses:
        if guess.field is not None and (guess.sure or not derived):
            yield f"          {'' if guess.sure else '# '}{guess.field}: {_take(guess)}  # {_why(guess)}"


def _unknown(file: FileDraft) -> Iterator[str]:
    used = {guess.column for guess in file.besides.chosen.values()} if file.besides else set()
    left = [guess for guess in file.main.guesses if guess.field is None and guess.column not in used]
    if left:
        yield f"    # {_(LEFT)}"
        yield f"    # ignore: [{', '.join(scalar(guess.column) for guess in left)}]"
        for guess in left:
            yield f"    #   {_comment(guess.column)}: {_samples(guess)}"


def _take(guess: Guess) -> str:
    if guess.values is None and guess.date_format is None:
        return scalar(guess.column)
    parts = [f"column: {scalar(guess.column)}"]
    if guess.values is not None:
        parts.append(f"values: {{{', '.join(_pairs(guess.values.items()))}}}")
    if guess.date_format is not None:
        parts.append(f"date_format: {scalar(guess.date_format)}")
    return f"{{{', '.join(parts)}}}"


def _pairs(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    return (f"{scalar(value)}: {scalar(code)}" for value, code in items)


def _why(guess: Guess) -> str:
    reasons = join_clauses(_(key, **values) for key, values in guess.reasons)
    return _comment(f"{guess.confidence:.2f}: {reasons}; {_samples(guess)}")


def _samples(guess: Guess) -> str:
    return _comment(" | ".join(guess.samples))


def _comment(text: str) -> str:
    """A comment is one line, whatever the source holds."""
    return re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", " ", text)


def scalar(text: str) -> str:
    """Write a text so that YAML reads the same text again."""
    if PLAIN.fullmatch(text) and text.casefold() not in WORDS_OF_YAML:
        return text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f").replace("\x85", "\\x85")
