"""Extraction templates of inspections (飞行检查), as institutions fill them in; columns in inspection.yaml."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from claims.language import N_
from loaders.base import RawTable, Source
from loaders.mapping import MappedFormat, read_mapping
from loaders.standard import StandardFormat

MAPPING = Path(__file__).with_name("inspection.yaml")
NOTES = {
    "settlements": (
        N_("{file}: persons are known by certificate number only, so that is their psn_no here."),
        N_("{file}: doctors are known by name only; their code is institution and name, so namesakes fall together."),
        N_("{file}: settlement numbers are unique in an institution only; setl_id is institution and number."),
    ),
    "fee_items": (N_("{file}: items have no serial number; bkkp_sn is computed from their content."),),
    "stock_moves": (N_("{file}: moves have no number; inv_chg_id is computed from their content."),),
}


@dataclass
class InspectionFormat:
    """The templates' mapping, with a word on every key it had to compute."""

    name: str
    title: str
    mapped: MappedFormat

    def recognises(self, source: Source) -> bool:
        """Say whether a file has the columns of a template that fills tables."""
        return self.mapped.recognises(source)

    def read(self, source: Source) -> Iterator[RawTable]:
        """Yield the raw tables with notes on computed keys."""
        for raw in self.mapped.read(source):
            keys = () if raw.derived else NOTES.get(raw.table.name, ())
            yield replace(raw, notes=(*raw.notes, *((key, {"file": raw.file.name}) for key in keys)))


@cache
def inspection() -> InspectionFormat:
    """Return the format; registers in the standard's own shape may lie beside the templates."""
    mapped = MappedFormat.of(read_mapping(MAPPING), rest=StandardFormat())
    return InspectionFormat(mapped.name, mapped.title, mapped)
