"""Oddities that show only in the light of other rows."""

from datetime import date, datetime
from pathlib import Path

import pytest

from claims.cross import FlagCount, flag_counts, row_flag_counts
from claims.flags import RowFlag
from claims.reader import Claims
from claims.workspace import Workspace
from tests.claims.stages import item, load, person, refund, settlement


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def flagged(workspace: Workspace) -> list[tuple[str, ...]]:
    query = "SELECT table_name, key, flag, column_name, detail FROM flagged ORDER BY ALL"
    with Claims.open(workspace).connect() as connection:
        return connection.execute(query).fetchall()


def test_unknown_references_are_named(workspace: Workspace) -> None:
    load(
        workspace,
        {
            "insured": [person("P1")],
            "settlements": [
                settlement("S1"),
                settlement("S2", psn_no="P9", card_no=""),
                settlement("S3", card_no=None),
            ],
            "fee_items": [item("S1", "1"), item("S9", "7")],
        },
    )
    assert flagged(workspace) == [
        ("fee_items", "S9/7", "unknown_reference", "setl_id", "S9"),
        ("settlements", "S2", "unknown_reference", "psn_no", "P9"),
    ]


def test_a_table_that_was_never_loaded_accuses_nobody(workspace: Workspace) -> None:
    load(workspace, {"settlements": [settlement("S1", card_no="C1", chfpdr_code="D1")]})
    assert flagged(workspace) == []


def test_shared_certificate_names_the_persons_not_the_number(workspace: Workspace) -> None:
    people = [
        person("P1", certno=" 45010a "),
        person("P2", certno="45010A"),
        person("P3", certno=""),
        person("P4", certno=""),
    ]
    load(workspace, {"insured": people})
    assert flagged(workspace) == [
        ("insured", "P1", "shared_certno", "certno", "P1, P2"),
        ("insured", "P2", "shared_certno", "certno", "P1, P2"),
    ]


def test_visit_after_death(workspace: Workspace) -> None:
    dead = person("P1", die_date=date(2026, 1, 5))
    visits = [
        settlement("S1", begntime=datetime(2026, 1, 5, 23)),
        settlement("S2", begntime=datetime(2026, 1, 6)),
    ]
    load(workspace, {"insured": [dead], "settlements": visits})
    assert flagged(workspace) == [("settlements", "S2", "after_death", "begntime", "2026-01-05")]


def test_orphan_refund_is_flagged_once(workspace: Workspace) -> None:
    load(
        workspace, {"settlements": [settlement("S1"), refund("R1", "GONE", "-1"), refund("R2", "GONE", "1", flag="0")]}
    )
    assert flagged(workspace) == [
        ("settlements", "R1", "refund_orphan", "init_setl_id", "GONE"),
        ("settlements", "R2", "unknown_reference", "init_setl_id", "GONE"),
    ]


def test_a_later_register_clears_the_flag(workspace: Workspace) -> None:
    load(workspace, {"insured": [person("P9")], "settlements": [settlement("S1")]})
    assert len(flagged(workspace)) == 1
    load(workspace, {"insured": [person("P1")]})
    assert flagged(workspace) == []


def test_counts(workspace: Workspace) -> None:
    odd = int(RowFlag.AMOUNTS | RowFlag.ICD_SHAPE)
    rows = [settlement("S1", row_flags=odd), settlement("S2", row_flags=int(RowFlag.AMOUNTS)), settlement("S3")]
    load(workspace, {"insured": [person("P9")], "settlements": rows})
    with Claims.open(workspace).connect() as connection:
        assert flag_counts(connection) == (FlagCount("settlements", "unknown_reference", "psn_no", 3),)
        assert row_flag_counts(connection) == (
            FlagCount("settlements", "amounts", "", 2),
            FlagCount("settlements", "icd_shape", "", 1),
        )
