"""Referrals and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "referrals",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ring_id", sa.Text, sa.ForeignKey("rings.id"), nullable=False),
        sa.Column("case_number", sa.Text, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("unmasked", sa.Boolean, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
    )
    op.create_index("ix_referrals_ring_id", "referrals", ["ring_id"])
    op.create_table(
        "referral_facts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("referral_id", sa.Integer, sa.ForeignKey("referrals.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("ix_referral_facts_referral_id", "referral_facts", ["referral_id"])


def downgrade() -> None:
    """Remove the tables; the ledger keeps what they recorded."""
    op.drop_table("referral_facts")
    op.drop_table("referrals")
