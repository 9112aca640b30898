"""The built files are what the sources make: a change of `src/` that was not built is found here."""

import hashlib
from pathlib import Path

CANVAS = Path(__file__).parents[3] / "ui" / "canvas"


def test_the_built_files_are_fresh() -> None:
    lines = (CANVAS / "frontend" / "sources.sha256").read_text().splitlines()
    built_of = {name: digest for digest, name in (line.split("  ") for line in lines)}
    named = [CANVAS / name for name in ("build.sh", "package.json", "package-lock.json")]
    sources = [*named, *(file for file in (CANVAS / "src").rglob("*") if file.is_file())]
    now = {str(file.relative_to(CANVAS)): hashlib.sha256(file.read_bytes()).hexdigest() for file in sources}
    assert built_of == now, "build it again: ui/canvas/build.sh"
