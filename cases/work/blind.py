"""Blindness: who reads a case again sees nothing of the first outcome until the second one is given."""

import sqlalchemy as sa

from cases.work.tables import case_rereads


def hidden_from(connection: sa.Connection, name: str, case: str) -> bool:
    """Say whether somebody is reading a case again and has not given an outcome yet."""
    mine = (case_rereads.c.reader == name) & (case_rereads.c.case_id == case) & (case_rereads.c.second == "")
    return connection.execute(sa.select(case_rereads.c.id).where(mine).limit(1)).first() is not None
