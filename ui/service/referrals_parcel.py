"""Making what leaves with a referral: a package to recompute, or letters.

A package that stands in place but is not yet in the book of referrals (a kill came between, or the
command line made it) is entered by whoever builds next.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa

from cases.exports import refer as letters
from cases.exports.dossier import Dossier
from cases.exports.facts import CaseHistory
from cases.exports.package import book
from cases.exports.package.assembly import Document
from cases.exports.package.book import Entered, State
from cases.exports.package.keytable import Seal
from cases.exports.package.order import INSTITUTION, RECEIVERS, Order, refer
from cases.exports.papers import documents
from cases.exports.referrals import Referral, ReferralBook
from cases.exports.schema import referrals
from cases.exports.sender import font_folder, template_folder
from cases.schema import reading
from claims.audit import checked_reason
from claims.durable import make_folder, store_errors
from claims.errors import NotFoundError
from claims.language import N_, language
from claims.workspace import Workspace
from ui.service.referrals_files import FOLDER, digest_of
from ui.service.referrals_ground import Subject

# Receivers that get a package to recompute; the others get letters in a folder.
PACKAGED = tuple(name for name in RECEIVERS if name != INSTITUTION)
GATHERING = N_("Gathering the ring's records and computing its numbers again …")
SETTING = N_("Setting the documents …")
SEALING = N_("Checking every number, sealing the key table, entering the ledger …")


@dataclass(frozen=True)
class Wish:
    """What is to be made; the seal (whom the key table is for) is never kept, nor printed with the rest."""

    destination: str
    reason: str
    seal: Seal | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Built:
    """What was made: its number in the book, and for packages the number of the ledger's key."""

    number: int
    key: str = ""


@dataclass(frozen=True)
class Parcels:
    """What is made in `workspace`; the case database is behind `engine`."""

    workspace: Workspace
    engine: sa.Engine

    def build(
        self, subject: Subject, case: CaseHistory | None, wish: Wish, actor: str, told: Callable[[str], None]
    ) -> Built:
        """Make package or letters of a ring and enter them; nothing is left behind where that fails."""
        reason = checked_reason(wish.reason)
        told(GATHERING)
        if wish.destination not in PACKAGED:
            return self._letters(subject, case, replace(wish, reason=reason), actor)
        if wish.seal is None:
            raise NotFoundError(N_("Say to whom the key table is encrypted: an age key, or a password."))
        return self._package(subject, case, wish, actor, told)

    def adopt(self) -> None:
        """Enter packages that are in place into the book of referrals, each once."""
        with reading(self.engine) as connection:
            placed = book.read(connection, book.packages.c.state == State.PLACED.value)
            known = {name for files in connection.scalars(sa.select(referrals.c.files)) for name in json.loads(files)}
        for package in placed:
            errand = package.errand
            if errand.zip.name not in known and errand.zip.is_file():
                ReferralBook(self.engine).enter(_entered(package))

    def _package(
        self, subject: Subject, case: CaseHistory | None, wish: Wish, actor: str, told: Callable[[str], None]
    ) -> Built:
        from jobs.detect import code_version  # the detectors take a second to import

        if wish.seal is None:
            raise TypeError(wish)
        tongue = language()

        def papers(dossier: Dossier, to: str) -> Sequence[Document]:
            told(SETTING)
            found = documents(
                dossier, to, tongue, templates=template_folder(self.workspace), fonts=font_folder(self.workspace)
            )
            told(SEALING)
            return found

        order = Order(
            subject.ring.id, wish.destination, wish.reason, actor, wish.seal, self._folder(), case, code_version()
        )
        made = refer(self.workspace, order, papers)
        self.adopt()
        name = made.delivered.errand.zip.name
        mine = [found for found in ReferralBook(self.engine).of(subject.ring.id) if name in found.files]
        return Built(mine[-1].id, made.delivered.key)

    def _letters(self, subject: Subject, case: CaseHistory | None, wish: Wish, actor: str) -> Built:
        place = self._folder() / secrets.token_hex(6)
        asked = letters.Wish(subject.ring.id, wish.destination, wish.reason, language=language(), user=actor)
        made = letters.refer(self.workspace, asked, place, case)
        return Built(made.referral.id)

    def _folder(self) -> Path:
        folder = self.workspace.root / FOLDER
        with store_errors(folder):
            make_folder(folder)
            folder.chmod(0o700)
        return folder


def _entered(package: Entered) -> Referral:
    errand = package.errand
    files = {path.name: digest_of(path) for path in (errand.zip, errand.key_table) if path.is_file()}
    at = errand.at.astimezone().replace(tzinfo=None)
    return Referral(errand.ring, errand.case, errand.recipient, errand.actor, errand.reason, False, at, files)
