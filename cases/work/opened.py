"""Opening the case book of a workspace: its database, its settings, its regions."""

from functools import partial

from cases.settings import settings_of
from cases.store import CaseStore
from cases.work.book import CaseBook
from cases.work.records import region_of
from cases.work.settings import limits_of
from claims.workspace import Workspace


def open_book(workspace: Workspace) -> CaseBook:
    """Return the case book of a workspace, its database made or brought to this schema."""
    engine = CaseStore.open(settings_of(workspace).database).engine
    return CaseBook(engine, partial(region_of, workspace), limits_of(workspace))
