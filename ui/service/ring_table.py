"""Rings as one SQL table that answers a page of a list quickly, however many rings there are.

`ui.service.ring_source` fills it (`replace`); to whom a ring was given (`owner`, `due`) is kept here and
survives that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from ui.auth.roles import EVERYWHERE
from ui.auth.schema import writing
from ui.service.ring_codec import FEN, preview_of, row_of, spelled_day, values_of
from ui.service.ring_query import Group, Ranking, RingQuery
from ui.service.rings import Place, Preview, RingPage

metadata = sa.MetaData()
table = sa.Table(
    "ring_list",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, index=True),
    sa.Column("grp", sa.String(16), nullable=False),
    sa.Column("family", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("fund", sa.BigInteger, nullable=False),  # fen, so that money sorts and compares exactly
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("place", sa.String(64), nullable=False),
    sa.Column("place_name", sa.String(256), nullable=False),
    sa.Column("region", sa.String(12), nullable=False),
    sa.Column("first_seen", sa.String(10)),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("owner", sa.String(64), nullable=False, index=True),
    sa.Column("due", sa.String(10)),
)
# Apart, so that counting and ranking 100,000 rings reads narrow rows only.
details = sa.Table(
    "ring_detail",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("change_zh", sa.String, nullable=False),
    sa.Column("change_en", sa.String, nullable=False),
    sa.Column("trend", sa.String, nullable=False),
    sa.Column("preview", sa.String, nullable=False),
)
# Which state of the case store the list shows.
stamps = sa.Table("ring_list_stamp", metadata, sa.Column("stamp", sa.String, nullable=False))
_WHOLE = sa.select(table, *(column for column in details.columns if column.name != "id")).join(
    details, details.c.id == table.c.id
)
sa.Index("ring_list_families", table.c.family, table.c.region)
sa.Index("ring_list_places", table.c.place, table.c.place_name, table.c.region)
_ORDERS = {
    Ranking.SUSPICION: (table.c.score.desc(), table.c.fund.desc(), table.c.id),
    Ranking.MONEY: (table.c.fund.desc(), table.c.score.desc(), table.c.id),
    Ranking.CHANGED: (table.c.changed_at.desc(), table.c.score.desc(), table.c.id),
    Ranking.NEWEST: (table.c.first_seen.desc(), table.c.score.desc(), table.c.id),
    Ranking.DUE: (sa.func.coalesce(table.c.due, "9999"), table.c.score.desc(), table.c.id),
}
for _ranking, _columns in _ORDERS.items():
    if _ranking is not Ranking.DUE:
        sa.Index(f"ring_list_{_ranking.value}", table.c.grp, *_columns)


@dataclass(frozen=True)
class RingTable:
    """The list in `engine`; make it with `create` and fill it with `replace`."""

    engine: sa.Engine

    def create(self) -> None:
        """Make the table where it is missing."""
        metadata.create_all(self.engine)

    def stamp(self) -> str:
        """Return what `replace` was told it shows, empty before that."""
        with self.engine.connect() as connection:
            return connection.scalar(sa.select(stamps.c.stamp)) or ""

    def replace(
        self, rings: Iterable[tuple[Group, Preview]], stamp: str = "", heirs: Mapping[str, str] | None = None
    ) -> int:
        """Put these rings in the place of all there were, in one transaction; return how many.

        Who had a ring keeps it; where `heirs` names the ring that took it in, who had it gets that one.
        """
        values = [values_of(group, preview) for group, preview in rings]
        with writing(self.engine) as connection:
            _keep_owners(connection, values, heirs or {})
            connection.execute(sa.delete(stamps))
            connection.execute(sa.insert(stamps).values(stamp=stamp))
            for target, own in ((table, _names(table)), (details, _names(details))):
                connection.execute(sa.delete(target))
                for start in range(0, len(values), 5000):
                    part = [{name: row[name] for name in own} for row in values[start : start + 5000]]
                    connection.execute(sa.insert(target), part)
        return len(values)

    def page(self, query: RingQuery) -> RingPage:
        """Return one page: the ids by index first, then only their rows."""
        where = _where(query)
        order = _ORDERS[query.ranking]
        wanted = sa.select(table.c.id).where(where).order_by(*order)
        wanted = wanted.limit(query.size).offset((query.page - 1) * query.size)
        with self.engine.connect() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(table).where(where)) or 0
            ids = list(connection.scalars(wanted))
            rows = connection.execute(_WHOLE.where(table.c.id.in_(ids)).order_by(*order)).all()
        return RingPage([row_of(row) for row in rows], total)

    def families(self, regions: frozenset[str]) -> Sequence[str]:
        """Return the families there are."""
        query = sa.select(table.c.family).where(_within(regions)).distinct().order_by(table.c.family)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def places(self, regions: frozenset[str], limit: int) -> Sequence[Place]:
        """Return the institutions with the most rings."""
        query = (
            sa.select(table.c.place, sa.func.min(table.c.place_name))
            .where(_within(regions), table.c.place != "")
            .group_by(table.c.place)
            .order_by(sa.func.count().desc(), table.c.place)
            .limit(limit)
        )
        with self.engine.connect() as connection:
            return [Place(code, name) for code, name in connection.execute(query)]

    def preview(self, ring: str) -> Preview | None:
        """Return a ring at a glance."""
        with self.engine.connect() as connection:
            row = connection.execute(_WHOLE.where(table.c.id == ring)).one_or_none()
        return None if row is None else preview_of(row)

    def assign(self, rings: Sequence[str], owner: str, due: date | None, by: str) -> int:
        """Give rings to somebody; return how many changed hands. `by` is for stores that keep a history."""
        differs = (table.c.owner != owner) | table.c.due.is_distinct_from(spelled_day(due))
        change = table.c.id.in_(list(rings)) & differs
        with writing(self.engine) as connection:
            return connection.execute(sa.update(table).where(change).values(owner=owner, due=spelled_day(due))).rowcount


def _keep_owners(connection: sa.Connection, values: Sequence[dict[str, object]], heirs: Mapping[str, str]) -> None:
    """Carry over to whom rings were given, within the transaction that replaces them."""
    given = {row.id: row for row in connection.execute(sa.select(table).where(table.c.owner != ""))}
    by_heir = {heirs[id_]: row for id_, row in given.items() if id_ in heirs}
    for value in values:
        held = given.get(str(value["id"])) or by_heir.get(str(value["id"]))
        if held is not None and not value["owner"]:
            value.update(owner=held.owner, due=held.due)


def _names(target: sa.Table) -> Sequence[str]:
    return [column.name for column in target.columns]


def _where(query: RingQuery) -> sa.ColumnElement[bool]:
    parts = [table.c.grp == query.group.value, _within(query.regions)]
    if query.without:
        parts.append(table.c.id.not_in(sorted(query.without)))
    if query.families:
        parts.append(table.c.family.in_(query.families))
    if query.statuses:
        parts.append(table.c.status.in_(query.statuses))
    for column, wanted in ((table.c.place, query.place), (table.c.owner, query.owner)):
        if wanted:
            parts.append(column == wanted)
    if query.text:
        parts.append(_matches(query.text))
    if query.score:
        parts.append(table.c.score >= query.score)
    if query.fund:
        parts.append(table.c.fund >= query.fund * FEN)
    if query.first_seen:
        parts.append(table.c.first_seen >= query.first_seen.isoformat())
    if query.changed_since:
        parts.append(table.c.changed_at >= query.changed_since.isoformat(timespec="seconds"))
    return sa.and_(*parts)


def _matches(text: str) -> sa.ColumnElement[bool]:
    if text.isdigit():
        return table.c.number == int(text)
    return table.c.place_name.contains(text, autoescape=True) | (table.c.id == text)


def _within(regions: frozenset[str]) -> sa.ColumnElement[bool]:
    if EVERYWHERE in regions:
        return sa.true()
    return sa.or_(sa.false(), *(table.c.region.startswith(region, autoescape=True) for region in sorted(regions)))
