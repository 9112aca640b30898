"""The tables of the case database and how it is opened: a SQLite file, or PostgreSQL by URL."""

import json

import sqlalchemy as sa

from claims.database import engine_of as engine_of
from claims.database import reading as reading
from claims.database import writing as writing

# Newest last; the names are those of the files in `cases/migrations/versions`.
REVISIONS = ("0001", "0002", "0003", "0004")

metadata = sa.MetaData()
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("data_version", sa.Integer, nullable=False),
    sa.Column("code_version", sa.Text, nullable=False),
    sa.Column("started_at", sa.Text, nullable=False),
    sa.Column("finished_at", sa.Text),
    sa.Column("parameters", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # running, finished, failed (a detector failed), stopped
    sa.Column("trial", sa.Boolean, nullable=False),
    sa.Column("until", sa.Text),
    sa.Column("false_alarms", sa.Float, nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("counts", sa.Text, nullable=False),
)
findings = sa.Table(
    "findings",
    metadata,
    sa.Column("run_id", sa.ForeignKey("runs.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("identity", sa.Text, nullable=False, index=True),
    sa.Column("detector", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # `cases.codec.finding_json`, packed
)
rings = sa.Table(
    "rings",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("fund", sa.Numeric(18, 2, asdecimal=True), nullable=False),
    sa.Column("born_run", sa.ForeignKey("runs.id"), nullable=False),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False),  # the last run that saw it
    sa.Column("merged_into", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # `cases.codec.picture_json`, packed
)
ring_members = sa.Table(
    "ring_members",
    metadata,
    sa.Column("ring_id", sa.ForeignKey("rings.id"), primary_key=True),
    sa.Column("type", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Index("ring_members_by_id", "type", "id"),
)
ring_findings = sa.Table(
    "ring_findings",
    metadata,
    sa.Column("ring_id", sa.ForeignKey("rings.id"), primary_key=True),
    sa.Column("run_id", sa.Integer, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.ForeignKeyConstraint(["run_id", "number"], ["findings.run_id", "findings.number"]),
)
ring_events = sa.Table(
    "ring_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ring_id", sa.ForeignKey("rings.id"), nullable=False, index=True),
    sa.Column("run_id", sa.ForeignKey("runs.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("alert", sa.Boolean, nullable=False),
)
decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ring_id", sa.ForeignKey("rings.id"), nullable=False, index=True),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("owner", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("until", sa.Text),
    sa.Column("members", sa.Text, nullable=False),
    sa.Column("features", sa.Text, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
)
weights = sa.Table(
    "weights",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("bias", sa.Float, nullable=False),
    sa.Column("values", sa.Text, nullable=False),
    sa.Column("report", sa.Text, nullable=False),  # verdicts it rests on, precision before and after
    sa.Column("accepted_by", sa.Text, nullable=False),
    sa.Column("accepted_at", sa.Text, nullable=False),
)


def revision(connection: sa.Connection) -> str | None:
    """Return the schema the database has, None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def dumps(value: object) -> str:
    """Small JSON for a text column."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
