"""Any sequence of loads leaves what a plain dictionary says, in every version."""

import tempfile
from datetime import datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.flags import RowFlag
from claims.merge import MergeCounts
from claims.reader import Claims
from claims.workspace import Workspace
from claims.writer import Writer
from tests.claims.stages import person, settlement, stage

KEYS = ("S1", "S2", "S3", "S4", "很长" * 20)
AMOUNTS = ("1.00", "2.00")
TIMES = (datetime(2026, 1, 31, 23), datetime(2026, 2, 1), datetime(2025, 12, 1))

settlement_batch = st.dictionaries(
    st.sampled_from(KEYS), st.tuples(st.sampled_from(AMOUNTS), st.sampled_from(TIMES)), max_size=5
)
# A load may merge the same table several times; some loads are given up before their commit.
settlement_loads = st.lists(st.tuples(st.lists(settlement_batch, min_size=1, max_size=2), st.booleans()), max_size=6)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(settlement_loads)
def test_loads_against_a_dictionary(loads: list[tuple[list[dict[str, tuple[str, datetime]]], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        state: dict[str, tuple[str, datetime]] = {}
        history: dict[int, dict[str, tuple[str, datetime]]] = {}
        for batches, keep in loads:
            after = dict(state)
            with Writer.open(workspace) as writer:
                for number, batch in enumerate(batches):
                    counts = _merge_settlements(writer, number, batch)
                    assert counts == _expected(after, batch)
                    after |= batch
                version = writer.commit("", {}) if keep else None
            # A load whose merges undo each other may make a version that holds the same rows.
            assert version is not None or not keep or after == state
            state = after if keep else state
            if version is not None:
                history[version.id] = dict(state)
        for number, expected in history.items():
            assert _read(workspace, number) == expected
        assert len(history) == max(history, default=0)


def _merge_settlements(writer: Writer, number: int, batch: dict[str, tuple[str, datetime]]) -> MergeCounts:
    rows = [settlement(key, fund, setl_time=time) for key, (fund, time) in batch.items()]
    return writer.merge("settlements", stage(writer.staging / f"s{number}", "settlements", rows))


def _expected(state: dict[str, tuple[str, datetime]], batch: dict[str, tuple[str, datetime]]) -> MergeCounts:
    new = sum(key not in state for key in batch)
    unchanged = sum(state.get(key) == row for key, row in batch.items())
    return MergeCounts(new, len(batch) - new - unchanged, unchanged)


def _read(workspace: Workspace, version: int) -> dict[str, tuple[str, datetime]]:
    claims = Claims.open(workspace, version)
    with claims.connect() as connection:
        rows = connection.execute("SELECT setl_id, fund_pay_sumamt, setl_time, month FROM settlements").fetchall()
    assert len(rows) == claims.version.rows["settlements"]
    assert all(time.strftime("%Y-%m") == month for _, _, time, month in rows)
    return {key: (str(fund), time) for key, fund, time, _ in rows}


register_batch = st.dictionaries(st.sampled_from(("P1", "P2", "P3")), st.sampled_from(("1", "2")), max_size=3)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(register_batch, st.booleans()), max_size=6))
def test_derived_rows_against_a_dictionary(loads: list[tuple[dict[str, str], bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        state: dict[str, tuple[str, bool]] = {}
        for batch, derived in loads:
            flag = int(RowFlag.DERIVED) if derived else 0
            rows = [person(key, tel=tel, row_flags=flag) for key, tel in batch.items()]
            with Writer.open(workspace) as writer:
                writer.merge("insured", stage(writer.staging / "s", "insured", rows), derived=derived)
                writer.commit("", {})
            for key, tel in batch.items():
                if not derived or key not in state or state[key][1]:
                    state[key] = (tel, derived)
        if state:
            with Claims.open(workspace).connect() as connection:
                found = connection.execute("SELECT psn_no, tel, row_flags FROM insured").fetchall()
            assert {key: (tel, flags != 0) for key, tel, flags in found} == state
            assert len(found) == len(state)
