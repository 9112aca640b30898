"""What pages ask about referrals: which there are, how their clocks stand, what a ring lacks before it can go."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cases.exports.clocks import Clock, FactName
from cases.exports.destinations import BY_NAME
from cases.exports.dossier import Dossier
from cases.exports.legal import Basis, Held, bases_of, held
from cases.exports.meter import Meter, meter_of
from cases.exports.referrals import Recorded, Referral, ReferralBook, ReferralError
from cases.exports.schema import referrals as referrals_table
from cases.schema import reading
from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from ui.auth.gate import Gate
from ui.auth.roles import Action, in_region
from ui.service import referrals_papers as printed
from ui.service.referrals_files import Files, Parcel
from ui.service.referrals_ground import Choice, Ground, Subject
from ui.service.referrals_parcel import Built, Parcels, Wish
from ui.service.referrals_query import ReferralPage, ReferralQuery, Standing, base_of, standing_of
from ui.service.ring_sheet import Revealed
from ui.service.rings import RingService

MOST_READ = 2_000  # newest referrals that a list looks through
TIMED = frozenset({"police"})  # the limits of the law are those of transfers of suspected crimes
NO_REFERRAL = N_("There is no referral {number}.")


@dataclass(frozen=True)
class ReferralLine:
    """One referral with what became of it; times are local."""

    referral: Referral
    facts: tuple[Recorded, ...]
    clocks: tuple[Clock, ...]
    standing: Standing
    region: str

    @property
    def done(self) -> Mapping[FactName, Recorded]:
        """What is recorded, by name."""
        return {fact.name: fact for fact in self.facts}


@dataclass(frozen=True)
class Law:
    """An article looked at for the ring, with each of its elements held against the records."""

    basis: Basis
    lines: tuple[Held, ...]


@dataclass(frozen=True)
class ReferralService:
    """Referrals behind the guard. `now` gives local time."""

    gate: Gate
    workspace: Workspace
    rings: RingService
    now: Callable[[], datetime] = datetime.now

    def page(self, query: ReferralQuery) -> ReferralPage[ReferralLine]:
        """Return one page of the referrals of one's regions, newest first."""
        account = self.gate.guard(Action.SEE_REFERRALS)
        found = [line for line in self._lines(account.regions) if query.takes(line.referral, line.standing)]
        start = (query.page - 1) * query.size
        return ReferralPage(tuple(found[start : start + query.size]), len(found))

    def line(self, number: int, action: Action = Action.SEE_REFERRALS) -> ReferralLine:
        """Return one referral; NotFoundError where there is none, and outside one's regions."""
        self.gate.guard(action)
        unknown = NotFoundError(NO_REFERRAL, number=number)
        for referral in self._read(referrals_table.c.id == number):
            region = self._ground.region(referral.ring) or ""
            self.gate.inside(action, region, unknown)
            return self._line(referral, region)
        raise unknown

    def record(self, number: int, name: FactName, at: datetime, note: str) -> None:
        """Write down what happened to a referral (local time); facts are only added."""
        self.line(number, Action.SEND_REFERRALS)
        account = self.gate.guard(Action.SEND_REFERRALS)
        if at > self.now():
            raise ReferralError(N_("This lies in the future; only what happened is recorded."))
        fact = Recorded(name, at.replace(microsecond=0), account.name, " ".join(note.split())[:500])
        ReferralBook(self._ground.store().engine).add(number, fact)

    def subject(self, ring: str = "", case: str = "") -> Subject | Choice:
        """Find what is to be referred; see `Ground.subject`."""
        return self._ground.subject(ring, case)

    def meter(self, subject: Subject, destination: str) -> Meter:
        """Say what a destination requires and what of it is there."""
        self.gate.guard(Action.SEE_REFERRALS, subject.row.region)
        return meter_of(self._dossier(subject), checked_destination(destination))

    def articles(self, subject: Subject) -> Sequence[Law]:
        """Hold the articles for the ring's kinds against its records."""
        self.gate.guard(Action.SEE_REFERRALS, subject.row.region)
        dossier = self._dossier(subject)
        return [Law(basis, held(dossier, basis)) for basis in bases_of(dossier)]

    def papers(self, subject: Subject, destination: str, revealed: Revealed | None = None) -> Sequence[printed.Paper]:
        """Return the documents as they would leave; people are named only after `RingSheetService.reveal`."""
        account = self.gate.guard(Action.SEE_REFERRALS, subject.row.region)
        named = revealed is not None and (revealed.ring, revealed.user) == (subject.row.id, account.name)
        if named:
            self.gate.guard(Action.REVEAL, subject.row.region)
        wanted = printed.Wanted(
            subject.ring.id, subject.seen, self._ground.history(subject), checked_destination(destination),
            account.name, named,
        )  # fmt: skip
        return printed.papers(self.workspace, wanted)

    def picture(self, subject: Subject, paper: printed.Paper, page: int) -> bytes:
        """Draw a page of one of those documents as PNG."""
        self.gate.guard(Action.SEE_REFERRALS, subject.row.region)
        return printed.picture(paper, min(max(1, page), paper.pages))

    def build(self, subject: Subject, wish: Wish, told: Callable[[str], None]) -> Built:
        """Make what leaves; ChangedError where the ring is not any more what was looked at."""
        self.gate.guard(Action.SEND_REFERRALS, subject.row.region)
        checked_destination(wish.destination)
        now = self._ground.unchanged(subject, Action.SEND_REFERRALS)
        account = self.gate.guard(Action.SEND_REFERRALS)
        return self._parcels.build(now, self._ground.history(now), wish, account.name, told)

    def parcels(self, number: int) -> Sequence[Parcel]:
        """Return the files of a referral that are here to be handed out, and who took which of them before."""
        return self._files.of(self.line(number).referral)

    def take(self, number: int, name: str, again: str = "") -> bytes:
        """Hand out a file, once; again only for another reason. The ledger holds it before anybody has the file."""
        line = self.line(number, Action.SEND_REFERRALS)
        account = self.gate.guard(Action.SEND_REFERRALS)
        return self._files.take(line.referral, name, account.name, again)

    @property
    def _ground(self) -> Ground:
        return Ground(self.gate, self.workspace, self.rings)

    @property
    def _parcels(self) -> Parcels:
        return Parcels(self.workspace, self._ground.store().engine)

    @property
    def _files(self) -> Files:
        return Files(self.workspace, self._ground.store().engine)

    def _dossier(self, subject: Subject) -> Dossier:
        return printed.dossier(self.workspace, subject.ring.id, self._ground.history(subject), subject.seen)

    def _lines(self, regions: frozenset[str]) -> Iterator[ReferralLine]:
        known: dict[str, str | None] = {}
        for referral in self._read():
            if referral.ring not in known:
                known[referral.ring] = self._ground.region(referral.ring)
            region = known[referral.ring]
            if in_region(regions, region or ""):
                yield self._line(referral, region or "")

    def _line(self, referral: Referral, region: str) -> ReferralLine:
        book = ReferralBook(self._ground.store().engine)
        facts = book.facts(referral.id)
        timed = base_of(referral.destination) in TIMED
        clocks = book.clocks(referral.id, self.now().replace(microsecond=0)) if timed else ()
        return ReferralLine(referral, facts, clocks, standing_of(fact.name for fact in facts), region)

    def _read(self, *conditions: sa.ColumnElement[bool]) -> Sequence[Referral]:
        engine = self._ground.engine()
        if engine is None:
            return ()
        order = referrals_table.c.id.desc()
        query = sa.select(referrals_table.c.ring_id, referrals_table.c.id).where(*conditions).order_by(order)
        with reading(engine) as connection:
            wanted = [(row.ring_id, row.id) for row in connection.execute(query.limit(MOST_READ))]
        book = ReferralBook(engine)
        known = {found.id: found for ring in {ring for ring, _id in wanted} for found in book.of(ring)}
        return [known[number] for _ring, number in wanted]


def checked_destination(name: str) -> str:
    """Return a destination that there is; NotFoundError for any other."""
    if name not in BY_NAME:
        raise NotFoundError(N_("There is no destination {name}."), name=name)
    return name
