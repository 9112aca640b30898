"""What becomes a node, what becomes an edge, and what does not: on claims of a few rows."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from claims.errors import NotFoundError
from claims.workspace import Workspace
from graph.build import build
from graph.embedded import EmbeddedStore
from graph.model import NodeRef, NodeType
from graph.tables import GraphTables, node_schema
from tests.claims.stages import Row, item, load, person, refund, settlement
from tests.graph.building import edges_of, nodes_of, pairs

NOON = datetime(2026, 1, 7, 12, 0)


def built(folder: Path, **tables: list[Row]) -> GraphTables:
    """Load the rows and build their graph."""
    workspace = Workspace(folder)
    load(workspace, tables)
    return build(workspace)


def test_a_card_is_a_node_only_where_a_card_was_shown(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        settlements=[
            settlement("S1", mdtrt_cert_type="03", card_no="C1", term_id="T1"),
            settlement("S2", mdtrt_cert_type="01", card_no="C2", mdtrt_cert_no="TOKEN", term_id="T1"),
            settlement("S3", mdtrt_cert_type="02", card_no="C3", term_id="T2"),
            settlement("S4", mdtrt_cert_type="04", card_no="C4", term_id="T3"),
            settlement("S5", card_no="C5", term_id="T4"),
            settlement("S6", mdtrt_cert_type="03", mdtrt_cert_no="C6"),
            settlement("S7", mdtrt_cert_no="TOKEN2", term_id="T5"),
        ],
    )
    assert [row["id"] for row in nodes_of(tables, NodeType.CARD)] == ["C1", "C5", "C6"]
    assert pairs(tables, "USED_CARD.person.card") == [("P1", "C1"), ("P1", "C5"), ("P1", "C6")]
    assert pairs(tables, "USED_AT.card.institution") == [("C1", "H1"), ("C5", "H1"), ("C6", "H1")]
    assert pairs(tables, "SWIPED_ON.card.terminal") == [("C1", "H1/T1"), ("C5", "H1/T4")]
    assert pairs(tables, "SWIPED_ON.person.terminal") == [(("P1"), f"H1/T{n}") for n in (1, 2, 3, 5)]


def test_measures_are_sums_over_net_settlements_of_all_months(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        settlements=[
            settlement("S1", "60.00"),
            settlement("S2", "0.35", total="1.00", setl_time=datetime(2026, 3, 1, 8)),
            settlement("S3", "20.00", setl_time=datetime(2026, 2, 1)),
            settlement("S4", "50.00"),
            refund("R3", "S3", "-20.00") | {"setl_time": datetime(2026, 3, 9)},
            refund("R4", "S4", "-10.00") | {"setl_time": datetime(2026, 3, 9)},
        ],
    )
    (visited,) = edges_of(tables, "VISITED.person.institution")
    assert visited == {
        "source": "P1",
        "target": "H1",
        "count": 3,
        "fund": 6000 + 35 + 4000,
        "first": datetime(2026, 1, 5, 9),
        "last": datetime(2026, 3, 1, 8),
    }
    visits = pq.read_table(tables.visits).to_pylist()
    assert [(row["setl_id"], row["fund"]) for row in visits] == [("S1", 6000), ("S4", 4000), ("S2", 35)]


def test_terminals_are_told_apart_by_their_institution(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        settlements=[settlement("S1", term_id="T1"), settlement("S2", term_id="T1", fixmedins_code="H2")],
    )
    assert [(row["id"], row["label"]) for row in nodes_of(tables, NodeType.TERMINAL)] == [
        ("H1/T1", "T1"),
        ("H2/T1", "T1"),
    ]
    (first, _) = edges_of(tables, "LOCATED_AT.terminal.institution")
    assert (first["target"], first["count"], first["fund"], first["first"]) == ("H1", 1, 0, None)


def test_doctors_treat_and_prescribe(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        settlements=[
            settlement("S1", chfpdr_code="D1"),
            settlement("S2", fixmedins_code="H2", med_type="41", prsc_dr_code="D2"),
        ],
        practitioners=[
            {"dr_code": "D1", "dr_name": "赵医生", "fixmedins_code": "H2", "dept_codg": "02", "prac_type": "1"},
            {"dr_code": "D1", "dr_name": "赵医生", "fixmedins_code": "H1", "dept_codg": "01", "prac_type": "2"},
        ],
    )
    assert pairs(tables, "TREATED_BY.person.doctor") == [("P1", "D1")]
    assert pairs(tables, "PRESCRIBED.doctor.person") == [("D2", "P1")]
    assert pairs(tables, "FILLED_AT.doctor.institution") == [("D2", "H2")]
    works = [(row["target"], row["dept_codg"]) for row in edges_of(tables, "WORKS_AT.doctor.institution")]
    assert works == [("H1", "01"), ("H2", "02")]
    known, placeholder = nodes_of(tables, NodeType.DOCTOR)
    assert (known["label"], known["dept_codg"], known["prac_type"], known["placeholder"]) == (
        "赵医生",
        "01",
        "2",
        False,
    )
    assert (placeholder["id"], placeholder["label"], placeholder["placeholder"]) == ("D2", "", True)


def test_whoever_is_in_no_register_is_a_placeholder_and_counted(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        insured=[person("P1")],
        cards=[{"card_no": "C1", "psn_no": "P8"}],
        relations=[{"psn_no": "P1", "rel_psn_no": "P7", "rel_type": "1"}],
        settlements=[settlement("S1", psn_no="P9", card_no="C2", chfpdr_code="D1")],
    )
    assert {row["id"]: row["placeholder"] for row in nodes_of(tables, NodeType.PERSON)} == {
        "P1": False,
        "P7": True,
        "P8": True,
        "P9": True,
    }
    assert tables.manifest.placeholders == {"person": 3, "card": 1, "doctor": 1, "institution": 1}
    assert tables.manifest.nodes == {"person": 4, "card": 2, "doctor": 1, "institution": 1}


def test_persons_carry_what_the_register_says(tmp_path: Path) -> None:
    row = person(
        "P1", certno="45010219600307123X", gend="1", brdy=date(1960, 3, 7), insutype="390", psn_type="11",
        insu_admdvs="450102", die_date=date(2026, 1, 1), emp_no="E1", emp_name="示例厂",
    )  # fmt: skip
    tables = built(tmp_path, insured=[row])
    (node,) = nodes_of(tables, NodeType.PERSON)
    assert list(node) == node_schema(NodeType.PERSON).names
    assert (node["brdy"], node["die_date"], node["emp_no"], node["label"]) == (
        "1960-03-07",
        "2026-01-01",
        "E1",
        "王小明",
    )
    assert pairs(tables, "EMPLOYED_BY.person.employer") == [("P1", "E1")]
    assert nodes_of(tables, NodeType.EMPLOYER) == [{"id": "E1", "label": "示例厂", "placeholder": False}]


def test_institutions_and_cards_carry_what_the_register_says(tmp_path: Path) -> None:
    place = {
        "fixmedins_code": "H1", "fixmedins_name": "新河镇卫生院", "fixmedins_type": "1", "bed_cnt": 40,
        "lnt": Decimal("108.320000"), "lat": Decimal("22.820000"), "legrep_name": "钱某",
    }  # fmt: skip
    card = {"card_no": "C1", "psn_no": "P1", "card_type": "03", "loss_date": date(2026, 1, 2)}
    tables = built(tmp_path, institutions=[place], cards=[card])
    (node,) = nodes_of(tables, NodeType.INSTITUTION)
    assert (node["label"], node["bed_cnt"], node["lnt"], node["lat"]) == ("新河镇卫生院", 40, 108.32, 22.82)
    (held,) = nodes_of(tables, NodeType.CARD)
    assert (held["card_type"], held["loss_date"], held["stop_date"]) == ("03", "2026-01-02", None)
    assert pairs(tables, "HOLDS.person.card") == [("P1", "C1")]


TELEPHONES = {
    "13900000001": "13900000001",
    "139-0000 0001": "13900000001",
    "+86 139 0000 0001": "13900000001",
    "008613900000001": "13900000001",
    "１３９００００１２３４": "13900001234",
    "0771-5551234": "07715551234",
    "5551234": "5551234",
    "555123": None,
    "0000000": None,
    "11111111111": None,
    "无": None,
    "": None,
}


def test_telephones(tmp_path: Path) -> None:
    tables = built(tmp_path, insured=[person(f"P{n:02d}", tel=stated) for n, stated in enumerate(TELEPHONES)])
    numbered = [(f"P{n:02d}", key) for n, key in enumerate(TELEPHONES.values()) if key]
    assert pairs(tables, "HAS_PHONE.person.phone") == numbered
    assert tables.manifest.left_out == {"HAS_PHONE.person.phone": 4}


ADDRESSES = {
    "平安县新河镇一村8号": "平安县新河镇一村8号",
    " 平安县　新河镇 一村８号\t": "平安县新河镇一村8号",
    "平安县㈠村": "平安县(一)村",
    "无": None,
    "本 村": None,
    "": None,
}


def test_addresses(tmp_path: Path) -> None:
    tables = built(tmp_path, insured=[person(f"P{n}", addr=stated) for n, stated in enumerate(ADDRESSES)])
    assert pairs(tables, "HAS_ADDRESS.person.address") == [(f"P{n}", k) for n, k in enumerate(ADDRESSES.values()) if k]
    assert tables.manifest.left_out == {"HAS_ADDRESS.person.address": 2}


def test_accounts_of_three_registers_meet(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        insured=[person("P1", bankacct="6222 0001 0001"), person("P2", bankacct="0000000000")],
        institutions=[
            {"fixmedins_code": "H1", "fixmedins_name": "药店", "fixmedins_type": "2", "bankacct": "622200010001"}
        ],
        practitioners=[{"dr_code": "D1", "dr_name": "赵", "fixmedins_code": "H1", "bankacct": "6222-0001-0001"}],
    )
    ends = [pairs(tables, f"HAS_ACCOUNT.{type_}.account") for type_ in ("person", "institution", "doctor")]
    assert ends == [[("P1", "622200010001")], [("H1", "622200010001")], [("D1", "622200010001")]]
    assert tables.manifest.left_out == {"HAS_ACCOUNT.person.account": 1}


def test_relations_of_a_pair_are_one_edge(tmp_path: Path) -> None:
    def relation(rel_type: str, other: str = "P2", **dates: date) -> Row:
        return {"psn_no": "P1", "rel_psn_no": other, "rel_type": rel_type, **dates}

    day, later = date(2020, 1, 1), date(2025, 1, 1)
    tables = built(
        tmp_path,
        relations=[
            relation("3", begndate=day),
            relation("1", begndate=later, enddate=later),
            relation("2", "P3", begndate=day, enddate=later),
            relation("1", "P1"),
        ],
    )
    first, second = edges_of(tables, "RELATED.person.person")
    assert (first["rel_type"], first["begndate"], first["enddate"], first["count"]) == ("1,3", "2020-01-01", None, 1)
    assert (second["target"], second["rel_type"], second["enddate"]) == ("P3", "2", "2025-01-01")
    assert tables.manifest.left_out == {"RELATED.person.person": 1}


def test_agents_by_telephone_and_certificate(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        insured=[
            person("P1", certno="X1"),
            person("P2", certno="x2"),
            person("P3", certno="X2"),
            person("P4", certno="X1"),
        ],
        settlements=[
            settlement("S1", agnter_certno="X2", agnter_tel="139-0000-0001"),
            settlement("S2", agnter_certno="x1", agnter_tel="0000"),
            settlement("S3", agnter_certno="UNKNOWN"),
        ],
    )
    assert pairs(tables, "ACTED_FOR.person.person") == [("P2", "P1"), ("P3", "P1")]
    assert pairs(tables, "AGENT_PHONE.person.phone") == [("P1", "13900000001")]
    assert tables.manifest.left_out == {"AGENT_PHONE.person.phone": 1, "ACTED_FOR.person.person": 1}


def test_a_box_seen_once_links_nothing(tmp_path: Path) -> None:
    tables = built(
        tmp_path,
        settlements=[
            settlement("S1"),
            settlement("S2", psn_no="P2", fixmedins_code="H2"),
            settlement("S3"),
            refund("R3", "S3", "-60.00"),
        ],
        fee_items=[
            item("S1", "1", amount="12.34", drug_trac_codg="SHARED", fee_ocur_time=NOON),
            item("S2", "1", drug_trac_codg="SHARED"),
            item("S2", "2", drug_trac_codg="SHARED", fee_ocur_time=None),
            item("S1", "2", drug_trac_codg="TWICE IN ONE"),
            item("S1", "3", drug_trac_codg="TWICE IN ONE"),
            item("S1", "4", drug_trac_codg="GIVEN BACK"),
            item("S3", "1", drug_trac_codg="GIVEN BACK"),
            item("S1", "5", drug_trac_codg="ONCE"),
            item("S1", "6"),
        ],
    )  # fmt: skip
    assert [row["id"] for row in nodes_of(tables, NodeType.DRUG_BOX)] == ["SHARED"]
    first, second = edges_of(tables, "RECEIVED.person.drug_box")
    assert (first["source"], first["count"], first["fund"], first["charge"], first["first"]) == ("P1", 1, 0, 1234, NOON)
    assert (second["source"], second["count"], second["charge"]) == ("P2", 2, 2000)
    assert pairs(tables, "DISPENSED.institution.drug_box") == [("H1", "SHARED"), ("H2", "SHARED")]


def test_no_claims_at_all_is_an_empty_graph(tmp_path: Path) -> None:
    tables = built(tmp_path, verdicts=[
        {"subject_type": "person", "subject_id": "P1", "verdict": "cleared", "decided_at": NOON},
    ])  # fmt: skip
    store = EmbeddedStore.open(Workspace(tmp_path))
    assert tables.manifest.nodes == store.node_counts() == store.edge_counts() == {}
    assert store.search("P1") == ()
    with pytest.raises(NotFoundError):
        store.node(NodeRef(NodeType.PERSON, "P1"))


def test_a_question_of_the_issue_is_answered(tmp_path: Path) -> None:
    built(
        tmp_path,
        insured=[person("P1"), person("P2", psn_name="李秀英")],
        cards=[{"card_no": "C1", "psn_no": "P1"}],
        settlements=[
            settlement("S1", card_no="C1", term_id="T1"),
            settlement("S2", psn_no="P2", card_no="C1", term_id="T1"),
        ],
    )
    store = EmbeddedStore.open(Workspace(tmp_path))
    card = NodeRef(NodeType.CARD, "C1")
    users = [n.node.label for n in store.neighbours(card) if n.edge.kind.type == "USED_CARD"]
    assert users == ["王小明", "李秀英"]
    assert [visit.person for visit in store.visits(card)] == ["P1", "P2"]
