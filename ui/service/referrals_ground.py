"""What all questions about referrals stand on: the ring, its case, their region, and whether they changed meanwhile."""

from dataclasses import dataclass

import sqlalchemy as sa

from cases.exports.case_history import history_of
from cases.exports.facts import CaseHistory
from cases.model import Ring
from cases.schema import reading
from cases.settings import settings_of
from cases.store import CaseStore
from cases.work.blind import hidden_from
from cases.work.model import NO_CASE, CaseFile
from cases.work.rows import read_cases
from cases.work.tables import cases
from claims.errors import NotFoundError, RinghoundError
from claims.language import N_
from claims.workspace import Workspace
from ui.auth.errors import NoRightError
from ui.auth.gate import Gate
from ui.auth.roles import Action
from ui.service.ledger_sight import BLIND
from ui.service.ring_source import opened
from ui.service.rings import RingRow, RingService


class ChangedError(RinghoundError):
    """The ring or its case is not any more what the reader saw."""

    exit_code = 4


@dataclass(frozen=True)
class Subject:
    """What is to be referred: a ring as the list shows it, and the case it is referred under.

    `seen` stands for everything that documents are made of; it differs as soon as one of it does.
    """

    ring: Ring
    row: RingRow
    case: CaseFile | None
    seen: str

    @property
    def number(self) -> str:
        """The case's number, the ring's where there is no case."""
        return self.case.id if self.case else self.ring.id


@dataclass(frozen=True)
class Choice:
    """A case about several rings (or none): one has to be named."""

    case: CaseFile


@dataclass(frozen=True)
class Ground:
    """Rings and cases behind the guard, as referrals need them."""

    gate: Gate
    workspace: Workspace
    rings: RingService

    def store(self) -> CaseStore:
        """Open the case store, its tables made where they are missing."""
        return CaseStore.open(settings_of(self.workspace).database)

    def engine(self) -> sa.Engine | None:
        """The case database; None where nothing was detected yet."""
        desk = opened(self.workspace)
        return desk.store.engine if desk else None

    def region(self, ring: str) -> str | None:
        """The division a ring (or its heir) belongs to, unguarded; None where there is no such ring."""
        found = self.rings.rings.preview(ring)
        return found.row.region if found else None

    def subject(self, ring: str, case: str, action: Action = Action.SEE_REFERRALS) -> Subject | Choice:
        """Find what a link names; NotFoundError where it is not there, and outside one's regions."""
        self.gate.guard(action)
        file = self._case(case, action) if case else None
        wanted = ring.strip().upper()
        if file is not None and not wanted:
            if len(file.bound) != 1:
                return Choice(file)
            wanted = file.bound[0]
        if file is not None and wanted not in file.bound:
            raise NotFoundError(N_("Case {case} is not about ring {ring}."), case=file.id, ring=wanted)
        row = self.rings.preview(wanted).row
        self.gate.guard(action, row.region)
        store = self.store()
        found = store.ring(wanted)
        return Subject(found, row, file, self._seen(store, found, file))

    def history(self, subject: Subject) -> CaseHistory | None:
        """What the case adds to the documents."""
        return history_of(self.store().engine, subject.case.id) if subject.case else None

    def unchanged(self, subject: Subject, action: Action) -> Subject:
        """Return the subject as it is now; ChangedError where that is not what the reader saw."""
        now = self.subject(subject.ring.id, subject.case.id if subject.case else "", action)
        if not isinstance(now, Subject) or now.seen != subject.seen or now.ring.merged_into:
            message = N_("{ring} changed while you were looking at it. Look at it again before anything leaves.")
            raise ChangedError(message, ring=subject.ring.id)
        return now

    def _case(self, number: str, action: Action) -> CaseFile:
        self.gate.guard(Action.SEE_CASES)
        wanted = number.strip().upper()
        with reading(self.store().engine) as connection:
            found = read_cases(connection, cases.c.id == wanted)
            blind = hidden_from(connection, self.gate.guard(action).name, wanted)
        unknown = NotFoundError(NO_CASE, case=wanted)
        if not found:
            raise unknown
        self.gate.inside(action, found[0].region, unknown)
        if blind:
            raise NoRightError(BLIND)
        return found[0]

    def _seen(self, store: CaseStore, ring: Ring, case: CaseFile | None) -> str:
        settings = self.workspace.settings
        written = settings.stat().st_mtime_ns if settings.exists() else 0
        decided = len(store.decisions(ring.id))
        parts = (ring.run, ring.picture.data_version, ring.status.value, ring.merged_into, decided, written)
        return ":".join(map(str, (*parts, *((case.id, case.version) if case else ()))))
