"""What somebody reads again: until the second outcome is given, nothing in the house tells the first."""

from cases.schema import reading
from cases.settings import settings_of
from cases.store import CaseStore
from cases.work.blind import unread_by
from claims.errors import NotFoundError
from claims.workspace import Workspace


def unread(workspace: Workspace, name: str) -> frozenset[str]:
    """Return the cases and rings an account is reading again, blind to how they ended."""
    try:
        engine = CaseStore.open(settings_of(workspace).database).engine
    except NotFoundError:
        return frozenset()
    with reading(engine) as connection:
        return unread_by(connection, name)
