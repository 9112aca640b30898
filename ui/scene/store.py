"""Where scenes are kept: drafts with their whole history, saved scenes, frozen snapshots.

One SQLite file in the workspace, readable by its owner only. A draft belongs to one tab: whoever
writes says which revision he saw, and a second tab is told instead of overwriting the first.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from claims.errors import BusyError, NotFoundError, StoreError
from claims.language import N_
from claims.workspace import Workspace
from ui.scene.codec import read_change, read_scene, write_change, write_scene
from ui.scene.model import Change, Scene, State

NO_SCENE = N_("There is no such scene, or it was not shared with you.")
KEPT = timedelta(days=30)  # drafts nobody came back to
_metadata = sa.MetaData()
_drafts = sa.Table(
    "drafts",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("scene", sa.String, nullable=False),
    sa.Column("cursor", sa.Integer, nullable=False),
    sa.Column("ack", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("updated_at", sa.String, nullable=False),
)
_steps = sa.Table(
    "steps",
    _metadata,
    sa.Column("draft", sa.ForeignKey("drafts.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("change", sa.String, nullable=False),
)
_scenes = sa.Table(
    "scenes",
    _metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("owner", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("data_version", sa.Integer, nullable=False),
    sa.Column("scene", sa.String, nullable=False),
    sa.Column("frozen", sa.String),
    sa.Column("saved_at", sa.String, nullable=False),
)


class StaleError(BusyError):
    """The draft was changed elsewhere since it was read."""


@dataclass(frozen=True)
class Draft:
    """A scene somebody works on, and how often it was written."""

    id: str
    state: State
    revision: int = 0


@dataclass(frozen=True)
class Saved:
    """A scene somebody kept; a frozen one carries its facts and is never changed."""

    id: str
    owner: str
    title: str
    shared: bool
    data_version: int
    saved_at: str
    scene: Scene
    frozen: str | None


@dataclass(frozen=True)
class SceneStore:
    """The scenes of one workspace; every method is one short transaction."""

    engine: sa.Engine

    @classmethod
    def open(cls, workspace: Workspace) -> "SceneStore":
        """Open the file, making it where it is missing."""
        path = workspace.root / "scenes.db"
        engine = _engine(path)
        try:
            path.touch(mode=0o600)
            _metadata.create_all(engine)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            raise StoreError(N_("The file of scenes {path} failed: {error}"), path=path, error=error) from error
        return cls(engine)

    def new_draft(self, owner: str, state: State | None = None) -> Draft:
        """Begin a draft, and forget those nobody came back to."""
        draft = Draft(secrets.token_urlsafe(12), state or State())
        oldest = (datetime.now(UTC) - KEPT).isoformat()
        with self._writing() as connection:
            connection.execute(sa.delete(_drafts).where(_drafts.c.updated_at < oldest))
            connection.execute(sa.insert(_drafts).values(id=draft.id, owner=owner, revision=0, **_row(draft.state)))
            _write_steps(connection, draft.id, 0, _history(draft.state))
        return draft

    def draft(self, id_: str, owner: str) -> Draft:
        """Return somebody's own draft; NotFoundError."""
        with self.engine.connect() as connection:
            own = (_drafts.c.id == id_) & (_drafts.c.owner == owner)
            row = connection.execute(sa.select(_drafts).where(own)).one_or_none()
            if row is None:
                raise NotFoundError(N_("There is no such draft."))
            query = sa.select(_steps.c.change).where(_steps.c.draft == id_).order_by(_steps.c.place)
            history = [read_change(text) for text in connection.execute(query).scalars()]
        done, undone = tuple(history[: row.cursor]), tuple(reversed(history[row.cursor :]))
        return Draft(id_, State(read_scene(row.scene), done, undone, row.ack), row.revision)

    def keep(self, draft: Draft, owner: str, state: State) -> Draft:
        """Write a draft's new state; StaleError when another tab wrote it since."""
        old, new = _history(draft.state), _history(state)
        same = _same(old, new)
        seen = (_drafts.c.id == draft.id) & (_drafts.c.owner == owner) & (_drafts.c.revision == draft.revision)
        with self._writing() as connection:
            values = {"revision": draft.revision + 1, **_row(state)}
            if connection.execute(sa.update(_drafts).where(seen).values(**values)).rowcount != 1:
                raise StaleError(N_("This scene was changed in another tab; you go on with a copy of your own."))
            if same < len(old):
                connection.execute(sa.delete(_steps).where((_steps.c.draft == draft.id) & (_steps.c.place >= same)))
            _write_steps(connection, draft.id, same, new[same:])
        return Draft(draft.id, state, draft.revision + 1)

    def save(
        self, owner: str, title: str, scene: Scene, version: int, *, shared: bool, frozen: str | None = None
    ) -> Saved:
        """Keep a scene under an id that can be sent to a colleague."""
        row = {
            "id": secrets.token_urlsafe(9),
            "owner": owner,
            "title": title,
            "shared": shared,
            "data_version": version,
            "saved_at": _now(),
            "frozen": frozen,
        }
        with self._writing() as connection:
            connection.execute(sa.insert(_scenes).values(scene=write_scene(scene), **row))
        return Saved(scene=scene, **row)  # type: ignore[arg-type]

    def saved(self, id_: str, user: str) -> Saved:
        """Return a scene that is the user's own or shared; NotFoundError says no more than that."""
        query = sa.select(_scenes).where((_scenes.c.id == id_) & ((_scenes.c.owner == user) | _scenes.c.shared))
        with self.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError(NO_SCENE)
        return _saved(row)

    def all_saved(self, user: str, *, limit: int = 200) -> tuple[Saved, ...]:
        """The user's own scenes and the shared ones, newest first."""
        query = sa.select(_scenes).where((_scenes.c.owner == user) | _scenes.c.shared)
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(_scenes.c.saved_at.desc(), _scenes.c.id).limit(limit)).all()
        return tuple(map(_saved, rows))

    def mark(self, user: str) -> tuple[int, str]:
        """What changes whenever `all_saved` does: how many scenes there are, and when the newest was saved."""
        seen = (_scenes.c.owner == user) | _scenes.c.shared
        query = sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(_scenes.c.saved_at), "")).where(seen)
        with self.engine.connect() as connection:
            count, newest = connection.execute(query).one()
        return int(count), str(newest)

    def forget(self, id_: str, owner: str) -> bool:
        """Remove one of the owner's scenes; False when there is none."""
        with self._writing() as connection:
            own = (_scenes.c.id == id_) & (_scenes.c.owner == owner)
            return connection.execute(sa.delete(_scenes).where(own)).rowcount == 1

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        try:
            with self.engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            path = self.engine.url.database
            raise StoreError(N_("The file of scenes {path} failed: {error}"), path=path, error=error.orig) from error


def _history(state: State) -> Sequence[Change]:
    return (*state.done, *reversed(state.undone))


def _same(old: Sequence[Change], new: Sequence[Change]) -> int:
    """Length of the beginning both share; unchanged steps are the same objects."""
    for place, (one, other) in enumerate(zip(old, new, strict=False)):
        if one is not other:
            return place
    return min(len(old), len(new))


def _write_steps(connection: sa.Connection, draft: str, start: int, changes: Sequence[Change]) -> None:
    rows = [{"draft": draft, "place": start + n, "change": write_change(one)} for n, one in enumerate(changes)]
    if rows:
        connection.execute(sa.insert(_steps), rows)


def _row(state: State) -> dict[str, object]:
    return {"scene": write_scene(state.scene), "cursor": len(state.done), "ack": state.ack, "updated_at": _now()}


def _saved(row: sa.Row[tuple[object, ...]]) -> Saved:
    fields = {name: getattr(row, name) for name in ("id", "owner", "title", "shared", "data_version", "saved_at")}
    return Saved(scene=read_scene(row.scene), frozen=row.frozen, **fields)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


def _engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=NullPool, connect_args={"timeout": 30})

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA {pragma}")
            cursor.close()

    return engine
