"""The documentation's table of what is recomputed is that of the code."""

from pathlib import Path

from cases.exports.package.definitions import DEFINITIONS
from cases.exports.package.verifier.tables import TABLES

PAGE = Path(__file__).parents[3] / "docs" / "package.md"
WORDS = {"exact": "records", "given": "records + enclosed numbers", "bounds": "bounds", "no": "no"}


def test_table_of_the_documentation_is_that_of_the_code() -> None:
    text = PAGE.read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 5]
    expected = [
        f"| `{name}` | {WORDS[d.observed]} | {WORDS[d.chance]} | {'; '.join(d.why)} |"
        for name, d in DEFINITIONS.items()
    ]
    assert rows == expected
    spoken = {"moves": "stock moves"}
    assert all(spoken.get(table, table) in text for table in TABLES)
