"""Two writers wait for each other, or one is told; readers neither wait nor see half a load."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from claims.errors import BusyError
from claims.lock import WriterLock
from claims.reader import Claims
from claims.vacuum import vacuum
from claims.workspace import Workspace
from claims.writer import Writer
from tests.claims.stages import load, settlement, stage

HOLD = """
import sys, time
from pathlib import Path
from claims.lock import WriterLock
lock = WriterLock.acquire(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def test_second_writer_is_told_who_holds_it(workspace: Workspace) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(workspace.lock)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(BusyError, match=f"process {holder.pid} of .* since 20"):
            Writer.open(workspace)
        with pytest.raises(BusyError):
            load(workspace, {})
        holder.kill()
        holder.wait()
        load(workspace, {"settlements": [settlement("S1")]})  # a killed process holds nothing
        with pytest.raises(BusyError), Writer.open(workspace):
            vacuum(workspace)
    finally:
        holder.kill()
        holder.wait()
        assert holder.stdout is not None
        holder.stdout.close()


def test_writer_that_refuses_leaves_the_lock_free(workspace: Workspace) -> None:
    with Writer.open(workspace), pytest.raises(BusyError):
        Writer.open(workspace, wait=0.2)
    WriterLock.acquire(workspace.lock).release()


def test_second_load_waits_and_builds_on_the_first(workspace: Workspace) -> None:
    def second() -> None:
        with Writer.open(workspace, wait=30) as writer:
            seen.append(writer.base.id if writer.base else 0)
            writer.merge("settlements", stage(writer.staging / "s", "settlements", [settlement("S2")]))
            writer.commit("second", {})

    seen: list[int] = []
    with Writer.open(workspace) as writer:
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.3)
        writer.merge("settlements", stage(writer.staging / "s", "settlements", [settlement("S1")]))
        writer.commit("first", {})
    waiting.join()
    assert seen == [1]
    with Claims.open(workspace).connect() as connection:
        assert connection.execute("SELECT setl_id FROM settlements ORDER BY 1").fetchall() == [("S1",), ("S2",)]


def test_reader_sees_the_whole_old_version_while_a_load_runs(workspace: Workspace) -> None:
    load(workspace, {"settlements": [settlement("S1", "1.00"), settlement("S2", "1.00")]})
    query = "SELECT setl_id, fund_pay_sumamt FROM settlements ORDER BY 1"
    opened = Claims.open(workspace)
    with opened.connect() as connection, Writer.open(workspace) as writer:
        old = connection.execute(query).fetchall()
        changed = [settlement("S1", "2.00"), settlement("S3", "2.00")]
        writer.merge("settlements", stage(writer.staging / "s", "settlements", changed))
        with Claims.open(workspace).connect() as during:
            assert during.execute(query).fetchall() == old
        writer.commit("", {})
        assert connection.execute(query).fetchall() == old
    assert opened.version.id == 1
    with Claims.open(workspace).connect() as connection:
        assert connection.execute("SELECT count(*) FROM settlements").fetchone() == (3,)


def test_reading_all_the_while(workspace: Workspace) -> None:
    """Every state a reader finds is one that was committed: N loads of two tables move together."""
    stop = threading.Event()
    torn: list[tuple[object, ...]] = []

    def read() -> None:
        while not stop.is_set():
            with Claims.open(workspace).connect(threads=1) as connection:
                row = connection.execute(
                    "SELECT (SELECT sum(fund_pay_sumamt) FROM settlements), (SELECT max(tel)::INT FROM insured)"
                ).fetchone()
            if row is None or row[0] != row[1]:
                torn.append(row or ())

    def write(number: int) -> None:
        load(
            workspace,
            {
                "settlements": [settlement("S1", f"{number}.00")],
                "insured": [{"psn_no": "P1", "tel": str(number)}],
            },
        )

    write(1)
    reader = threading.Thread(target=read)
    reader.start()
    for number in range(2, 10):
        write(number)
    stop.set()
    reader.join()
    assert torn == []
