"""Collect the sentences people read into the catalogue and compile it (`make messages`).

Exit code 1 when the Chinese catalogue lacks a translation, so that a test can say so.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "claims" / "locale" / "zh_CN" / "LC_MESSAGES"
PACKAGES = ("claims", "loaders", "graph", "detectors", "cases", "jobs", "ui")
METHODS = [("**.j2", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "translate": None}


def collect() -> Catalog:
    """Return every English key found in the code and templates."""
    found = Catalog(locale="zh_CN", project="Ringhound", charset="utf-8", fuzzy=False)
    for package in PACKAGES:
        rows = extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS)
        for _file, _line, message, _comments, context in rows:
            found.add(message, context=context)
        for path in sorted((ROOT / package).rglob("*.py")):
            for text in spoken(path.read_text(encoding="utf-8")):
                found.add(text)
    for text in declared():
        found.add(text)
    return found


def spoken(code: str) -> Iterator[str]:
    """Yield the sentences of Python code in their order; Babel's own reader misses those inside f-strings."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and node.args]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        text = call.args[0]
        if name in KEYWORDS and isinstance(text, ast.Constant) and isinstance(text.value, str) and text.value:
            yield text.value


def declared() -> Iterator[str]:
    """Yield what the declared tables and columns say of themselves."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from claims.tables import TABLES

    for table in TABLES:
        texts = [table.grain, table.notes]
        for column in table.columns:
            texts += [column.meaning, column.unit or ""]
        yield from filter(None, texts)


def update() -> Catalog:
    """Merge what was found into the Chinese catalogue; forgotten keys are dropped."""
    source = LOCALE / "ringhound.po"
    known = read_po(source.open("rb"), locale="zh_CN") if source.exists() else Catalog(locale="zh_CN")
    merged = collect()
    for message in merged:
        old = known.get(message.id) if message.id else None
        if old is not None:
            message.string = old.string
    return merged


def main() -> int:
    """Write the .po and .mo files; list what is not translated."""
    LOCALE.mkdir(parents=True, exist_ok=True)
    catalogue = update()
    with (LOCALE / "ringhound.po").open("wb") as stream:
        write_po(stream, catalogue, sort_output=True, omit_header=False, width=110, no_location=True)
    with (LOCALE / "ringhound.mo").open("wb") as stream:
        write_mo(stream, catalogue)
    missing = [message.id for message in catalogue if message.id and not message.string]
    for key in missing:
        sys.stderr.write(f"not translated: {key}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
