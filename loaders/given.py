"""What an operator gives besides a path: a mapping, of files or of a database, opened as a source and its format."""

from dataclasses import replace
from pathlib import Path

from claims.errors import LoadRefusedError
from claims.language import N_
from claims.workspace import Workspace
from claims.writer import Writer
from loaders.base import Source
from loaders.load import load_source
from loaders.mapping import MappedFormat
from loaders.mapping.reading import source_map
from loaders.mapping.strict import read_sections
from loaders.options import Options
from loaders.report import LoadReport
from loaders.source import prepare
from loaders.sql import extract, sql_map


def load_mapped(workspace: Workspace, mapping: Path, path: Path | None, options: Options | None = None) -> LoadReport:
    """Load what a mapping describes; raises what `loaders.load.load` raises, and MappingError."""
    options = options or Options()
    with Writer.open(workspace, wait=options.wait) as writer:
        source, form = open_mapped(mapping, path, writer.staging / "source")
        return load_source(writer, source, replace(options, format=form))


def open_mapped(mapping: Path, path: Path | None, scratch: Path) -> tuple[Source, MappedFormat]:
    """Return the prepared source and the format that reads it.

    `path` is the folder, zip or file a mapping of files describes; a mapping with `source: sql`
    brings its own source and takes none. Copies and query results go to `scratch`.
    """
    top = read_sections(mapping)
    if top.text("source", "files") == "sql":
        if path is not None:
            raise LoadRefusedError(N_("{file} reads a database; it takes no folder or file."), file=mapping.name)
        source, mapped = extract(sql_map(top, mapping.parent), scratch)
        return source, MappedFormat.of(mapped)
    described = source_map(top)
    if path is None:
        raise LoadRefusedError(N_("{file} maps files; name the folder, zip or file to load."), file=mapping.name)
    source = prepare(path, scratch, encoding=described.encoding, delimiter=described.delimiter)
    return source, MappedFormat.of(described)
