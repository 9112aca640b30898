"""Referring a ring: its dossier, its contents from the pinned data version, its documents, put in place."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cases.exports.dossier import Dossier, dossier_of
from cases.exports.facts import CaseHistory, Handling
from cases.exports.package.assembly import Document, Parts
from cases.exports.package.book import Errand
from cases.exports.package.contents import Contents, contents_of
from cases.exports.package.deliver import Delivered, Left, deliver, settle
from cases.exports.package.keytable import Seal
from cases.exports.package.proofs import Proofs
from cases.exports.package.pseudonyms import Pseudonyms
from cases.exports.package.writing import csv_file
from cases.settings import settings_of
from cases.store import CaseStore
from claims.audit import checked_reason
from claims.errors import RinghoundError
from claims.language import N_
from claims.lock import WriterLock
from claims.reader import Claims
from claims.workspace import Workspace
from detectors.snapshot import Snapshot

INSTITUTION = "institution"
RECEIVERS = ("police", "health", "market", "discipline", "region", INSTITUTION)
_LOCK = "refer.lock"
_WAIT = 60.0  # seconds for another delivery of this workspace to end
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

Papers = Callable[[Dossier, str], Sequence[Document]]


class ReferError(RinghoundError):
    """The ring cannot be referred as it is put."""

    exit_code = 2


@dataclass(frozen=True)
class Order:
    """What is to be made: for whom, why, by whom, sealed to whom; `code` is today's code version."""

    ring: str
    to: str
    reason: str
    actor: str
    seal: Seal
    out: Path
    case: CaseHistory | None = None
    code: str = ""


@dataclass(frozen=True)
class Referred:
    """A package in place, the dossier it came from, and what became of packages left behind before."""

    delivered: Delivered
    dossier: Dossier
    contents: Contents
    left: Sequence[Left]


def refer(workspace: Workspace, order: Order, papers: Papers) -> Referred:
    """Make the package of a ring and put it into `order.out`; nothing is left behind where that fails."""
    reason = checked_reason(order.reason)
    lock = WriterLock.acquire(workspace.root / _LOCK, _WAIT)
    try:
        store = CaseStore.open(settings_of(workspace).database)
        left = settle(store.engine)
        at = datetime.now(UTC).replace(microsecond=0)
        handling = Handling(order.actor, at.astimezone().replace(tzinfo=None), reason)
        dossier = dossier_of(workspace, order.ring, order.case, handling=handling)
        _check(dossier, order.to)
        errand = _errand(dossier, replace(order, reason=reason), at)
        contents = _contents(workspace, dossier, order.code)

        def make(proofs: Proofs) -> Parts:
            documents = (*papers(dossier, order.to), _called(dossier, contents.names))
            return Parts(contents, dossier.run, documents, proofs, order.seal)

        delivered = deliver(store.engine, errand, make, (dossier.run.id, contents))
    finally:
        lock.release()
    return Referred(delivered, dossier, contents, left)


@dataclass(frozen=True)
class _Table:
    name: str
    content: bytes


def _called(dossier: Dossier, names: Pseudonyms) -> Document:
    """Which pseudonym of the records is which alias of the documents."""
    rows = [
        {"alias": party.alias, "kind": party.type.value, "pseudonym": names.name(party.type, party.id)}
        for party in dossier.parties
    ]
    return _Table("aliases.csv", csv_file(("alias", "kind", "pseudonym"), rows))


def _check(dossier: Dossier, to: str) -> None:
    if to not in RECEIVERS:
        raise ReferError(N_("There is no receiver {to}."), to=to)
    places = {record.place for record in dossier.records}
    if to == INSTITUTION and len(places) > 1:
        message = N_(
            "The records of {ring} are of {count} institutions; an institution may see its own alone, so it gets "
            "letters, not this package."
        )
        raise ReferError(message, ring=dossier.ring.id, count=len(places))


def _contents(workspace: Workspace, dossier: Dossier, code: str) -> Contents:
    claims = Claims.open(workspace, dossier.ring.picture.data_version)
    snapshot = Snapshot.open(claims, until=dossier.run.until)
    return contents_of(snapshot, dossier.ring, dossier.run, dossier.findings, Pseudonyms(), code)


def _errand(dossier: Dossier, order: Order, at: datetime) -> Errand:
    token = "".join(secrets.choice(_ALPHABET) for _ in range(6))
    return Errand(
        name=f"{dossier.number}-{order.to}-{at:%Y%m%d}-{token}",
        ring=dossier.ring.id,
        case=dossier.case.number if dossier.case else "",
        recipient=order.to,
        actor=order.actor,
        reason=order.reason,
        at=at,
        out=order.out.absolute(),
    )
