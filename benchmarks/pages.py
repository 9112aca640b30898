"""Twenty people at once: how long a click takes, and what a session costs in memory.

    python -m benchmarks.pages [--users 20] [--clicks 12] [--think 5] [--rings 100000]
    python -m benchmarks.pages --workspace W

Starts the server the tests start, over invented rings, or with `--workspace` the real one over a copy of a detected
county, and speaks its protocol over WebSockets. Each user opens the rings, turns pages, filters and goes to the desk,
over a county also to rings, to their members, to cases and runs, with a pause between clicks. The time of a click is
from its message to the end of the script; the browser's drawing is not in it (`benchmarks.first_visit`).
"""

import argparse
import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from statistics import median
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.util import calc_hash
from websockets.asyncio.client import ClientConnection, connect

from cases.store import CaseStore
from claims.workspace import Workspace
from tests.ui.app.test_browser import served
from tests.ui.app.test_ring_walk import served as served_county
from tests.ui.app.world import add_people, copy_of
from ui.auth.doorkeeper import COOKIE
from ui.auth.schema import open_engine
from ui.auth.sessions import Sessions
from ui.service.ring_query import Group, Ranking

Click = tuple[str, dict[str, str]]


def clicks(random: Random, count: int, pages: int, deeper: Sequence[Click] = ()) -> Sequence[Click]:
    """What one user does; half of the clicks are `deeper` where there are such."""
    found: list[Click] = [("rings", {})]
    for _ in range(count - 1):
        kind = random.random()
        if deeper and random.random() < 0.5:
            found.append(random.choice(deeper))
        elif kind < 0.15:
            found.append(("", {}))
        elif kind < 0.5:
            found.append(("rings", {"page": str(random.randint(1, pages))}))
        else:
            filters = {"ranking": random.choice(list(Ranking)).value, "score": f"{random.choice((0, 0.5, 0.8)):g}"}
            found.append(("rings", filters | {"group": random.choice(list(Group)).value}))
    return found


def county_clicks(workspace: Workspace) -> Sequence[Click]:
    """Pages of the rings of a county and of their members, cases and runs."""
    rings = CaseStore.open(workspace.cases).rings()
    found: list[Click] = [("cases", {}), ("runs", {})]
    for ring in rings:
        found.append(("ring", {"ring": ring.id}))
        found += [("entity", {"type": member.type.value, "id": member.id}) for member in ring.picture.members[:2]]
    return found


async def click(socket: ClientConnection, page: str, parameters: dict[str, str]) -> float:
    """Ask for a page and wait until its script has finished; return the seconds."""
    message = BackMsg()
    message.rerun_script.query_string = urlencode(parameters)
    message.rerun_script.page_script_hash = calc_hash(page)
    began = time.perf_counter()
    await socket.send(message.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(await socket.recv())
        if answer.WhichOneof("type") == "script_finished" and answer.script_finished == 0:
            return time.perf_counter() - began


async def user(address: str, token: str, number: int, options: argparse.Namespace) -> list[float]:
    """One person's morning; the first page is not counted."""
    random = Random(number)
    url = address.replace("http", "ws") + "/_stcore/stream"
    headers = {"Cookie": f"{COOKIE}={token}", "Origin": address}
    await asyncio.sleep(random.random() * options.think)
    async with connect(url, additional_headers=headers, max_size=None, subprotocols=["streamlit"]) as socket:  # type: ignore[list-item]
        times = []
        for page, parameters in clicks(random, options.clicks + 1, max(1, options.rings // 40), options.deeper):
            times.append(await click(socket, page, parameters))
            await asyncio.sleep(options.think * (0.5 + random.random()))
    return times[1:]


async def crowd(address: str, tokens: Sequence[str], options: argparse.Namespace) -> list[float]:
    """Everybody at once."""
    found = await asyncio.gather(*(user(address, token, n, options) for n, token in enumerate(tokens)))
    return sorted(seconds for times in found for seconds in times)


def server_process(port: str) -> int:
    """Number of the process that serves on a port."""
    shown = subprocess.run(["pgrep", "-f", f"server.port={port}"], capture_output=True, text=True, check=True).stdout
    return int(shown.split()[0])


def memory(port: str) -> float:
    """Resident megabytes of the server."""
    status = Path(f"/proc/{server_process(port)}/status").read_text("utf-8")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@contextmanager
def site(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, Workspace]]:
    """A server over the county, or over invented rings; yield its address and its workspace."""
    options.deeper = ()
    if options.workspace:
        workspace = copy_of(Workspace(options.workspace), folder / "county")
        options.deeper = county_clicks(workspace)
        options.rings = len(CaseStore.open(workspace.cases).rings())
        add_people(workspace)
        with served_county(workspace, folder / "server.log") as address:
            yield address, workspace
        return
    workspace = Workspace(folder)
    add_people(workspace)
    with served(workspace, folder / "server.log", patience=900, RINGS=str(options.rings)) as address:
        yield address, workspace


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--clicks", type=int, default=12)
    parser.add_argument("--think", type=float, default=5.0)
    parser.add_argument("--rings", type=int, default=100_000)
    parser.add_argument("--workspace", type=Path, help="a county with a graph and rings, which is copied")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, site(Path(folder), options) as (address, workspace):
        sessions = Sessions(open_engine(workspace.cases))
        tokens = [sessions.open("li", "127.0.0.1") for _ in range(options.users)]
        port = address.rpartition(":")[2]
        asyncio.run(crowd(address, tokens[:1], argparse.Namespace(**vars(options) | {"clicks": 3, "think": 0.1})))
        before = memory(port)
        times = asyncio.run(crowd(address, tokens, options))
        after = memory(port)
    print(f"{options.users} users, {len(times)} clicks, {options.rings:,} rings, {os.cpu_count()} cores")
    print(f"p50 {median(times):.3f} s   p95 {times[int(len(times) * 0.95)]:.3f} s   most {times[-1]:.3f} s")
    print(f"server {after:.0f} MB, {(after - before) / options.users:.2f} MB per session")


if __name__ == "__main__":
    main()
