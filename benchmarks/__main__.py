"""Run the benchmarks and write docs/benchmarks.md: machine, versions, commands, and what they printed.

    python -m benchmarks                  # the sizes of the document
    python -m benchmarks load push        # only these sections; the others stay as they are

Every section is what one command printed; run the command alone to repeat it. Machines are shared
and noisy: read ratios within one section, not seconds across sections.
"""

import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
SECTIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "load": ("Loading", ("benchmarks.load", "--rows", "300000")),
    "build": ("Building the graph", ("benchmarks.graph_build", "--persons", "100000", "--visits", "400000")),
    "neighbourhood": (
        "Asking for neighbours",
        ("benchmarks.neighbourhood", "--persons", "60000", "--visits", "250000", "--networkx"),
    ),
    "push": ("Pushing to Neo4j", ("benchmarks.neo4j_push", "--persons", "20000", "--visits", "60000")),
    "detect": ("Detecting", ("benchmarks.detect",)),
    "nightly": ("One night more", ("benchmarks.nightly",)),
}
PACKAGES = (
    "duckdb",
    "polars",
    "deltalake",
    "pyarrow",
    "numpy",
    "networkx",
    "pandas",
    "pandera",
    "neo4j",
    "neo4j-rust-ext",
)
HEAD = """# Benchmarks

Written by `python -m benchmarks`; each section is what the command above it printed. Machines are shared and noisy:
ratios within one section are worth more than seconds.
"""


def machine() -> str:
    """Describe where the numbers come from."""
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({model[1] if model else 'unknown'}), {memory:.0f} GiB, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}; {versions}. Measured on {date.today()}."
    )


def run(arguments: Sequence[str]) -> str:
    """Run one benchmark and return the Markdown it printed."""
    done = subprocess.run([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def section(title: str, arguments: Sequence[str], printed: str) -> str:
    """Lay out one section."""
    return f"## {title}\n\n```console\n$ python -m {' '.join(arguments)}\n```\n\n{machine()}\n\n{printed}\n"


def known_sections() -> dict[str, str]:
    """Return the sections of the document as it is, by title."""
    if not DOCUMENT.exists():
        return {}
    parts = re.split(r"^## ", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.splitlines()[0]: "## " + part.strip() + "\n" for part in parts}


def main(names: Sequence[str]) -> None:
    """Run the sections asked for (all by default) and write the document."""
    sections = known_sections()
    for name in names or tuple(SECTIONS):
        title, arguments = SECTIONS[name]
        sections[title] = section(title, arguments, run(arguments))
        text = "\n".join([HEAD, *(sections[title] for title, _ in SECTIONS.values() if title in sections)])
        DOCUMENT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
