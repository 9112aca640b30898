"""The data dictionary is what the declarations say now."""

from pathlib import Path

from claims.dictionary import CROSS_FLAG_TEXTS, ROW_FLAG_TEXTS, render
from claims.flags import CrossFlag, RowFlag
from claims.tables import TABLES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "data-dictionary.md"


def test_document_is_fresh() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == render(), (
        "stale: run `python -m claims.dictionary > docs/data-dictionary.md`"
    )


def test_every_table_column_and_flag_is_explained() -> None:
    text = render()
    for table in TABLES:
        section = text.split(f"## {table.name} {table.title}\n")[1].split("\n## ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | {column.title} |" in section
    assert set(ROW_FLAG_TEXTS) == set(RowFlag)
    assert set(CROSS_FLAG_TEXTS) == set(CrossFlag)
    assert "{" not in text
