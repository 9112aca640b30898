"""Cases and all that belongs to them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TABLES = (
    "cases",
    "case_rings",
    "case_parts",
    "case_watchers",
    "case_events",
    "case_comments",
    "case_mentions",
    "case_files",
    "case_tasks",
    "case_outcomes",
    "case_verdicts",
    "case_answers",
    "case_recoveries",
    "case_drawings",
    "case_rereads",
)


def upgrade() -> None:
    """Make the tables."""
    _cases()
    _work()
    _conclusions()
    _rereads()


def downgrade() -> None:
    """Remove the tables; what cases said of rings stays with the rings as decisions."""
    for name in reversed(TABLES):
        op.drop_table(name)


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False, unique=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("detectors", sa.Text, nullable=False),
        sa.Column("fund", sa.Numeric(18, 2), nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("held_stage", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("opened_by", sa.Text, nullable=False),
        sa.Column("opened_at", sa.Text, nullable=False),
        sa.Column("since", sa.Text, nullable=False),
        sa.Column("due", sa.Text),
        sa.Column("escalated", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("snoozed_until", sa.Text),
        sa.Column("diary", sa.Text),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("closed_at", sa.Text),
        sa.Column("merged_into", sa.Text, nullable=False),
    )
    op.create_index("ix_cases_owner", "cases", ["owner"])
    op.create_index("ix_cases_region", "cases", ["region"])
    op.create_index("ix_cases_stage", "cases", ["stage"])
    op.create_table(
        "case_rings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("ring_id", sa.Text, sa.ForeignKey("rings.id"), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("came_from", sa.Text, nullable=False),
        sa.UniqueConstraint("case_id", "ring_id"),
    )
    op.create_index(
        "case_rings_one_open",
        "case_rings",
        ["ring_id"],
        unique=True,
        sqlite_where=sa.text("active = 1"),
        postgresql_where=sa.text("active"),
    )
    op.create_index("ix_case_rings_case_id", "case_rings", ["case_id"])
    op.create_table(
        "case_parts",
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("part", sa.Text, primary_key=True),
    )
    op.create_table(
        "case_watchers",
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
    )
    op.create_table(
        "case_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.Column("leaf", sa.Integer, nullable=False),
        sa.Column("refused", sa.Boolean, nullable=False),
    )
    op.create_index("ix_case_events_case_id", "case_events", ["case_id"])


def _work() -> None:
    op.create_table(
        "case_comments",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_case_comments_case_id", "case_comments", ["case_id"])
    op.create_table(
        "case_mentions",
        sa.Column("comment_id", sa.Integer, sa.ForeignKey("case_comments.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
    )
    op.create_table(
        "case_files",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_case_files_case_id", "case_files", ["case_id"])
    op.create_index("ix_case_files_sha256", "case_files", ["sha256"])
    op.create_table(
        "case_tasks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("due", sa.Text),
        sa.Column("done_by", sa.Text, nullable=False),
        sa.Column("done_at", sa.Text),
    )
    op.create_index("ix_case_tasks_case_id", "case_tasks", ["case_id"])


def _conclusions() -> None:
    op.create_table(
        "case_outcomes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("in_force", sa.Boolean, nullable=False),
    )
    op.create_index("ix_case_outcomes_case_id", "case_outcomes", ["case_id"])
    op.create_table(
        "case_verdicts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("decided_at", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("load_id", sa.Integer),
    )
    op.create_index("ix_case_verdicts_case_id", "case_verdicts", ["case_id"])
    op.create_table(
        "case_answers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("institution", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_type", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Text, nullable=False),
        sa.Column("begins", sa.Text, nullable=False),
        sa.Column("ends", sa.Text, nullable=False),
        sa.Column("file_id", sa.Integer, sa.ForeignKey("case_files.id"), nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("judged_by", sa.Text, nullable=False),
        sa.Column("judged_at", sa.Text),
    )
    op.create_index("ix_case_answers_case_id", "case_answers", ["case_id"])
    op.create_table(
        "case_recoveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("entered_by", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_case_recoveries_case_id", "case_recoveries", ["case_id"])


def _rereads() -> None:
    op.create_table(
        "case_drawings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("drawn_by", sa.Text, nullable=False),
        sa.Column("seed", sa.Integer, nullable=False),
        sa.Column("sizes", sa.Text, nullable=False),
        sa.Column("regions", sa.Text, nullable=False),
    )
    op.create_table(
        "case_rereads",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("drawing_id", sa.Integer, sa.ForeignKey("case_drawings.id"), nullable=False),
        sa.Column("pool", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("ring_id", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("first", sa.Text, nullable=False),
        sa.Column("reader", sa.Text, nullable=False),
        sa.Column("second", sa.Text, nullable=False),
        sa.Column("second_at", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_case_rereads_case_id", "case_rereads", ["case_id"])
    op.create_index("ix_case_rereads_drawing_id", "case_rereads", ["drawing_id"])
