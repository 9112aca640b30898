"""Whom one's regions show, what leaves as an alias, what a reason reveals; boxes, rings and the map."""

from collections.abc import Callable

import duckdb
import pytest

from cases.model import Ring
from claims.audit import Audit
from claims.errors import NotFoundError
from claims.reader import Claims
from claims.workspace import Workspace
from graph.model import NodeRef, NodeType
from tests.ui.app.conftest import Visitor, context_of, paper_of
from tests.ui.app.test_entity_services import SETTLED, WHOSE, busy, half, opened
from tests.ui.app.world import PASSWORD
from ui.auth.accounts import NewAccount
from ui.auth.errors import NoRightError
from ui.auth.journal import recent
from ui.auth.roles import Role
from ui.service.entity import EntityService
from ui.service.entity_figures import figures
from ui.service.entity_ground import Ground, ground_of
from ui.service.entity_ties import ties
from ui.service.house import House
from ui.service.places import ring_map

Visit = Callable[[House, str], Visitor]


@pytest.fixture(scope="module")
def db(county: Workspace) -> duckdb.DuckDBPyConnection:
    return Claims.open(county).connect()


@pytest.fixture
def ground(county: Workspace) -> Ground:
    return ground_of(county)


@pytest.fixture
def service(real: House, visit: Visit) -> EntityService:
    return context_of(real, visit, "wang").entities


def test_half_the_places_show_half_the_settlements(ground: Ground, db: duckdb.DuckDBPyConnection) -> None:
    reach = half(ground)
    ids = ground.snapshot.ids[NodeType.INSTITUTION]
    inside = [ids[row] for row in range(0, len(ids), 2)]
    query = "SELECT psn_no, count(DISTINCT fixmedins_code) n FROM net_settlements GROUP BY 1 ORDER BY n DESC, 1 LIMIT 1"
    person = db.execute(query).fetchone()
    assert person is not None
    ref = NodeRef(NodeType.PERSON, person[0])
    plain = db.execute(
        "SELECT count(*), sum(fund_pay_sumamt) FROM net_settlements "
        "WHERE psn_no = ? AND list_contains(?, fixmedins_code)",
        [ref.id, inside],
    ).fetchone()
    shown = figures(ground, reach.rows(ref), ref.type)
    assert (shown.visits, shown.fund) == plain
    places = [tie.ref.id for group in ties(reach, ref) for tie in group.ties if tie.ref.type is NodeType.INSTITUTION]
    assert places
    assert set(places) <= set(inside)
    assert reach.sees(NodeRef(NodeType.INSTITUTION, ids[0]))
    assert not reach.sees(NodeRef(NodeType.INSTITUTION, ids[1]))


def test_strangers_learn_nothing(real: House, visit: Visit, ground: Ground, county: Workspace) -> None:
    new = NewAccount("remote", "远", frozenset({Role.INVESTIGATOR}), frozenset({"99"}), PASSWORD, must_change=False)
    if "remote" not in {account.name for account in real.accounts.all()}:
        real.accounts.add(new, by="test")
    service = context_of(real, visit, "remote").entities
    for type_ in (*SETTLED, NodeType.PHONE, NodeType.EMPLOYER, NodeType.DRUG_BOX):
        ref = busy(ground, type_) if type_ in WHOSE else ground.ref(type_, 0)
        with pytest.raises(NotFoundError) as refused:
            opened(service, ref)
        with pytest.raises(NotFoundError) as unknown:
            service.open(type_.value, ref.id[:-1] + "?")
        assert str(refused.value).replace(ref.id, "") == str(unknown.value).replace(ref.id[:-1] + "?", "")
    assert service.find(busy(ground, NodeType.PERSON).id) == []
    events = [event for event in recent(real.engine, 20) if event.actor == "remote" and event.act == "denied"]
    assert len(events) >= len(SETTLED)
    assert ground.ref(NodeType.PHONE, 0).id not in "".join(event.details for event in events)


def test_roles_without_the_right_are_refused(real: House, visit: Visit) -> None:
    for name in ("zhao", "admin"):
        service = context_of(real, visit, name).entities
        with pytest.raises(NoRightError):
            service.open("person", "1")
        with pytest.raises(NoRightError):
            service.find("1")


def test_personal_numbers_leave_as_aliases(service: EntityService, ground: Ground) -> None:
    phone = ground.ref(NodeType.PHONE, 0)
    entity = opened(service, phone)
    assert entity.face.ref.id.startswith("~")
    assert phone.id not in str((entity.face, entity.node))
    assert opened(service, entity.face.ref).real == phone
    with pytest.raises(NotFoundError):
        service.open("person", entity.face.ref.id)


def test_a_field_is_shown_with_a_reason_and_an_entry(service: EntityService, ground: Ground, county: Workspace) -> None:
    ref = busy(ground, NodeType.PERSON)
    entity = opened(service, ref)
    assert {"label", "certno", "brdy"} <= set(service.hidden(entity))
    name = service.reveal(entity, "label", "interview on Tuesday")
    assert name == ground.store.node(ref).label != entity.face.label
    last = Audit(county.audit).entries(limit=10_000)[-1]
    assert (last.subject, last.reason, last.user) == (str(ref), "interview on Tuesday", "wang")


def test_a_box_tells_its_life(service: EntityService, ground: Ground, db: duckdb.DuckDBPyConnection) -> None:
    boxes = [ground.ref(NodeType.DRUG_BOX, row) for row in range(3)]
    for ref in boxes:
        sheet = service.box(opened(service, ref))
        items = db.execute("SELECT count(*) FROM fee_items WHERE drug_trac_codg = ?", [ref.id]).fetchone()
        stock = db.execute("SELECT count(*) FROM stock_moves WHERE drug_trac_codg = ?", [ref.id]).fetchone()
        assert items
        assert stock
        assert len(sheet.life.steps) == items[0] + stock[0] >= 2
        assert {NodeRef(NodeType.INSTITUTION, step.place) for step in sheet.life.steps} <= set(sheet.faces)
    once = db.execute(
        "SELECT drug_trac_codg FROM fee_items WHERE drug_trac_codg IS NOT NULL GROUP BY 1 HAVING count(*) = 1 LIMIT 1"
    ).fetchone()
    assert once
    lonely = service.open("drug_box", once[0])
    assert service.box(lonely).life.paid == 1
    assert service.ties(lonely).groups == ()
    with pytest.raises(NotFoundError):
        service.open("drug_box", "no such box")


def test_rings_are_told_with_role_and_status(service: EntityService, burst: Ring) -> None:
    member = burst.picture.members[0]
    found = service.stands(service.open(member.type.value, member.id))
    assert found.known
    stand = next(stand for stand in found.stands if stand.row.id == burst.id)
    assert (stand.role, stand.status) == (member.role, burst.status)


def test_the_map_holds_every_record_once(real: House, visit: Visit, county: Workspace, burst: Ring) -> None:
    paper = paper_of(real, visit, burst)
    found = ring_map(county, paper, paper.records)
    assert sum(site.records for site in found.sites) == len(paper.records)
    assert found.missing == 0
    assert {town.people for town in found.towns} != {0}
    assert ring_map(county, paper, ()).sites == ()
