"""What the next writer does about one that was killed: take back all that was not acknowledged.

Data of an unacknowledged load is told by its number: a load takes its number only when the
catalog records it, so files that carry a higher one than the last recorded load are rubbish.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

from claims import delta
from claims.catalog import Catalog
from claims.errors import StoreError
from claims.language import N_
from claims.tables import TABLES
from claims.workspace import Workspace


def recover(workspace: Workspace, catalog: Catalog) -> None:
    """Bring every table back to the newest data version; the caller holds the lock."""
    newest = catalog.newest()
    acknowledged: Mapping[str, int] = newest.tables if newest else {}
    for table in TABLES:
        _take_back(workspace.table(table.name), acknowledged.get(table.name))
    if workspace.staging.is_dir() and any(workspace.staging.iterdir()):  # only an ended load leaves it empty
        _sweep(workspace, catalog.last_load(), acknowledged)


def _take_back(folder: Path, version: int | None) -> None:
    """Cut the log of a table back to `version`, if it goes further."""
    head = delta.head(folder)
    if head == version:
        return
    if version is not None and (head is None or head < version):
        message = N_("The table in {folder} lacks version {version} that the catalog names; restore it from a backup.")
        raise StoreError(message, folder=folder, version=version)
    delta.truncate(folder, version)


def _sweep(workspace: Workspace, last_load: int, acknowledged: Mapping[str, int]) -> None:
    """Remove the files of loads that were never recorded, then their staging folders."""
    for table in TABLES:
        folder = workspace.table(table.name)
        if folder.is_dir() and table.name not in acknowledged:
            shutil.rmtree(folder)
        for path in delta.data_files(folder):
            if (delta.load_of_part(path.name) or 0) > last_load:
                path.unlink()
        delta.remove_unfinished(folder)
    for folder in workspace.quarantine.glob("*"):
        if folder.name.isdecimal() and int(folder.name) > last_load:
            shutil.rmtree(folder)
    for folder in workspace.staging.iterdir():
        shutil.rmtree(folder)
