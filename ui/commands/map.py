"""`ringhound map`: draft a mapping of files nobody has described yet."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from claims.language import _, join_clauses, join_words
from loaders.draft import FileDraft, Guess, TableDraft, completeness, draft
from loaders.draft_yaml import draft_yaml
from loaders.formats import FORMATS
from loaders.readiness import readiness
from loaders.source import prepare
from ui.commands.options import console

SourceArgument = Annotated[
    Path, typer.Argument(metavar="SOURCE", help=_("Folder, zip or file to look at."), show_default=False)
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help=_("Write the draft as YAML to this file."), show_default=False)
]
EncodingOption = Annotated[
    str | None, typer.Option("--encoding", help=_("utf-8 or gb18030, where it cannot be told."), show_default=False)
]
DelimiterOption = Annotated[
    str | None,
    typer.Option("--delimiter", help=_("Column separator, if it is neither comma nor tab."), show_default=False),
]
ForceOption = Annotated[bool, typer.Option("--force", help=_("Replace the file given by --out."))]


def map_source(
    source: SourceArgument,
    out: OutOption = None,
    encoding: EncodingOption = None,
    delimiter: DelimiterOption = None,
    force: ForceOption = False,
) -> None:
    """Draft which file fills which table and which column which field; samples are masked."""
    with TemporaryDirectory() as scratch:
        prepared = prepare(source, Path(scratch), encoding=encoding, delimiter=delimiter)
        known = next((form for form in FORMATS if form.recognises(prepared)), None)
        files = draft(prepared)
    if known is not None:
        text = _("{source} is laid out as {format}: it loads without a mapping.", source=source, format=_(known.title))
        console.print(text, markup=False, style="green")
    for file in files:
        _show(file)
    _show_readiness(files)
    if out is None:
        console.print(_("Add --out FILE to write this draft as a mapping."), markup=False)
        return
    if out.exists() and not force:
        raise typer.BadParameter(_("{file} exists; --force replaces it.", file=out), param_hint="--out")
    out.write_text(draft_yaml(source.stem, files), encoding="utf-8")
    text = _(
        "Draft written to {file}. Check it, then: ringhound load {source} --mapping {file}", file=out, source=source
    )
    console.print(text, markup=False)


def _show(file: FileDraft) -> None:
    title = _("{files} → {table} ({confidence})", files=join_words(file.files), table=file.main.table.name,
              confidence=f"{file.main.confidence:.2f}")  # fmt: skip
    table = Table(title=Text(title), title_justify="left")
    for head in (_("column"), _("field"), _("sure"), _("why"), _("samples, masked")):
        table.add_column(Text(head), overflow="fold")
    for guess in file.main.guesses:
        table.add_row(*_cells(guess))
    console.print(table)
    for found in (file.main, file.besides):
        if found is not None:
            _show_missing(found)


def _cells(guess: Guess) -> list[Text]:
    field = guess.field or "–"
    why = join_clauses(_(key, **values) for key, values in guess.reasons)
    confidence = f"{guess.confidence:.2f}" if guess.field else ""
    texts = (guess.column, field if guess.sure else f"? {field}", confidence, why, " | ".join(guess.samples))
    return [Text(text, style="" if guess.sure else "dim") for text in texts]


def _show_missing(found: TableDraft) -> None:
    if found.missing:
        text = _("{table} requires what was not found for sure: {fields}.", table=found.table.name,
                 fields=join_words(found.missing))  # fmt: skip
        console.print(text, markup=False, style="yellow")


def _show_readiness(files: Sequence[FileDraft]) -> None:
    table = Table(title=Text(_("What could be looked for with these columns")), title_justify="left")
    for head in (_("detection"), _("works"), _("lacks"), _("better with")):
        table.add_column(Text(head), overflow="fold")
    for state in readiness(completeness(files)):
        works = _("yes") if state.works else _("no")
        texts = (_(state.title), works, join_words(state.missing), join_words(state.weaker_without))
        table.add_row(*(Text(text) for text in texts))
    console.print(table)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = _("Draft which file fills which table and which column which field; samples are masked.")
    app.command("map", help=text)(map_source)
