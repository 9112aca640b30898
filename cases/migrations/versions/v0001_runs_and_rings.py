"""Runs, findings, rings and their lives, decisions, weights."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("data_version", sa.Integer, nullable=False),
        sa.Column("code_version", sa.Text, nullable=False),
        sa.Column("started_at", sa.Text, nullable=False),
        sa.Column("finished_at", sa.Text),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("trial", sa.Boolean, nullable=False),
        sa.Column("until", sa.Text),
        sa.Column("false_alarms", sa.Float, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
    )
    op.create_table(
        "weights",
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("bias", sa.Float, nullable=False),
        sa.Column("values", sa.Text, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("accepted_by", sa.Text, nullable=False),
        sa.Column("accepted_at", sa.Text, nullable=False),
    )
    op.create_table(
        "findings",
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("detector", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_findings_identity", "findings", ["identity"])
    op.create_table(
        "rings",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("fund", sa.Numeric(18, 2), nullable=False),
        sa.Column("born_run", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("merged_into", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_rings_status", "rings", ["status"])
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ring_id", sa.Text, sa.ForeignKey("rings.id"), nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("until", sa.Text),
        sa.Column("members", sa.Text, nullable=False),
        sa.Column("features", sa.Text, nullable=False),
        sa.Column("in_force", sa.Boolean, nullable=False),
    )
    op.create_index("ix_decisions_ring_id", "decisions", ["ring_id"])
    op.create_table(
        "ring_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ring_id", sa.Text, sa.ForeignKey("rings.id"), nullable=False),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("zh", sa.Text, nullable=False),
        sa.Column("en", sa.Text, nullable=False),
        sa.Column("alert", sa.Boolean, nullable=False),
    )
    op.create_index("ix_ring_events_ring_id", "ring_events", ["ring_id"])
    op.create_index("ix_ring_events_run_id", "ring_events", ["run_id"])
    op.create_table(
        "ring_findings",
        sa.Column("ring_id", sa.Text, sa.ForeignKey("rings.id"), primary_key=True),
        sa.Column("run_id", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.ForeignKeyConstraint(["run_id", "number"], ["findings.run_id", "findings.number"]),
    )
    op.create_table(
        "ring_members",
        sa.Column("ring_id", sa.Text, sa.ForeignKey("rings.id"), primary_key=True),
        sa.Column("type", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
    )
    op.create_index("ring_members_by_id", "ring_members", ["type", "id"])
