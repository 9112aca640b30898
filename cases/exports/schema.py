"""The tables of referrals, in the case database: what left, and what became of it."""

import sqlalchemy as sa

from cases.schema import metadata

referrals = sa.Table(
    "referrals",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("ring_id", sa.ForeignKey("rings.id"), nullable=False, index=True),
    sa.Column("case_number", sa.Text, nullable=False),
    sa.Column("destination", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("unmasked", sa.Boolean, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("files", sa.Text, nullable=False),  # name → SHA-256, as JSON
)
referral_facts = sa.Table(
    "referral_facts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("referral_id", sa.ForeignKey("referrals.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)
