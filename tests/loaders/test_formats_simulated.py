"""A simulated county in the platform's layout is the same county as in the standard's."""

from pathlib import Path

import pytest

from claims.reader import Claims
from claims.simulator.run import simulate
from claims.workspace import Workspace
from loaders.load import load

# What setl_d and mdtrt_d carry; terminals and agents are not in the platform's extracts.
CARRIED = (
    "setl_id, mdtrt_id, psn_no, mdtrt_cert_type, card_no, fixmedins_code, med_type, setl_time, "
    "diag_code, medfee_sumamt, fund_pay_sumamt, acct_pay, acct_mulaid_pay, cash_payamt, adm_bed, refd_setl_flag, "
    "init_setl_id"
)
ITEMS = "setl_id, bkkp_sn, fee_ocur_time, med_list_codg, cnt, pric, det_item_fee_sumamt, bilg_dr_code"


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> tuple[Claims, Claims]:
    """The same county loaded from both layouts."""
    folder = tmp_path_factory.mktemp("counties")
    return _county(folder, "standard"), _county(folder, "platform")


def _county(folder: Path, layout: str) -> Claims:
    simulate(folder / layout, persons=600, days=21, seed=5, dirty=False, layout=layout)  # type: ignore[arg-type]
    workspace = Workspace(folder / f"{layout}-workspace")
    report = load(workspace, folder / layout)
    assert report.format == layout
    assert sum(table.quarantined for table in report.tables) == 0
    return Claims.open(workspace)


def _rows(claims: Claims, query: str) -> list[tuple[object, ...]]:
    with claims.connect() as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("table", ["settlements", "fee_items", "diagnoses"])
def test_claims_are_the_same(counties: tuple[Claims, Claims], table: str) -> None:
    columns = {"settlements": CARRIED, "fee_items": ITEMS, "diagnoses": "setl_id, diag_code, maindiag_flag"}[table]
    query = f"SELECT {columns} FROM {table} ORDER BY ALL"
    standard, platform = (_rows(claims, query) for claims in counties)
    assert len(standard) > 100
    assert platform == standard


def test_visits_have_the_same_times_and_doctors(counties: tuple[Claims, Claims]) -> None:
    # a refund belongs to its visit: the platform takes time and doctor from there
    query = """
        SELECT setl_id, chfpdr_code, begntime, CASE med_type WHEN '21' THEN endtime END FROM settlements
        WHERE refd_setl_flag IS DISTINCT FROM '1' ORDER BY ALL"""
    standard, platform = (_rows(claims, query) for claims in counties)
    assert platform == standard


def test_persons_are_derived_as_the_register_has_them(counties: tuple[Claims, Claims]) -> None:
    query = "SELECT psn_no, psn_name, certno, gend, brdy, tel FROM insured ORDER BY ALL"
    register, derived = ({row[0]: row for row in _rows(claims, query)} for claims in counties)
    shared = register.keys() & derived.keys()  # visitors from elsewhere are in no register here
    assert len(shared) > 100
    assert {number: derived[number] for number in shared} == {number: register[number] for number in shared}
