"""Mappings: which column of a source fills which field, written in YAML, read strictly, applied lazily."""

from loaders.mapping.mapped import MappedFormat
from loaders.mapping.model import FileMap, MappingError, SourceMap, TableMap, Take
from loaders.mapping.reading import read_mapping

__all__ = ["FileMap", "MappedFormat", "MappingError", "SourceMap", "TableMap", "Take", "read_mapping"]
