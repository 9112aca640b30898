"""Every export form: what it holds, that others read it, that it is the same every time."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import networkx as nx
import pyarrow as pa
import pytest

from claims.aliases import Aliases
from claims.audit import Audit, AuditError
from claims.errors import NotFoundError
from claims.tables import BY_NAME as TABLES
from graph.exports import FORMS, About, Form
from graph.exports.deliver import DeliveryError, deliver, form_for
from graph.masking import DECLARED_IN, Masks
from graph.model import NodeRef, NodeType
from graph.store import Node, Subgraph
from graph.tables import EDGE_ATTRIBUTES, NODE_ATTRIBUTES
from tests.graph.exports_world import HOSTILE, hostile, large, small

ABOUT = About(datetime(2026, 6, 1, tzinfo=UTC), masked=False)
BY_NAME = {form.name: form for form in FORMS}
SECRETS = ("王小明", "李秀英", "45010219600307123X", "13900000001", "03-07")


def rendered(name: str, subgraph: Subgraph, part: str = "") -> str:
    return BY_NAME[name].render(subgraph, ABOUT)[part].decode("utf-8-sig")


def rows(part: str, subgraph: Subgraph) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rendered("csv", subgraph, part), newline="")))


@pytest.fixture
def masks(tmp_path: Path) -> Masks:
    return Masks(Aliases(tmp_path / "aliases.db"))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
@pytest.mark.parametrize("world", [small, hostile, lambda: Subgraph(1, (), ())], ids=["small", "hostile", "empty"])
def test_the_same_subgraph_gives_the_same_bytes(form: Form, world: "type[Subgraph]") -> None:
    assert form.render(world(), ABOUT) == form.render(world(), ABOUT)
    for content in form.render(world(), ABOUT).values():
        content.decode("utf-8")
        assert datetime.now(UTC).strftime("%Y-%m-%d").encode() not in content


def test_graphml_is_read_back_with_its_types() -> None:
    graph = nx.read_graphml(io.BytesIO(rendered("graphml", small()).encode()), force_multigraph=True)
    assert graph.number_of_nodes() == 6
    assert graph.number_of_edges() == 6
    assert graph.nodes["institution:H1"]["bed_cnt"] == 40
    assert graph.nodes["institution:H1"]["lnt"] == 108.25
    assert graph.nodes["person:45010219600307123X"]["placeholder"] is True
    assert graph.nodes["card:0001"]["business_key"] == "0001"
    used = next(data for *_, data in graph.edges("person:P1", data=True) if data["relation"] == "USED_CARD")
    assert (used["count"], used["fund_fen"], used["first"]) == (3, 12050, "2026-01-05T09:00:00")
    held = next(data for *_, data in graph.edges("person:P1", data=True) if data["relation"] == "HOLDS")
    assert "first" not in held


def test_gexf_is_read_back_and_dated_by_its_data() -> None:
    text = rendered("gexf", small())
    assert 'lastmodifieddate="2026-06-01"' in text
    graph = nx.read_gexf(io.BytesIO(text.encode()))
    assert graph.nodes["person:P1"]["label"] == "王小明"
    assert graph.number_of_edges() == 6
    assert "lastmodifieddate" not in BY_NAME["gexf"].render(small(), About())[""].decode()


@pytest.mark.parametrize("name", ["graphml", "gexf"])
def test_xml_survives_hostile_text(name: str) -> None:
    read = nx.read_graphml if name == "graphml" else nx.read_gexf
    graph = read(io.BytesIO(rendered(name, hostile()).encode()))
    assert graph.number_of_nodes() == len(HOSTILE) + 1
    labels = {data.get("label") for _, data in graph.nodes(data=True)}
    assert "</script><script>window.hacked=1</script>" in labels
    assert all(data["attr_type"] == "own" for id_, data in graph.nodes(data=True) if id_.startswith("person"))


def test_json_is_read_back_by_networkx() -> None:
    document = json.loads(rendered("json", small()))
    graph = nx.node_link_graph(document, edges="edges")
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_edges("person:P1", "card:0001") == 2
    assert document["graph"] == {"data_version": 3, "data_version_at": "2026-06-01T00:00:00+00:00", "masked": False}
    assert sorted(
        node["label"] for node in json.loads(rendered("json", hostile()))["nodes"] if "script" in node["label"]
    )


def test_csv_opens_in_a_spreadsheet() -> None:
    raw = BY_NAME["csv"].render(small(), ABOUT)
    assert all(content.startswith(b"\xef\xbb\xbf") for content in raw.values())
    edges = rows(".edges", small())
    assert {row["fund_yuan"] for row in edges} == {"0.00", "120.50", "-5.00", "1.00"}
    assert {row["data_version"] for row in edges} == {"3"}
    card = next(row for row in rows(".nodes", small()) if row["type"] == "card")
    assert card["business_key"] == "'0001", "a code keeps its zeros"


def test_no_csv_cell_is_live() -> None:
    for part in (".nodes", ".edges"):
        for row in rows(part, hostile()):
            for name, cell in row.items():
                live = re.match(r"[\s\x00-\x1f]*[=+@\-＝＋－＠|%]", cell)
                assert not live, (name, cell)
    labels = {row["label"] for row in rows(".nodes", hostile())}
    assert {"'=HYPERLINK(1)", "'＝1+1", "'\t=1+1"} <= labels


def test_csv_joins_nodes_and_edges() -> None:
    ids = {row["id"] for row in rows(".nodes", small())}
    assert {row["source"] for row in rows(".edges", small())} <= ids


@pytest.mark.parametrize("name", ["first-name", "a b", "x}) DETACH DELETE n //", "", "名"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_an_attribute_name_that_is_no_identifier_is_refused(form: Form, name: str) -> None:
    node = Node(NodeRef(NodeType.PERSON, "P1"), "P1", False, {name: "x"})
    if form.name == "html":  # names are shown there as text, like values
        assert form.render(Subgraph(1, (node,), ()), ABOUT)
        return
    with pytest.raises(ValueError, match=f"^{re.escape(name)}$"):
        form.render(Subgraph(1, (node,), ()), ABOUT)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_numbers_that_are_none_and_empty_values_are_left_out(form: Form) -> None:
    node = Node(NodeRef(NodeType.PERSON, "P1"), "", False, {"a": float("nan"), "b": float("inf"), "c": None, "d": 1.5})
    content = b"".join(form.render(Subgraph(1, (node,), ()), ABOUT).values()).decode("utf-8-sig")
    data = content if form.name != "html" else content[content.index('id="subgraph"') : content.index("</script>")]
    assert not re.search(r"\b(nan|inf|NaN|Infinity)\b", data)
    assert "1.5" in data


def test_masking_keeps_the_shape(masks: Masks) -> None:
    for world in (small(), large(1)):
        masked = masks.subgraph(world)
        assert len(masked.nodes) == len({node.ref for node in masked.nodes}) == len(world.nodes)
        assert sorted((e.kind, e.count, e.fund) for e in masked.edges) == sorted(
            (e.kind, e.count, e.fund) for e in world.edges
        )
        degrees = [
            sorted(d for _, d in nx.Graph([(e.source, e.target) for e in g.edges]).degree()) for g in (world, masked)
        ]
        assert degrees[0] == degrees[1]
        assert [node.ref for node in masked.nodes] == sorted(node.ref for node in masked.nodes)


def test_personal_ids_become_aliases_that_lead_back(masks: Masks) -> None:
    masked = masks.subgraph(small())
    phone = next(node for node in masked.nodes if node.ref.type is NodeType.PHONE)
    assert (phone.label, phone.ref.id[0]) == ("139****0001", "~")
    assert masks.aliases.resolve(phone.ref.id) == ("phone", "13900000001")
    assert masks.subgraph(small()) == masked, "the same id has the same alias"
    other = Masks(Aliases(masks.aliases.path.with_name("other.db"))).subgraph(small())
    assert phone.ref not in {node.ref for node in other.nodes}, "another workspace has another key"
    assert masks.aliases.path.stat().st_mode & 0o077 == 0


def test_undeclared_text_is_starred(masks: Masks) -> None:
    node = Node(NodeRef(NodeType.PERSON, "P1"), "王小明", False, {"note": "王小明的备注", "gend": "1", "visits": 3})
    assert masks.node(node).attributes == {"note": "****", "gend": "1", "visits": 3}


def test_every_text_of_the_graph_is_declared_somewhere() -> None:
    """Otherwise it would be starred for everybody, without anybody having decided so."""
    for type_, columns in NODE_ATTRIBUTES.items():
        declared = {name for table in DECLARED_IN[type_] for name in TABLES[table].names}
        assert {name for name, kind in columns.items() if pa.types.is_string(kind)} <= declared
    everywhere = {name for table in TABLES.values() for name in table.names}
    for columns in EDGE_ATTRIBUTES.values():
        assert {name for name, kind in columns.items() if pa.types.is_string(kind)} <= everywhere


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_delivered_files_are_masked_by_default(form: Form, masks: Masks, tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.db")
    focus = About(focus=NodeRef(NodeType.PHONE, "13900000001"))
    files = deliver(small(), tmp_path / f"ring{form.suffix}", focus, masks=masks, audit=audit)
    for file in files:
        content = file.read_text("utf-8-sig")
        assert not [secret for secret in SECRETS if secret in content]
        assert file.stat().st_mode & 0o077 == 0
    (entry,) = audit.entries()
    details = json.loads(entry.details)
    assert (entry.act, details["masked"], details["form"]) == ("export", True, form.name)
    assert sorted(details["files"]) == sorted(str(file) for file in files)
    assert "13900000001" not in entry.subject


def test_a_reason_delivers_everything(masks: Masks, tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit.db")
    (file,) = deliver(small(), tmp_path / "a.json", About(), masks=masks, audit=audit, reason="移送 case 12")
    assert all(secret in file.read_text() for secret in SECRETS[:4])
    assert audit.entries()[0].reason == "移送 case 12"


def test_no_entry_no_file(masks: Masks, tmp_path: Path) -> None:
    (tmp_path / "audit.db").mkdir()
    with pytest.raises(AuditError):
        deliver(small(), tmp_path / "a.json", About(), masks=masks, audit=Audit(tmp_path / "audit.db"))
    assert not list(tmp_path.glob("*a.json*"))


def test_a_file_that_cannot_be_written_leaves_the_old_one(masks: Masks, tmp_path: Path) -> None:
    (tmp_path / "a.edges.csv").mkdir()
    (tmp_path / "a.edges.csv" / "kept").touch()
    with pytest.raises(DeliveryError, match=r"a\.edges\.csv"):
        deliver(small(), tmp_path / "a.csv", About(), masks=masks, audit=Audit(tmp_path / "audit.db"))
    assert not list(tmp_path.glob(".a.*")), "no leftovers"


def test_the_suffix_chooses_the_form() -> None:
    assert [form_for(Path(f"x{form.suffix.upper()}")).name for form in FORMS] == [form.name for form in FORMS]
    with pytest.raises(NotFoundError, match=r"\.docx"):
        form_for(Path("x.docx"))
