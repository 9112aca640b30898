"""`ringhound demo`: a small county from nothing to ranked rings, for a first look; `--pages` ends with them open."""

import json
from pathlib import Path
from typing import Annotated

import duckdb
import typer
from rich.markup import escape
from rich.rule import Rule

from claims.errors import NotFoundError
from claims.language import N_, _
from claims.workspace import Workspace
from graph.model import BY_NAME, NodeType
from graph.tables import GraphTables
from ui.cases_desk import CasesDesk
from ui.commands import detect, graph, load, simulate
from ui.commands.demo_pages import open_pages
from ui.commands.options import console

PERSONS, DAYS, SEED = 12_000, 120, 20_260
PLANTED = "shared_card/hoarded_burst"  # the ring of which a card is shown

MAKE = N_("1. A small invented county, as a bureau would send it")
LOAD = N_("2. Load it: check every row, keep what is odd, set aside what cannot be used")
BUILD = N_("3. Build the graph")
DETECT = N_("4. Look for rings")
NEXT = N_("What to try next")
PAGES = N_("5. The pages")
REUSED = N_("{folder} is there already and is used again (remove it for a new county).")
SUGGESTIONS = (
    (N_("one ring: who, how much, and what innocent reasons were tried"), "ringhound rings explain {ring}"),
    (N_("how many of the planted rings were found, and how many innocents accused"), "ringhound evaluate {truth}"),
    (N_("who else used this card, with whom, where, when"), "ringhound explore card:{card}"),
    (N_("who this person is and what is shared with whom"), "ringhound explore person:{person} --hops 2"),
    (N_("the same as a page that opens without a network"), "ringhound explore person:{person} --export ring.html"),
    (N_("find somebody by name, pinyin initials or phone tail"), "ringhound search wxm"),
    (N_("the next night: late and corrected rows, then only what changed"), "ringhound load {later}"),
    (N_("what could not be used, and why"), "ringhound quarantine list"),
    (N_("versions of the data"), "ringhound data versions"),
)


def command(
    folder: Annotated[Path, typer.Argument(help=_("Folder of the demonstration."))] = Path("demo"),
    pages: Annotated[
        bool, typer.Option("--pages", help=_("Open the pages at the end, with an account for each role."))
    ] = False,
) -> None:
    """Make a small county, load it, build the graph, look for rings, and say what to try next."""
    source, workspace = folder / "county", Workspace(folder / "workspace")
    console.print(Rule(_(MAKE), align="left"))
    if (source / "truth.jsonl").exists():
        console.print(_(REUSED, folder=source), soft_wrap=True)
    else:
        simulate.command(source, persons=PERSONS, days=DAYS, seed=SEED)
    console.print(Rule(_(LOAD), align="left"))
    load.load_command(source, workspace=workspace.root)
    console.print(Rule(_(BUILD), align="left"))
    graph.build(workspace=workspace.root)
    console.print(Rule(_(DETECT), align="left"))
    detect.detect(workspace=workspace.root)
    _suggest(folder, workspace)
    if pages:
        console.print(Rule(_(PAGES), align="left"))
        open_pages(workspace)


def _suggest(folder: Path, workspace: Workspace) -> None:
    """Print commands that work as they stand."""
    card, person = _planted_card(folder / "county" / "truth.jsonl", GraphTables.open(workspace))
    console.print(Rule(_(NEXT), align="left"))
    console.print(f"export RINGHOUND_WORKSPACE={escape(str(workspace.root.resolve()))}", soft_wrap=True)
    values = {
        "card": card,
        "person": person,
        "later": (folder / "county-later").resolve(),
        "truth": (folder / "county" / "truth.jsonl").resolve(),
        "ring": CasesDesk.open(workspace).exported(everything=True)[0].id,
    }
    for why, line in SUGGESTIONS:
        text = line.format(**values)
        console.print(f"{escape(text)}   [dim]# {escape(_(why))}[/dim]", soft_wrap=True)


def _planted_card(truth: Path, tables: GraphTables) -> tuple[str, str]:
    """Return a card that was lent to a planted ring, and its holder."""
    rings = (json.loads(line) for line in truth.read_text(encoding="utf-8").splitlines())
    ring = next(ring for ring in rings if ring["kind"] == PLANTED)
    persons = [member["id"] for member in ring["members"] if member["type"] == NodeType.PERSON]
    query = """
        SELECT target, source
        FROM read_parquet($path)
        WHERE list_contains($persons, source)
        ORDER BY count DESC, target
        LIMIT 1
    """
    path = str(tables.edges(BY_NAME["USED_CARD.person.card"]))
    found = duckdb.connect().execute(query, {"path": path, "persons": persons}).fetchone()
    if found is None:
        raise NotFoundError(N_("No card of the planted ring is in the graph; remove {folder}."), folder=truth.parent)
    return str(found[0]), str(found[1])


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "demo", help=_("Make a small county, load it, build the graph, look for rings, and say what to try next.")
    )(command)
