"""The scene as a table: one row per node, sums over the relations in the scene and in the window."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from claims.language import _
from graph.store import Edge
from graph.titles import node_title
from ui.scene.model import Key
from ui.scene.view import Sight, in_window
from ui.scene.wording import label_of, number_of


@dataclass(frozen=True)
class Row:
    """One node: number and name as they may be shown, `id` as files name it, `fund` in fen."""

    key: Key
    type: str
    id: str
    number: str
    name: str
    relations: int
    count: int
    fund: int
    first: datetime | None
    last: datetime | None
    score: float | None
    note: str


@dataclass(frozen=True)
class Spot:
    """A row whose node lies somewhere: degrees of longitude and latitude as the register has them."""

    row: Row
    east: float
    north: float


def headings() -> list[str]:
    """What the columns of a row are called."""
    return [
        _("Type"),
        _("Number"),
        _("Name"),
        _("Relations in the scene"),
        _("Count"),
        _("Fund (yuan)"),
        _("First"),
        _("Last"),
        _("Suspicion"),
        _("Note"),
    ]


def spots_of(sight: Sight, rows: Sequence[Row]) -> tuple[Spot, ...]:
    """Rows of nodes that have a place, in their order."""
    placed = ((row, sight.facts.nodes[row.key].attributes) for row in rows)
    return tuple(
        Spot(row, float(east), float(north))
        for row, known in placed
        if isinstance(east := known.get("lnt"), int | float) and isinstance(north := known.get("lat"), int | float)
    )


def rows_of(sight: Sight, chosen: Collection[Key] = ()) -> tuple[Row, ...]:
    """Rows of the chosen nodes (all shown ones without a choice), the heaviest first."""
    shown = set(sight.scene.shown) & set(sight.facts.nodes)
    edges = [
        edge
        for edge in sight.facts.edges
        if edge.kind.type not in sight.scene.types_off
        and in_window(edge, sight.scene.window)
        and str(edge.source) in shown
        and str(edge.target) in shown
    ]
    at: dict[Key, list[Edge]] = {}
    for edge in edges:
        for end in {str(edge.source), str(edge.target)}:
            at.setdefault(end, []).append(edge)
    rows = (_row(sight, key, at) for key in shown if not chosen or key in chosen)
    return tuple(sorted(rows, key=lambda row: (-(row.score or 0), -row.fund, -row.relations, row.key)))


def _row(sight: Sight, key: Key, at: Mapping[Key, list[Edge]]) -> Row:
    face, edges, bare = sight.faces[key], at.get(key, []), key in sight.bare
    timed = [edge for edge in edges if edge.first and edge.last]
    return Row(
        key,
        node_title(face.ref.type),
        face.ref.id,
        number_of(face, bare=bare),
        label_of(face, bare=bare),
        len(edges),
        sum(edge.count for edge in timed),
        sum(edge.fund for edge in timed),
        min((edge.first for edge in timed if edge.first), default=None),
        max((edge.last for edge in timed if edge.last), default=None),
        sight.scores.get(key),
        sight.scene.items[key].note,
    )
