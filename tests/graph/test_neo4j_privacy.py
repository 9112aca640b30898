"""What a shared server gets to know: nothing personal where that was asked for, and the same graph still."""

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.errors import StoreError
from claims.workspace import Workspace
from graph.model import NodeType
from graph.neo4j_store import Neo4jStore
from graph.neo4j_store.connection import Connection
from graph.privacy import PEOPLE, Cover, Privacy, cover_of
from graph.push import Mode, push
from graph.tables import NODE_ATTRIBUTES
from graph.verify import verify
from tests.graph.neo4j_server import empty_database
from tests.graph.worlds import GraphWorld, random_world, write_tables
from tests.scenarios import certno

SECRET = {
    "certno": certno(),
    "brdy": "1960-03-07",
    "emp_no": "E4711",
    "die_date": "2026-02-03",
    "legrep_name": "钱掌柜",
}


@pytest.fixture
def database() -> Iterator[Connection]:
    with empty_database() as connection:
        yield connection


def county() -> GraphWorld:
    """A random county with one person whose every field is a known secret."""
    world = random_world(7, persons=8, visits=30)
    world.add_node(NodeType.PERSON, "PSECRET", "隐名氏", **{k: v for k, v in SECRET.items() if k != "legrep_name"})
    world.add_node(NodeType.DOCTOR, "DSECRET", "隐医生", certno=certno())
    world.add_node(NodeType.INSTITUTION, "HOPEN", "公开医院", legrep_name="钱掌柜", hosp_lv="3")
    world.add_node(NodeType.CARD, "CSECRET", "隐卡名")
    world.add_node(NodeType.PHONE, "13912345678", "13912345678")
    world.add_node(NodeType.ADDRESS, "平安县新河镇一村8号", "平安县新河镇一村8号")
    world.add_node(NodeType.ACCOUNT, "6222000011112222", "6222000011112222")
    world.add_node(NodeType.PERSON, certno(serial="222"), "证件作号")
    for name, target in (("CARD", "CSECRET"), ("PHONE", "13912345678"), ("ADDRESS", "平安县新河镇一村8号")):
        kind = "HOLDS.person.card" if name == "CARD" else f"HAS_{name}.person.{name.lower()}"
        world.add_edge(kind, "PSECRET", target)
    world.add_edge("VISITED.person.institution", "PSECRET", "HOPEN", 3, 300)
    return world


def everything(connection: Connection) -> str:
    """All that can be read from the server, as one text."""
    rows = connection.read("MATCH (n) RETURN labels(n) AS labels, properties(n) AS properties")
    rows += connection.read("MATCH ()-[r]->() RETURN type(r) AS type, properties(r) AS properties")
    return "\n".join(str(row.data()) for row in rows)


@pytest.mark.neo4j
def test_pseudonyms_tell_nothing_of_persons(database: Connection, tmp_path: Path) -> None:
    workspace, world = Workspace(tmp_path), county()
    write_tables(world, workspace)
    push(workspace, database.target, privacy=Privacy.PSEUDONYMS)
    told = everything(database)
    names = {node.label for ref, node in world.nodes.items() if ref.type in (NodeType.PERSON, NodeType.DOCTOR)} - {""}
    ids = {ref.id for ref in world.nodes if ref.type in PEOPLE and len(ref.id) > 5 and ref.id[1:].isalnum()}
    for secret in (*SECRET.values(), *ids, *(name for name in names if name.startswith("隐"))):
        assert secret not in told
    assert "公开医院" in told
    assert verify(workspace, database.target).same


@pytest.mark.neo4j
def test_pseudonyms_keep_the_shape(database: Connection, tmp_path: Path) -> None:
    workspace, world = Workspace(tmp_path), county()
    write_tables(world, workspace)
    push(workspace, database.target, privacy=Privacy.PSEUDONYMS)
    cover = cover_of(Privacy.PSEUDONYMS, workspace.pseudonym_key)
    same = "MATCH (p:Person {certno: $given.certno}), (d:Doctor {certno: $given.certno}) RETURN p.id AS p, d.id AS d"
    with Neo4jStore.open(database.target) as store:
        assert sum(store.node_counts().values()) == len(world.nodes)
        assert sum(store.edge_counts().values()) == len(world.edges)
        person = cover.id(NodeType.PERSON, "PSECRET")
        found = database.read(
            "MATCH (:Person {id: $given.id})-[r:VISITED]->(i) RETURN i.id AS i, r.fund AS fund", id=person
        )
        assert [record.data() for record in found] == [{"i": "HOPEN", "fund": 300}]
        assert len(database.read(same, certno=cover.pseudonym("certno", certno()))) == 1


@pytest.mark.neo4j
def test_no_personal_keeps_the_keys_and_nothing_else(database: Connection, tmp_path: Path) -> None:
    workspace, world = Workspace(tmp_path), county()
    write_tables(world, workspace)
    push(workspace, database.target, privacy=Privacy.NO_PERSONAL)
    told = everything(database)
    for secret in (
        *SECRET.values(),
        "隐名氏",
        "隐医生",
        "隐卡名",
        "13912345678",
        "平安县新河镇一村8号",
        "6222000011112222",
    ):
        assert secret not in told
    assert certno(serial="222") not in told  # an enrolment number that is a certificate number
    assert "PSECRET" in told
    assert "CSECRET" in told
    assert verify(workspace, database.target).same


@pytest.mark.neo4j
def test_another_privacy_mode_leaves_nothing_of_the_former(database: Connection, tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    write_tables(county(), workspace)
    push(workspace, database.target)
    assert "隐名氏" in everything(database)
    report = push(workspace, database.target, privacy=Privacy.PSEUDONYMS)
    assert report.mode is Mode.COMPARE
    assert "隐名氏" not in everything(database)
    assert "PSECRET" not in everything(database)
    assert verify(workspace, database.target).same


@pytest.mark.neo4j
def test_later_pushes_find_the_same_pseudonyms(database: Connection, tmp_path: Path) -> None:
    workspace, world = Workspace(tmp_path), county()
    write_tables(world, workspace, 1)
    push(workspace, database.target, privacy=Privacy.PSEUDONYMS)
    world.add_edge("VISITED.person.institution", "PSECRET", "HOPEN", 4, 400)
    write_tables(world, workspace, 2)
    report = push(workspace, database.target, privacy=Privacy.PSEUDONYMS)
    assert [(step.action, step.item, step.rows) for step in report.steps] == [
        ("write", "VISITED.person.institution", 1)
    ]
    assert verify(workspace, database.target).same


def test_the_key_is_made_once_and_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "w" / "key"
    first, again = cover_of(Privacy.PSEUDONYMS, path), cover_of(Privacy.PSEUDONYMS, path)
    assert first == again
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]
    assert cover_of(Privacy.NONE, tmp_path / "none").key == b""
    assert not (tmp_path / "none").exists()


def test_a_damaged_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(StoreError, match="damaged"):
        cover_of(Privacy.PSEUDONYMS, tmp_path / "key")


def test_pseudonyms_depend_on_key_kind_and_text() -> None:
    one, other = (Cover(Privacy.PSEUDONYMS, bytes([number]) * 32) for number in (1, 2))
    texts = {
        one.id(NodeType.PERSON, "P1"),
        one.id(NodeType.PERSON, "P2"),
        one.id(NodeType.CARD, "P1"),
        other.id(NodeType.PERSON, "P1"),
    }
    assert len(texts) == 4
    assert one.id(NodeType.PERSON, "P1") == one.id(NodeType.PERSON, "P1")
    assert one.id(NodeType.INSTITUTION, "H1") == "H1"
    assert one.mark != other.mark
    assert one.key.hex() not in repr(one) + one.mark


def test_what_is_not_named_as_impersonal_stays_at_home() -> None:
    for privacy in (Privacy.PSEUDONYMS, Privacy.NO_PERSONAL):
        sent = {(t, name) for t in NODE_ATTRIBUTES for name in Cover(privacy, b"x" * 32).attributes(t)}
        for name in SECRET:
            assert not any(sent_name == name for _, sent_name in sent)
