"""Verify finds whatever was changed on the server, and says where."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.errors import StoreError
from claims.workspace import Workspace
from graph.model import NodeRef, NodeType
from graph.neo4j_store.connection import Connection
from graph.privacy import Privacy
from graph.push import push
from graph.verify import ItemCheck, VerifyReport, verify
from tests.graph.neo4j_server import empty_database
from tests.graph.worlds import random_world, write_tables

pytestmark = pytest.mark.neo4j

# What somebody does on the server, to one item each; where it must show, and as what.
TAMPERED = {
    "a measure": ("MATCH ()-[r:VISITED]->() {one} SET r.count = r.count + 1", "VISITED.person.institution", "changed"),
    "a microsecond": (
        "MATCH ()-[r:USED_AT]->() {one} SET r.last = r.last + duration({{microseconds: 1}})",
        "USED_AT.card.institution",
        "changed",
    ),
    "a time as text": (
        "MATCH ()-[r:TREATED_BY]->() {one} SET r.first = toString(r.first)",
        "TREATED_BY.person.doctor",
        "changed",
    ),
    "a number as text": (
        "MATCH ()-[r:USED_CARD]->() {one} SET r.fund = toString(r.fund)",
        "USED_CARD.person.card",
        "changed",
    ),
    "a whole number as a float": (
        "MATCH (:Card)-[r:SWIPED_ON]->() {one} SET r.count = toFloat(r.count)",
        "SWIPED_ON.card.terminal",
        "changed",
    ),
    "an edge's attribute": (
        "MATCH ()-[r:WORKS_AT]->() {one} SET r.prac_type = '9'",
        "WORKS_AT.doctor.institution",
        "changed",
    ),
    "a removed property": ("MATCH (r:Person) {one} REMOVE r.placeholder", "person", "changed"),
    "an added property": ("MATCH (r:DrugBox) {one} SET r.note = 1", "drug_box", "changed"),
    "a name": ("MATCH (r:Doctor) {one} SET r.label = r.label + ' '", "doctor", "changed"),
    "a search property": ("MATCH (r:Institution) {one} SET r.initials = 'zzz'", "institution", "changed"),
    "a missing edge": ("MATCH ()-[r:HOLDS]->() {one} DELETE r", "HOLDS.person.card", "missing"),
    "a doubled edge": (
        "MATCH (a)-[r:RELATED]->(b) WITH a, b, r LIMIT 1 CREATE (a)-[c:RELATED]->(b) SET c = properties(r)",
        "RELATED.person.person",
        "doubled",
    ),
    "an extra edge": (
        "MATCH (a:Person), (b:Phone) WHERE NOT (a)-[:AGENT_PHONE]->(b) WITH a, b LIMIT 1 "
        "CREATE (a)-[:AGENT_PHONE {{count: 1, fund: 0}}]->(b)",
        "AGENT_PHONE.person.phone",
        "extra",
    ),
    "a missing node": ("MATCH (r:Account) {one} DETACH DELETE r", "account", "missing"),
    "an extra node": ("CREATE (:Ring {{id: 'invented', label: '', placeholder: false}})", "ring", "extra"),
    "another id": ("MATCH (r:Employer) {one} SET r.id = r.id + ' '", "employer", "missing"),
    "a stranger": ("MATCH (r:Person) {one} CREATE (:Note {{text: 'x'}})<-[:HAS_NOTE]-(r)", "card", ""),
}


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Connection, Workspace]]:
    workspace = Workspace(tmp_path_factory.mktemp("pushed"))
    write_tables(random_world(6), workspace)
    with empty_database() as connection:
        push(workspace, connection.target)
        yield connection, workspace


def checked(report: VerifyReport, item: str) -> ItemCheck:
    return next(check for check in report.checks if check.item == item)


def test_what_was_pushed_is_the_same(pushed: tuple[Connection, Workspace]) -> None:
    connection, workspace = pushed
    report = verify(workspace, connection.target)
    assert report.same
    assert all(check.our_sum == check.their_sum for check in report.checks)
    assert len({check.our_sum for check in report.checks if check.ours}) > 20


@pytest.fixture(scope="module")
def tampered(pushed: tuple[Connection, Workspace]) -> VerifyReport:
    """What verify says after all of it was done."""
    connection, workspace = pushed
    for statement, _, _ in TAMPERED.values():
        connection.write(statement.format(one="WITH r LIMIT 1"))
    return verify(workspace, connection.target)


@pytest.mark.parametrize(("item", "what"), [(item, what) for _, item, what in TAMPERED.values() if what])
def test_every_kind_of_tampering_is_found(tampered: VerifyReport, item: str, what: str) -> None:
    check = checked(tampered, item)
    assert not check.same
    assert check.our_sum != check.their_sum
    assert [found.rows for found in check.differences if found.what == what] == [1]
    assert all(found.sample for found in check.differences)


def test_what_was_left_alone_is_the_same(tampered: VerifyReport) -> None:
    for item in (
        "card",
        "terminal",
        "phone",
        "address",
        "FILLED_AT.doctor.institution",
        "LOCATED_AT.terminal.institution",
    ):
        assert checked(tampered, item).same


def test_strangers_are_counted(tampered: VerifyReport) -> None:
    assert (tampered.same, tampered.strange_nodes, tampered.strange_edges) == (False, 1, 1)


def test_the_sample_names_the_rows(pushed: tuple[Connection, Workspace], tampered: VerifyReport) -> None:
    (found,) = checked(tampered, "ring").differences
    assert found.sample == ((NodeRef(NodeType.RING, "invented"),),)
    (found,) = checked(tampered, "HOLDS.person.card").differences
    (person, card), *_ = found.sample
    assert (person.type, card.type) == (NodeType.PERSON, NodeType.CARD)
    connection, _ = pushed
    asked = "MATCH (p:Person {id: $given.p})-[r:HOLDS]->(c:Card {id: $given.c}) RETURN count(r) AS edges"
    assert connection.read(asked, p=person.id, c=card.id)[0]["edges"] == 0


def test_a_full_push_puts_all_of_it_right(pushed: tuple[Connection, Workspace], tampered: VerifyReport) -> None:
    connection, workspace = pushed
    assert not tampered.same
    connection.write("MATCH (n:Note) DETACH DELETE n")  # what is not ours is not ours to remove
    push(workspace, connection.target, full=True)
    assert verify(workspace, connection.target).same


def test_another_workspaces_key_cannot_be_compared(pushed: tuple[Connection, Workspace], tmp_path: Path) -> None:
    connection, workspace = pushed
    write_tables(random_world(6), Workspace(tmp_path))
    push(workspace, connection.target, privacy=Privacy.PSEUDONYMS)
    assert verify(workspace, connection.target).same
    with pytest.raises(StoreError, match="another workspace's key"):
        verify(Workspace(tmp_path), connection.target)
    push(workspace, connection.target)
