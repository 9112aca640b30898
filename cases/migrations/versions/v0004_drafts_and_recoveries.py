"""Outcomes somebody is still drawing up, and whether money was ordered back or came back."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table of drafts; what was entered as recovered before had come back."""
    op.create_table(
        "case_drafts",
        sa.Column("case_id", sa.Text, sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.add_column("case_recoveries", sa.Column("kind", sa.Text, nullable=False, server_default=sa.text("'received'")))


def downgrade() -> None:
    """Remove both; orders to pay back go, for the table before knew only what came back."""
    op.execute("DELETE FROM case_recoveries WHERE kind <> 'received'")
    with op.batch_alter_table("case_recoveries") as table:
        table.drop_column("kind")
    op.drop_table("case_drafts")
