"""The dossier of a ring: everything its documents and packages are made of, gathered once and never changed.

A dossier holds personal data. Nothing in it is masked; `cases.exports.naming` decides what a
document may show, and whoever hands documents out enters it in the audit first.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from cases.exports.facts import Authority, CaseHistory, Handling, Item, Party, Place, Record
from cases.exports.reading import Entry, Read, read_registers, read_ring
from cases.exports.sender import authority_of
from cases.exposure import Threshold, exposure_of
from cases.history import Decision, Run
from cases.model import Exposure, Fact, Key, Ring
from cases.settings import settings_of
from cases.store import CaseStore
from claims.audit import system_user
from claims.errors import NotFoundError
from claims.language import N_
from claims.versions import SourceFile
from claims.workspace import Workspace
from detectors.finding import Evidence, Finding, Grade, Statement, Trial
from graph.model import NodeType

# How a body is called in documents that must not name it: a word of its kind and a number.
ALIASES: Mapping[NodeType, str] = {
    NodeType.PERSON: "参保人",
    NodeType.CARD: "卡",
    NodeType.DOCTOR: "医药人员",
    NodeType.INSTITUTION: "机构",
    NodeType.TERMINAL: "终端",
    NodeType.PHONE: "电话",
    NodeType.ADDRESS: "地址",
    NodeType.ACCOUNT: "账户",
    NodeType.EMPLOYER: "单位",
    NodeType.DRUG_BOX: "药盒",
}
ZERO = Decimal("0.00")
CLEARED = "cleared"  # the conclusion of a case that takes a member or record out of its documents


@dataclass(frozen=True)
class Dossier:
    """A ring as it may be sent on.

    `findings` stand strongest first; `records` in order of time; `parties` are the ring's members
    in their order, then whoever else the records name. `refunded` are records of the ring that have
    no net settlement in the data version read. `read_version` differs from the ring's data version
    only where that one was removed. `newest` is the latest settlement of the data.

    What a case cleared is out: a cleared member has no role any more, a cleared record is lawful, and
    `exposure` (yuan; certain, certain + probable, all that is not lawful) is summed without it.
    """

    ring: Ring
    run: Run
    findings: tuple[Finding, ...]
    records: tuple[Record, ...]
    items: tuple[Item, ...]
    parties: tuple[Party, ...]
    places: tuple[Place, ...]
    files: tuple[SourceFile, ...]
    decisions: tuple[Decision, ...]
    refunded: tuple[str, ...]
    read_version: int
    newest: datetime | None
    exposure: Exposure
    authority: Authority
    handling: Handling
    case: CaseHistory | None = None

    @property
    def members(self) -> tuple[Party, ...]:
        """The ring's members: parties that have a role."""
        return tuple(party for party in self.parties if party.role is not None)

    @property
    def number(self) -> str:
        """The case's number, the ring's where there is no case."""
        return self.case.number if self.case else self.ring.id

    @property
    def trials(self) -> tuple[tuple[Finding, Trial], ...]:
        """The innocence ledger: every lawful explanation that was tried, with its finding."""
        return tuple((finding, trial) for finding in self.findings for trial in finding.trials)

    @property
    def evidence(self) -> tuple[tuple[Finding, Evidence], ...]:
        """Every line of evidence, with its finding."""
        return tuple((finding, line) for finding in self.findings for line in finding.evidence)

    def party(self, key: Key) -> Party:
        """Return whom a key stands for; NotFoundError where the dossier does not know it."""
        for party in self.parties:
            if party.key == key:
                return party
        raise NotFoundError(N_("{ring} does not name {key}."), ring=self.ring.id, key=key[1])

    def place(self, code: str) -> Place:
        """Return an institution on the records; NotFoundError where there is none."""
        for place in self.places:
            if place.code == code:
                return place
        raise NotFoundError(N_("{ring} has no records of institution {code}."), ring=self.ring.id, code=code)

    def handled(self, handling: Handling) -> "Dossier":
        """The same dossier, taken out by somebody for a reason."""
        return replace(self, handling=handling)


def dossier_of(
    workspace: Workspace, ring_id: str, case: CaseHistory | None = None, *, handling: Handling | None = None
) -> Dossier:
    """Gather the dossier of a ring; NotFoundError where there is no such ring."""
    settings = settings_of(workspace)
    if settings.database == workspace.cases and not workspace.cases.exists():
        raise NotFoundError(N_("There are no rings in {workspace} yet; run detect first."), workspace=workspace.root)
    store = CaseStore.open(settings.database)
    ring = store.ring(ring_id.strip().upper())
    kept = store.findings(ring.run, sorted(ring.picture.numbers))
    findings = tuple(kept[number] for number in ring.picture.numbers)
    read = read_ring(workspace, ring.picture.data_version, _grades(ring, case), ring.picture.keys.records)
    return Dossier(
        ring=ring,
        run=store.run(ring.run),
        findings=findings,
        records=read.records,
        items=read.items,
        parties=_parties(workspace, ring, findings, read, _cleared(case)),
        places=tuple(sorted(read.places.values(), key=lambda place: (-place.fund, place.code))),
        files=read.files,
        decisions=store.decisions(ring.id),
        refunded=tuple(sorted(set(ring.picture.records) - {record.id for record in read.records})),
        read_version=read.version,
        newest=read.newest,
        exposure=_exposure(read, settings.thresholds),
        authority=authority_of(workspace),
        handling=handling or Handling(system_user(), datetime.now().replace(microsecond=0), ""),
        case=case,
    )


def _grades(ring: Ring, case: CaseHistory | None) -> Mapping[str, Grade]:
    cleared = {record for record, outcome in case.records if outcome == CLEARED} if case else set()
    return {record: Grade.LAWFUL if record in cleared else grade for record, grade in ring.picture.records.items()}


def _cleared(case: CaseHistory | None) -> frozenset[Key]:
    return frozenset(key for key, outcome in case.members if outcome == CLEARED) if case else frozenset()


def _exposure(read: Read, thresholds: Sequence[Threshold]) -> Exposure:
    facts = {r.id: Fact(r.person, r.place, r.time, r.fund, r.account) for r in read.records}
    return exposure_of({record.id: record.grade for record in read.records}, facts, thresholds)


def _parties(
    workspace: Workspace, ring: Ring, findings: Iterable[Finding], read: Read, cleared: frozenset[Key]
) -> tuple[Party, ...]:
    """Members in the ring's order, then whoever else the records and findings name."""
    picture = ring.picture
    others = {key for record in read.records for key in record.keys}
    others |= {(subject.type, subject.id) for finding in findings for subject in finding.subjects}
    roles = {member.key: member for member in picture.members if member.key not in cleared}
    others |= cleared
    order = [*roles, *sorted(others - set(roles))]
    entries = read_registers(workspace, read.version, order)
    sums = _sums(read)
    counts: Counter[NodeType] = Counter()
    parties = []
    for key in order:
        counts[key[0]] += 1
        alias = f"{ALIASES.get(key[0], key[0].value)}{counts[key[0]]:02d}"
        member = roles.get(key)
        role, reason = (member.role, member.reason) if member else (None, Statement("", ""))
        party = Party(key[0], key[1], alias, role, reason, *sums.get(key, (0, ZERO)))
        parties.append(_entered(party, entries.get(key), read.places))
    return tuple(parties)


def _sums(read: Read) -> dict[Key, tuple[int, Decimal]]:
    """Count and fund of the records that name each key, those held to be lawful left out."""
    sums: dict[Key, tuple[int, Decimal]] = {}
    for record in read.records:
        if record.grade is Grade.LAWFUL:
            continue
        for key in record.keys:
            count, fund = sums.get(key, (0, ZERO))
            sums[key] = count + 1, fund + record.fund
    return sums


def _entered(party: Party, entry: Entry | None, places: Mapping[str, Place]) -> Party:
    """Add what the registers say."""
    if party.type is NodeType.INSTITUTION and party.id in places:
        place = places[party.id]
        return replace(party, name=place.name, address=place.address)
    if entry is None:
        return party
    works_at = places.get(entry.unit)
    return replace(
        party,
        name=entry.name,
        certificate=entry.certificate,
        telephone=entry.telephone,
        address=entry.address,
        unit=works_at.name if works_at else entry.unit,
    )
