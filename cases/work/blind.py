"""Blindness: who reads a case again sees nothing of the first outcome until the second one is given."""

import sqlalchemy as sa

from cases.work.tables import case_rereads, case_rings


def hidden_from(connection: sa.Connection, name: str, case: str) -> bool:
    """Say whether somebody is reading a case again and has not given an outcome yet."""
    return case in unread_by(connection, name)


def unread_by(connection: sa.Connection, name: str) -> frozenset[str]:
    """Return the cases and rings somebody is reading again and has not given an outcome of yet."""
    query = sa.select(case_rereads.c.case_id, case_rereads.c.ring_id, case_rings.c.ring_id.label("bound"))
    query = query.outerjoin_from(case_rereads, case_rings, case_rings.c.case_id == case_rereads.c.case_id)
    mine = (case_rereads.c.reader == name) & (case_rereads.c.second == "")
    return frozenset(subject for row in connection.execute(query.where(mine)) for subject in row if subject)
