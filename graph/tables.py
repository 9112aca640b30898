"""Graph tables: what a snapshot is made of, as Parquet files anybody can read.

Layout of a finished snapshot below `Workspace.graph`:

    CURRENT                       name of the snapshot in force, replaced by rename
    <snapshot>/manifest.json      data version, rows per file, placeholders, values left out
    <snapshot>/tables/nodes/<type>.parquet
    <snapshot>/tables/edges/<EdgeKind.name>.parquet
    <snapshot>/tables/visits.parquet
    <snapshot>/embedded/          the embedded store, written from these tables

`<snapshot>` is the data version, or `<data version>.<n>` where it was built again. A type or kind
without rows has no file. Every column's type is declared here: nodes are `id, label, placeholder`
and `NODE_ATTRIBUTES`, sorted by id; edges are `source, target, count, fund, first, last` and
`EDGE_ATTRIBUTES`, sorted by source and target (bytes of the UTF-8 text); visits are `VISITS`,
sorted by time and setl_id. `fund` is in fen; times are local, without a zone; dates are ISO text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa

from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from graph.model import EDGE_KINDS, EdgeKind, NodeType

FORMAT = 1  # raised when the files change their meaning: older snapshots are then built again
CURRENT = "CURRENT"
MANIFEST = "manifest.json"
SNAPSHOT_NAME = re.compile(r"(?P<version>\d+)(?:\.(?P<build>\d+))?")

TEXT, WHOLE, REAL, TIME = pa.string(), pa.int64(), pa.float64(), pa.timestamp("us")

NODE_ATTRIBUTES: Mapping[NodeType, Mapping[str, pa.DataType]] = MappingProxyType(
    {
        NodeType.PERSON: {
            "certno": TEXT,
            "gend": TEXT,
            "brdy": TEXT,
            "insutype": TEXT,
            "psn_type": TEXT,
            "insu_admdvs": TEXT,
            "emp_no": TEXT,
            "die_date": TEXT,
        },
        NodeType.CARD: {"card_type": TEXT, "iss_date": TEXT, "stop_date": TEXT, "loss_date": TEXT},
        NodeType.DOCTOR: {"certno": TEXT, "dept_codg": TEXT, "prac_type": TEXT},
        NodeType.INSTITUTION: {
            "fixmedins_type": TEXT,
            "hosp_lv": TEXT,
            "admdvs": TEXT,
            "lnt": REAL,
            "lat": REAL,
            "bed_cnt": WHOLE,
            "legrep_name": TEXT,
        },
    }
)

# rel_type: codes of `relations.rel_type` joined by commas; begndate/enddate: widest validity, empty
# where open; charge: fen charged for the items (what the fund paid of one item is not known).
EDGE_ATTRIBUTES: Mapping[str, Mapping[str, pa.DataType]] = MappingProxyType(
    {
        "RELATED": {"rel_type": TEXT, "begndate": TEXT, "enddate": TEXT},
        "WORKS_AT": {"dept_codg": TEXT, "prac_type": TEXT},
        "DISPENSED": {"charge": WHOLE},
        "RECEIVED": {"charge": WHOLE},
    }
)

VISITS = pa.schema(
    {
        "setl_id": TEXT,
        "time": TIME,
        "begntime": TIME,
        "endtime": TIME,
        "person": TEXT,
        "institution": TEXT,
        "doctor": TEXT,
        "prescriber": TEXT,
        "terminal": TEXT,
        "card": TEXT,
        "med_type": TEXT,
        "fund": WHOLE,
    }
)


def node_schema(type_: NodeType) -> pa.Schema:
    """Columns of a node table."""
    return pa.schema({"id": TEXT, "label": TEXT, "placeholder": pa.bool_(), **NODE_ATTRIBUTES.get(type_, {})})


def edge_schema(kind: EdgeKind) -> pa.Schema:
    """Columns of an edge table."""
    measures = {"source": TEXT, "target": TEXT, "count": WHOLE, "fund": WHOLE, "first": TIME, "last": TIME}
    return pa.schema({**measures, **EDGE_ATTRIBUTES.get(kind.type, {})})


@dataclass(frozen=True)
class Manifest:
    """What a snapshot says about itself; counts by node type, edge kind name, or reason."""

    data_version: int
    nodes: Mapping[str, int]
    edges: Mapping[str, int]
    visits: int
    placeholders: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[str, int] = field(default_factory=dict)  # register values that are not keys, by edge kind name
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it into the snapshot's `folder`."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1, sort_keys=True)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Read it from the snapshot's `folder`; FileNotFoundError where there is none."""
        return cls(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))


@dataclass(frozen=True)
class GraphTables:
    """The files of one snapshot; paths only, nothing is held open."""

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, workspace: Workspace, version: int | None = None) -> "GraphTables":
        """Open the snapshot in force, or the newest one of data version `version`; NotFoundError."""
        name = in_force(workspace) if version is None else _newest_of(workspace, version)
        if name is None:
            raise _missing(workspace, version)
        folder = workspace.graph / name
        try:
            return cls(folder, Manifest.read(folder))
        except FileNotFoundError:
            raise _missing(workspace, version) from None

    @property
    def data_version(self) -> int:
        """Data version the tables were built from."""
        return self.manifest.data_version

    @property
    def embedded(self) -> Path:
        """Folder of the embedded store."""
        return self.folder / "embedded"

    @property
    def visits(self) -> Path:
        """Net settlements; the file exists even when there is none."""
        return self.folder / "tables" / "visits.parquet"

    def nodes(self, type_: NodeType) -> Path | None:
        """Return the node table of a type; None where there are no such nodes."""
        return _existing(self.folder / "tables" / "nodes" / f"{type_}.parquet")

    def edges(self, kind: EdgeKind) -> Path | None:
        """Return the edge table of a kind; None where there are no such edges."""
        return _existing(self.folder / "tables" / "edges" / f"{kind.name}.parquet")

    def node_types(self) -> Iterator[tuple[NodeType, Path]]:
        """Yield the types that have nodes, with their files."""
        for type_ in NodeType:
            if path := self.nodes(type_):
                yield type_, path

    def edge_kinds(self) -> Iterator[tuple[EdgeKind, Path]]:
        """Yield the kinds that have edges, with their files."""
        for kind in EDGE_KINDS:
            if path := self.edges(kind):
                yield kind, path


def snapshots(workspace: Workspace) -> tuple[str, ...]:
    """Names of the finished snapshots, oldest first."""
    if not workspace.graph.is_dir():
        return ()
    names = (path.name for path in workspace.graph.iterdir() if SNAPSHOT_NAME.fullmatch(path.name))
    return tuple(sorted(names, key=order_of))


def order_of(name: str) -> tuple[int, int]:
    """Data version and build number that a snapshot's name says."""
    version, _, build = name.partition(".")
    return int(version), int(build or 0)


def in_force(workspace: Workspace) -> str | None:
    """Name of the snapshot in force, None before the first."""
    try:
        return (workspace.graph / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None


def _newest_of(workspace: Workspace, version: int) -> str | None:
    return next((name for name in reversed(snapshots(workspace)) if order_of(name)[0] == version), None)


def _existing(path: Path) -> Path | None:
    return path if path.exists() else None


def _missing(workspace: Workspace, version: int | None) -> NotFoundError:
    if version is None:
        return NotFoundError(N_("There is no graph in {workspace} yet; build it first."), workspace=workspace.root)
    return NotFoundError(
        N_("There is no graph of data version {version} in {workspace}; build it first."),
        version=version,
        workspace=workspace.root,
    )
