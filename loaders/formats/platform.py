"""Warehouse extracts of the national platform, as they come; the columns are in platform.yaml."""

from functools import cache
from pathlib import Path

from loaders.mapping import MappedFormat, read_mapping
from loaders.standard import StandardFormat

MAPPING = Path(__file__).with_name("platform.yaml")


@cache
def platform() -> MappedFormat:
    """Return the format; registers in the standard's own shape may lie beside the extracts."""
    return MappedFormat.of(read_mapping(MAPPING), rest=StandardFormat())
