"""All canonical tables, in the order of the data standard."""

from claims.table import Table
from claims.tables.payments import DIAGNOSES, FEE_ITEMS, RECORD_REVISIONS, SETTLEMENTS, VERDICTS
from claims.tables.people import BIO_CHECKS, BIO_TEMPLATES, CARDS, INSURED, RELATIONS
from claims.tables.places import INSTITUTIONS, PRACTITIONERS, STOCK_MOVES

TABLES: tuple[Table, ...] = (
    INSURED,
    RELATIONS,
    INSTITUTIONS,
    PRACTITIONERS,
    CARDS,
    SETTLEMENTS,
    FEE_ITEMS,
    DIAGNOSES,
    STOCK_MOVES,
    BIO_CHECKS,
    BIO_TEMPLATES,
    RECORD_REVISIONS,
    VERDICTS,
)

BY_NAME = {table.name: table for table in TABLES}

__all__ = ["BY_NAME", "TABLES"]
