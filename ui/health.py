"""What `ringhound doctor` looks at. Every check only reads; none takes the writer's lock."""

import importlib.metadata
import importlib.util
import json
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from claims.catalog import Catalog
from claims.errors import NotFoundError, RinghoundError, StoreError
from claims.language import DOMAIN, N_, _, join_words
from claims.ledger import LedgerError
from claims.ledger.keeper import Keeper
from claims.versions import DataVersion
from claims.workspace import Workspace
from graph.server.fetch import VERSION as NEO4J_VERSION
from graph.server.fetch import find_java, jars
from graph.tables import GraphTables

OUR_NAME = "ringhound"
OUR_PACKAGES = ("claims", "loaders", "graph", "detectors", "cases", "jobs", "ui")
LIBRARIES = ("duckdb", "deltalake", "polars", "pyarrow", "neo4j", "networkx", "pyvis")
GIB = 1024**3
LEAST_DISK = 2 * GIB
LEAST_MEMORY = 2 * GIB
CHINA = "+0800"


class State(StrEnum):
    """How a check ended; only ATTENTION makes the command fail."""

    OK = "ok"
    NOTE = "note"
    ATTENTION = "attention"


@dataclass(frozen=True)
class Check:
    """One line of the report, in the language in force."""

    title: str
    state: State
    text: str


def versions() -> Check:
    """Ours and those of the libraries whose behaviour matters most."""
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return Check(_("Versions"), State.OK, f"{OUR_NAME} {_version(OUR_NAME)}, {libraries}")


def package_names(home: Path) -> Iterator[Check]:
    """Our top-level names are short ones; another distribution that has them would shadow ours."""
    owners = importlib.metadata.packages_distributions()
    sound = True
    for name in OUR_PACKAGES:
        others = join_words(sorted({owner for owner in owners.get(name, ()) if owner.lower() != OUR_NAME}))
        place = _imported_from(name)
        if others:
            text = _(
                "{name} also belongs to {others}: install Ringhound in an environment of its own",
                name=name,
                others=others,
            )
            yield Check(_("Package names"), State.ATTENTION, text)
        if place != home:
            text = _("{name} is imported from {place}, not from {home}", name=name, place=place, home=home)
            yield Check(_("Package names"), State.ATTENTION, text)
        sound = sound and not others and place == home
    if sound:
        yield Check(_("Package names"), State.OK, _("all from {home}", home=home))


def disk(workspace: Workspace) -> Check:
    """Free space where the workspace is or will be."""
    root = workspace.root.absolute()
    place = next(path for path in (root, *root.parents) if path.exists())
    free = shutil.disk_usage(place).free
    text = _("{free} GiB are free in {place}", free=f"{free / GIB:.1f}", place=place)
    return Check(_("Disk"), State.OK if free >= LEAST_DISK else State.ATTENTION, text)


def memory(meminfo: Path) -> Check:
    """Memory that programs can still have."""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", meminfo.read_text(), re.MULTILINE) if meminfo.exists() else None
    if not found:
        return Check(_("Memory"), State.NOTE, _("this system does not tell"))
    available = int(found.group(1)) * 1024
    text = _("{available} GiB are available", available=f"{available / GIB:.1f}")
    return Check(_("Memory"), State.OK if available >= LEAST_MEMORY else State.ATTENTION, text)


def writer(workspace: Workspace, locks: Path) -> Check:
    """Who holds the writer's lock, as the kernel lists it: trying the lock could turn a load away."""
    if not workspace.lock.exists() or not locks.exists():
        return Check(_("Writer"), State.OK, _("nobody is writing"))
    inode = workspace.lock.stat().st_ino
    if not re.search(rf"FLOCK\s+ADVISORY\s+WRITE\s+\S+\s+[0-9a-f]+:[0-9a-f]+:{inode}\s", locks.read_text()):
        return Check(_("Writer"), State.OK, _("nobody is writing"))
    try:
        holder = json.loads(workspace.lock.read_text("utf-8"))
    except ValueError:  # taken this very moment and not signed yet
        holder = {}
    named = {name: str(holder.get(name, "?")) for name in ("pid", "user", "host", "since")}
    return Check(_("Writer"), State.NOTE, _("process {pid} of {user} on {host} is writing since {since}", **named))


def data(workspace: Workspace) -> Check:
    """The newest data version."""
    try:
        newest = _newest(workspace)
    except RinghoundError as error:
        return Check(_("Data"), State.ATTENTION, str(error))
    if newest is None:
        return Check(_("Data"), State.NOTE, _("nothing is loaded into {place} yet", place=workspace.root))
    rows = f"{sum(newest.rows.values()):,}"
    text = _(
        "data version {version} of {time}, {rows} rows", version=newest.id, time=_moment(newest.created_at), rows=rows
    )
    return Check(_("Data"), State.OK, text)


def graph(workspace: Workspace) -> Check:
    """Whether the graph is there and of the newest data version."""
    try:
        newest = _newest(workspace)
        built = GraphTables.open(workspace).data_version
    except NotFoundError:
        built = None
    except RinghoundError as error:
        return Check(_("Graph"), State.ATTENTION, str(error))
    if newest is None:
        return Check(_("Graph"), State.NOTE, _("there is nothing to build a graph from yet"))
    if built is None:
        return Check(_("Graph"), State.ATTENTION, _("no graph is built yet of data version {newest}", newest=newest.id))
    if built != newest.id:
        text = _(
            "the graph is of data version {built}, the data of {newest}: build it again", built=built, newest=newest.id
        )
        return Check(_("Graph"), State.ATTENTION, text)
    return Check(_("Graph"), State.OK, _("the graph is of data version {built}", built=built))


def audit(workspace: Workspace) -> Check:
    """Whether the ledger holds: every entry, its signed heads, and the rows it vouches for."""
    try:
        report = Keeper(workspace).check()
    except LedgerError as error:
        return Check(_("Ledger"), State.ATTENTION if workspace.cases.exists() else State.NOTE, str(error))
    except RinghoundError as error:
        return Check(_("Ledger"), State.ATTENTION, str(error))
    if report.problems:
        text = _("{problem} ({count} points in all)", problem=report.problems[0], count=len(report.problems))
        return Check(_("Ledger"), State.ATTENTION, text)
    return Check(_("Ledger"), State.OK, _("its {size} entries are whole", size=report.size))


def java() -> Check:
    """Only a trial Neo4j server wants Java."""
    try:
        return Check("Java", State.OK, find_java())
    except StoreError as error:
        return Check("Java", State.NOTE, str(error))


def maven() -> Check:
    """Maven is wanted once, to fetch a trial Neo4j server."""
    found = shutil.which("mvn")
    text = found or _("not found; only fetching a trial Neo4j server needs it")
    return Check("Maven", State.OK if found else State.NOTE, text)


def neo4j_server() -> Check:
    """Whether a trial server was fetched."""
    folder = jars()
    if folder is None:
        return Check("Neo4j", State.NOTE, _("no trial server is fetched; the embedded store needs none"))
    return Check("Neo4j", State.OK, _("trial server {version} in {folder}", version=NEO4J_VERSION, folder=folder))


def catalogue(folder: Path) -> Check:
    """The compiled Chinese sentences."""
    file = folder / "zh_CN" / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if file.exists():
        return Check(_("Languages"), State.OK, "中文, English")
    return Check(_("Languages"), State.ATTENTION, _("{file} is missing: Chinese cannot be shown", file=file))


def clock(workspace: Workspace, now: datetime) -> Check:
    """A clock behind the data, or in another zone, calls this morning's claims future ones."""
    zone = time.strftime("%z")
    try:
        newest = _newest(workspace)
    except RinghoundError:  # told by `data`
        newest = None
    if newest and newest.created_at > now:
        text = _(
            "it is {now} here, but data were loaded at {newest}", now=_moment(now), newest=_moment(newest.created_at)
        )
        return Check(_("Clock"), State.ATTENTION, text)
    if zone != CHINA:
        text = _("{now}; the local zone is {zone}, not China's {china}", now=_moment(now), zone=zone, china=CHINA)
        return Check(_("Clock"), State.NOTE, text)
    return Check(_("Clock"), State.OK, _moment(now))


def _newest(workspace: Workspace) -> DataVersion | None:
    try:
        return Catalog.open(workspace.catalog).newest()
    except NotFoundError:
        return None
    except DBAPIError as error:
        raise StoreError(N_("{path} cannot be read: {error}"), path=workspace.catalog, error=error.orig) from error


def _moment(time_: datetime) -> str:
    return f"{time_:%Y-%m-%d %H:%M} UTC"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "?"


def _imported_from(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent.parent if spec and spec.origin else None
