"""Colleagues in every role, one who sees only our division, and the same work on both sides of its border."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cases.exports.referrals import Referral, ReferralBook
from cases.model import Ring, Status
from cases.people import Actor, Role
from cases.store import CaseStore
from cases.work.answers import Answer, AnswerKind, AnswerState
from cases.work.appeals import Appeals
from cases.work.files import CaseFiles
from cases.work.notes import CaseNotes
from cases.work.opened import open_book
from cases.work.records import region_of
from cases.work.rereads import Rereads
from cases.work.stages import StepName
from claims.reader import Claims
from claims.workspace import Workspace
from graph.embedded import EmbeddedStore
from tests.ui.app.two_regions import OURS
from tests.ui.app.world import PASSWORD
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.schema import open_engine
from ui.scene.facts import freeze, gather
from ui.scene.model import Item, Scene
from ui.scene.store import SceneStore
from ui.service.cases_door import acting
from ui.service.ring_records import read_records
from ui.service.wiring import open_rings

WHY = "as the papers show"
_HERE = "SELECT fixmedins_code FROM institutions WHERE admdvs = $ours"
_SEEN = f"""
    SELECT psn_no FROM insured WHERE insu_admdvs = $ours
    UNION SELECT psn_no FROM settlements WHERE fixmedins_code IN ({_HERE})"""
_OUTSIDE = {
    "institution": "SELECT fixmedins_code, fixmedins_code FROM institutions WHERE admdvs <> $ours",
    "name": "SELECT fixmedins_name, fixmedins_code FROM institutions WHERE admdvs <> $ours",
    "person": f"""
        SELECT psn_no, psn_no FROM insured WHERE insu_admdvs <> $ours AND psn_no NOT IN
        (SELECT psn_no FROM settlements WHERE fixmedins_code IN ({_HERE}))""",
    "certificate": f"""
        SELECT certno, psn_no FROM insured WHERE insu_admdvs <> $ours AND length(certno) > 9 AND psn_no NOT IN
        (SELECT psn_no FROM settlements WHERE fixmedins_code IN ({_HERE})) AND certno NOT IN
        (SELECT agnter_certno FROM settlements WHERE agnter_certno IS NOT NULL AND psn_no IN ({_SEEN})
         UNION SELECT certno FROM practitioners WHERE certno IS NOT NULL)""",
    "card": f"""
        SELECT card_no, card_no FROM settlements WHERE length(card_no) > 5 AND card_no NOT IN
        (SELECT card_no FROM settlements WHERE card_no IS NOT NULL AND (fixmedins_code IN ({_HERE})
         OR psn_no IN (SELECT psn_no FROM insured WHERE insu_admdvs = $ours)))""",
}
NEARBY = OURS[:4]
NEAR = "near"  # sees our division alone, with every role that sees anything of rings and cases


@dataclass(frozen=True)
class Side:
    """A ring with all that was done to it on one side of the border."""

    ring: Ring
    case: str
    file: int
    referral: int
    scene: str


@dataclass(frozen=True)
class Both:
    """The workspace and what lies on both sides; in `heard`, a case of theirs, an answer waits to be judged."""

    workspace: Workspace
    ours: Side
    theirs: Side
    heard: str
    rings: dict[str, str]  # every ring's division

    def secrets(self) -> dict[str, str]:
        """What nobody of our division alone may read: what is named on their side, and in no ring of ours."""
        mine = [ring for ring in CaseStore.open(self.workspace.cases).rings() if self.rings[ring.id].startswith(NEARBY)]
        return secrets_of(self, mine)


def colleagues(workspace: Workspace) -> None:
    """One account per role, called like it, and the one near by."""
    book = Accounts(open_engine(workspace.cases))
    for role in Role:
        book.add(NewAccount(role.value, role.value, frozenset({role}), password=PASSWORD, must_change=False), by="t")
    looking = frozenset({Role.INVESTIGATOR, Role.REVIEWER, Role.LEAD, Role.AUDITOR, Role.OPERATOR})
    new = NewAccount(NEAR, "近", looking, frozenset({NEARBY}), PASSWORD, must_change=False, language="en")
    book.add(new, by="t")
    book.engine.dispose()


def at_work(workspace: Workspace) -> Both:
    """Open a case, attach a file, refer and draw on both sides; hear an institution, and draw a second reading."""
    colleagues(workspace)
    rings, listed = CaseStore.open(workspace.cases).rings(), open_rings(workspace)
    where = {ring.id: found.row.region for ring in rings if (found := listed.preview(ring.id)) is not None}
    ours, theirs = (
        _worked(workspace, next(r for r in rings if _lies(workspace, r, where[r.id]) is inside and persons(r)))
        for inside in (True, False)
    )
    beside = (r for r in reversed(rings) if r.status is Status.NEW and r != theirs.ring and persons(r))
    heard = _heard(workspace, next(r for r in beside if _lies(workspace, r, where[r.id]) is False))
    Rereads(open_book(workspace)).draw(actor(workspace, Role.LEAD), 1, 1, WHY)
    return Both(workspace, ours, theirs, heard, where)


def actor(workspace: Workspace, role: Role) -> Actor:
    """Whoever has a role, at work on cases."""
    return acting(Accounts(open_book(workspace).engine).get(role.value))


def _heard(workspace: Workspace, ring: Ring) -> str:
    """A case in which the institution is heard; the investigator prepared it and entered the answer."""
    book, investigator = open_book(workspace), actor(workspace, Role.INVESTIGATOR)
    case = book.open_ring(investigator, ring.id, WHY).id
    book.step(investigator, case, StepName.PASS_ON, WHY)
    book.step(actor(workspace, Role.REVIEWER), case, StepName.UPHOLD, WHY)
    CaseFiles.of(book, workspace).add(investigator, case, "agreement.txt", b"who acted for whom\n", WHY)
    enter_answer(workspace, case)
    return case


def enter_answer(workspace: Workspace, case: str) -> None:
    """Enter what an institution answered about a person of a case, as the investigator."""
    book, investigator = open_book(workspace), actor(workspace, Role.INVESTIGATOR)
    bound = book.get(investigator, case).bound
    person = persons(next(ring for ring in CaseStore.open(workspace.cases).rings() if ring.id in bound))[0]
    file = CaseFiles.of(book, workspace).lines(investigator, case)[0].id
    day = date(2026, 1, 5)
    given = Answer("H00000000000", AnswerKind.PROXY_AGREEMENT, "person", person, day, day, file, "by agreement")
    Appeals(book, workspace).enter(investigator, case, given, WHY)


def unjudged(both: Both) -> list[int]:
    """The answers of the heard case that wait to be judged."""
    known = Appeals(open_book(both.workspace), both.workspace).answers(actor(both.workspace, Role.LEAD), both.heard)
    return [given.id for given in known if given.state is AnswerState.GIVEN]


def owner_of(both: Both, ring: str) -> str:
    """To whom a ring is given."""
    found = open_rings(both.workspace).preview(ring)
    return found.row.owner if found else ""


def _worked(workspace: Workspace, ring: Ring) -> Side:
    book = open_book(workspace)
    lead = actor(workspace, Role.LEAD)
    case = book.open_ring(lead, ring.id, WHY).id
    CaseNotes(book).comment(lead, case, f"remark on {case}")
    files = CaseFiles.of(book, workspace).add(lead, case, f"{case}.txt", f"about {case}\n".encode(), WHY)
    at = datetime(2026, 11, 2, 9, 30)
    number = ReferralBook(book.engine).enter(Referral(ring.id, case, "police", "lead", WHY, False, at, {}))
    return Side(ring, case, files.id, number, _drawn(workspace, ring))


def _drawn(workspace: Workspace, ring: Ring) -> str:
    """A frozen scene of the ring's members, shared with everybody."""
    keys = [f"{member.type}:{member.id}" for member in ring.picture.members]
    facts = gather(EmbeddedStore.open(workspace), keys)
    scene = Scene(items={key: Item(0.0, float(place)) for place, key in enumerate(facts.nodes)})
    store, title = SceneStore.open(workspace), f"drawing of {ring.id}"
    return store.save("lead", title, scene, facts.version, shared=True, frozen=freeze(facts)).id


def persons(ring: Ring) -> list[str]:
    """Insured persons of a ring."""
    return [member.id for member in ring.picture.members if member.type.value == "person"]


def place_of_ours(both: Both) -> str:
    """An institution of our division."""
    with Claims.open(both.workspace).connect() as db:
        found = db.execute(f"{_HERE} ORDER BY 1 LIMIT 1", {"ours": OURS}).fetchone()
    return str(found[0]) if found else ""


def main_place(ring: Ring) -> str:
    """An institution of the ring."""
    return next(member.id for member in ring.picture.members if member.type.value == "institution")


def _lies(workspace: Workspace, ring: Ring, division: str) -> bool | None:
    """Whether a ring lies with us; None where its case would lie on the other side."""
    inside = division.startswith(NEARBY)
    return inside if region_of(workspace, ring).startswith(NEARBY) is inside else None


def secrets_of(both: Both, mine: Sequence[Ring]) -> dict[str, str]:
    """Each secret with what it is: rings, cases, institutions, people and cards of theirs, and what rings cost."""
    named = {key for ring in mine for key in _named(both.workspace, ring)}
    found = {
        both.theirs.case: "case",
        both.heard: "case",
        both.theirs.scene: "scene",
        f"drawing of {both.theirs.ring.id}": "title",
    }
    found |= {ring: "ring" for ring, region in both.rings.items() if not region.startswith(NEARBY)}
    with Claims.open(both.workspace).connect() as db:
        for what, query in _OUTSIDE.items():
            found |= {str(text): what for text, id_ in db.execute(query, {"ours": OURS}).fetchall() if id_ not in named}
    return found | _amounts(both, mine)


def _named(workspace: Workspace, ring: Ring) -> Iterator[str]:
    """Whoever and whatever a ring's page names: members, and what its records name."""
    read = read_records(workspace, ring.picture.data_version, set(ring.picture.records))
    yield from (id_ for record in read.records.values() for _type, id_ in record.keys)
    yield from (member.id for member in ring.picture.members)


def _amounts(both: Both, mine: Sequence[Ring]) -> dict[str, str]:
    """What the fund paid for rings of theirs, as pages write it."""
    listed, ours = open_rings(both.workspace), {ring.id for ring in mine}
    funds = {ring: found.row.fund for ring in both.rings if (found := listed.preview(ring)) is not None}
    return {f"{fund:,.2f}": "amount" for ring, fund in funds.items() if ring not in ours and fund > 1_000}
