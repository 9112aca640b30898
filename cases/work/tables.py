"""The tables of cases in the case database; the partial index keeps a ring from having two open cases."""

import sqlalchemy as sa

from cases.schema import metadata


def _case() -> sa.Column[str]:
    return sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True)


cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False, index=True),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # ring, type:id, link or the tip's text
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("detectors", sa.Text, nullable=False),  # JSON list
    sa.Column("fund", sa.Numeric(18, 2, asdecimal=True), nullable=False),
    sa.Column("stage", sa.Text, nullable=False, index=True),
    sa.Column("held_stage", sa.Text, nullable=False),  # where it stood when it was merged, '' otherwise
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("owner", sa.Text, nullable=False, index=True),
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
case_rings = sa.Table(
    "case_rings",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("ring_id", sa.ForeignKey("rings.id"), nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),  # worked on under this case now
    sa.Column("came_from", sa.Text, nullable=False),  # the merged case that brought it, '' otherwise
    sa.UniqueConstraint("case_id", "ring_id"),
    sa.Index(
        "case_rings_one_open",
        "ring_id",
        unique=True,
        sqlite_where=sa.text("active = 1"),
        postgresql_where=sa.text("active"),
    ),
)
case_parts = sa.Table(
    "case_parts",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("part", sa.Text, primary_key=True),
)
case_watchers = sa.Table(
    "case_watchers",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
)
case_events = sa.Table(
    "case_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, index=True),  # as it was given: a refused act may name none
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("leaf", sa.Integer, nullable=False),
    sa.Column("refused", sa.Boolean, nullable=False),
)
case_comments = sa.Table(
    "case_comments",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
)
case_mentions = sa.Table(
    "case_mentions",
    metadata,
    sa.Column("comment_id", sa.ForeignKey("case_comments.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
)
case_files = sa.Table(
    "case_files",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
case_tasks = sa.Table(
    "case_tasks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
    sa.Column("due", sa.Text),
    sa.Column("done_by", sa.Text, nullable=False),
    sa.Column("done_at", sa.Text),
)
case_outcomes = sa.Table(
    "case_outcomes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("about", sa.Text, nullable=False),  # whole, member, record
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),  # the newest decision of a case
)
case_verdicts = sa.Table(
    "case_verdicts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("subject_type", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("decided_at", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("load_id", sa.Integer),  # the load that took it into the table of verdicts
)
case_answers = sa.Table(
    "case_answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("institution", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject_type", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Text, nullable=False),
    sa.Column("begins", sa.Text, nullable=False),
    sa.Column("ends", sa.Text, nullable=False),
    sa.Column("file_id", sa.ForeignKey("case_files.id"), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("entered_by", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # given, accepted, refused
    sa.Column("judged_by", sa.Text, nullable=False),
    sa.Column("judged_at", sa.Text),
)
case_drawings = sa.Table(
    "case_drawings",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("drawn_by", sa.Text, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("sizes", sa.Text, nullable=False),  # JSON: pool → how many there were to draw from
    sa.Column("regions", sa.Text, nullable=False),  # JSON list: whose pools they were
)
case_rereads = sa.Table(
    "case_rereads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("drawing_id", sa.ForeignKey("case_drawings.id"), nullable=False, index=True),
    sa.Column("pool", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False, index=True),  # '' for a ring that never had a case
    sa.Column("ring_id", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("first", sa.Text, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),
    sa.Column("second", sa.Text, nullable=False),
    sa.Column("second_at", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
)
case_recoveries = sa.Table(
    "case_recoveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _case(),
    sa.Column("kind", sa.Text, nullable=False, server_default=sa.text("'received'")),  # ordered, received
    sa.Column("amount", sa.Numeric(18, 2, asdecimal=True), nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("entered_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
case_drafts = sa.Table(
    "case_drafts",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),  # whose draft; nobody else reads it
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),  # JSON: outcomes of members and of records so far
)
