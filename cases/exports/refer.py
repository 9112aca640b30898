"""Referring a ring: its documents in a folder, entered in the audit and the ledger before they are there."""

import errno
import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cases.exports.dossier import Dossier, dossier_of
from cases.exports.facts import CaseHistory, Handling
from cases.exports.meter import Meter, meter_of
from cases.exports.paper import Document
from cases.exports.papers import documents
from cases.exports.referrals import Referral, ReferralBook
from cases.exports.sender import font_folder, template_folder
from cases.handout.deliver import DeliveryError
from cases.schema import engine_of
from cases.settings import settings_of
from claims.audit import Act, Audit, checked_reason, system_user
from claims.language import N_
from claims.workspace import Workspace


@dataclass(frozen=True)
class Wish:
    """What is to be made: of which ring, for whom, why; `unmasked` names the people a transfer must name."""

    ring: str
    destination: str
    reason: str
    unmasked: bool = False
    language: str = "zh_CN"
    user: str = ""


@dataclass(frozen=True)
class Referred:
    """What was made: the folder, the entry in the book, how complete it is."""

    folder: Path
    referral: Referral
    meter: Meter


def refer(workspace: Workspace, wish: Wish, out: Path, case: CaseHistory | None = None) -> Referred:
    """Write the documents of a ring into `out/RING-destination`, all of them or none.

    The audit holds who, when, why and the digest of every file before the folder is in place;
    ReasonError without a reason, DestinationError where the ring cannot go there, DeliveryError where
    the folder is there already or could not be written.
    """
    handling = Handling(
        wish.user or system_user(), datetime.now().replace(microsecond=0), checked_reason(wish.reason), wish.unmasked
    )
    dossier = dossier_of(workspace, wish.ring, case, handling=handling)
    papers = documents(
        dossier,
        wish.destination,
        wish.language,
        templates=template_folder(workspace),
        fonts=font_folder(workspace),
    )
    name = wish.destination.partition(":")[0]
    folder = out / f"{dossier.ring.id}-{name}"
    referral = _referral(dossier, wish, papers)
    entered = _deliver(workspace, folder, papers, referral)
    return Referred(folder, entered, meter_of(dossier, name))


def _referral(dossier: Dossier, wish: Wish, papers: tuple[Document, ...]) -> Referral:
    handling = dossier.handling
    files = {paper.name: hashlib.sha256(paper.content).hexdigest() for paper in papers}
    case = dossier.case.number if dossier.case else ""
    return Referral(
        dossier.ring.id, case, wish.destination, handling.user, handling.reason, handling.unmasked, handling.at, files
    )


def _deliver(workspace: Workspace, folder: Path, papers: tuple[Document, ...], referral: Referral) -> Referral:
    """Write beside the place, enter, then move: a kill leaves the folder whole or absent."""
    if folder.exists():
        raise DeliveryError(N_("Could not write {path}: {error}"), path=folder, error=os.strerror(errno.EEXIST))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".refer-", dir=folder.parent) as scratch:
            staged = Path(scratch) / folder.name
            staged.mkdir()
            for paper in papers:
                (staged / paper.name).write_bytes(paper.content)
            entered = _enter(workspace, referral)
            staged.rename(folder)
    except OSError as error:
        raise DeliveryError(N_("Could not write {path}: {error}"), path=folder, error=error.strerror) from error
    return entered


def _enter(workspace: Workspace, referral: Referral) -> Referral:
    Audit(workspace.audit).append(
        Act.EXPORT,
        referral.ring,
        reason=referral.reason,
        details={"destination": referral.destination, "masked": not referral.unmasked, "files": referral.files},
        user=referral.actor,
    )
    number = ReferralBook(engine_of(settings_of(workspace).database)).enter(referral)
    return replace(referral, id=number)
