"""The report of an evaluation as DOCX and XLSX; Chinese whatever language is in force, like every document."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.evaluation.model import Evaluation
from cases.exports.paper import Document
from cases.exports.words import moment, printable
from claims.durable import make_folder, store_errors, sync_file, sync_folders


@dataclass(frozen=True)
class Order:
    """Who takes a report out, why and when; `authority` names the bureau, '' where settings name none."""

    by: str
    reason: str
    at: datetime
    authority: str = ""

    @property
    def footer(self) -> str:
        """What stands at the foot of every page."""
        local = self.at.astimezone()
        return f"导出人：{printable(self.by)[:20]}｜{moment(local)}｜用途：{printable(self.reason)[:40]}"


@dataclass(frozen=True)
class Report:
    """The files of a report."""

    documents: tuple[Document, ...]

    @property
    def digests(self) -> Mapping[str, str]:
        """SHA-256 of each file by its name."""
        return {one.name: hashlib.sha256(one.content).hexdigest() for one in self.documents}

    def write(self, folder: Path) -> tuple[Path, ...]:
        """Write every file beside its place, then move all; StoreError where the disk does not take them."""
        with store_errors(folder):
            make_folder(folder)
            staged = {folder / one.name: folder / f".{one.name}.{os.getpid()}" for one in self.documents}
            try:
                for one in self.documents:
                    staged[folder / one.name].write_bytes(one.content)
                    sync_file(staged[folder / one.name])
                for path, temporary in staged.items():
                    temporary.replace(path)
            finally:
                for temporary in staged.values():
                    temporary.unlink(missing_ok=True)
            sync_folders([folder])
        return tuple(staged)


def report_of(evaluation: Evaluation, order: Order) -> Report:
    """Write both files."""
    # Word and spreadsheet libraries take a moment to import; the page only needs them here.
    from cases.evaluation.report_docx import docx_of
    from cases.evaluation.report_xlsx import xlsx_of

    stem = f"定点医药机构季度评析-{evaluation.quarter}"
    return Report(
        (
            Document(f"{stem}.docx", docx_of(evaluation, order)),
            Document(f"{stem}.xlsx", xlsx_of(evaluation, order)),
        )
    )
