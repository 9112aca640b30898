"""Two people never get the same case, and one ring never two: processes at once, on both databases."""

import multiprocessing
from collections import Counter
from multiprocessing.queues import Queue
from pathlib import Path

from cases.people import Actor, Role
from cases.work.board import Board
from tests.cases.work.casework import ANNA, CLARA, HERE, WHY, Bureau

TAKERS, CASES = 4, 12


def take_all(address: str | Path, name: str, told: "Queue[tuple[str, list[str]]]") -> None:
    """Take until nothing waits."""
    bureau = Bureau.at(address)
    actor = Actor(name, frozenset({Role.INVESTIGATOR}), frozenset({HERE}))
    got = []
    while (case := bureau.book.take_next(actor, WHY)) is not None:
        got.append(case.id)
    told.put((name, got))


def open_all(address: str | Path, name: str, rings: list[str], told: "Queue[tuple[str, list[str]]]") -> None:
    """Open a case of every ring."""
    bureau = Bureau.at(address)
    actor = Actor(name, frozenset({Role.INVESTIGATOR}), frozenset({HERE}))
    told.put((name, [bureau.book.open_ring(actor, ring, WHY).id for ring in rings]))


def at_once(target: object, arguments: list[tuple[object, ...]]) -> dict[str, list[str]]:
    context = multiprocessing.get_context("forkserver")
    told = context.Queue()
    children = [context.Process(target=target, args=(*given, told)) for given in arguments]
    for child in children:
        child.start()
    found = dict(told.get(timeout=90) for _child in children)
    for child in children:
        child.join()
    return found


def test_takers_share_the_cases_out(address: str | Path) -> None:
    bureau = Bureau.at(address)
    for ring in bureau.rings(CASES):
        bureau.book.open_ring(ANNA, ring.id, WHY)
    got = at_once(take_all, [(address, f"taker{n}") for n in range(TAKERS)])
    taken = Counter(case for cases in got.values() for case in cases)
    assert len(taken) == CASES
    assert set(taken.values()) == {1}
    owners = {case.id: case.owner for case in bureau.book.list(CLARA)}
    assert all(owners[case] == name for name, cases in got.items() for case in cases)
    assert {load.owner: load.open for load in Board(bureau.book).workload(CLARA)} == {
        name: len(cases) for name, cases in got.items() if cases
    }


def test_a_ring_gets_one_case_however_many_open_it(address: str | Path) -> None:
    bureau = Bureau.at(address)
    rings = [ring.id for ring in bureau.rings(4)]
    got = at_once(open_all, [(address, f"opener{n}", rings) for n in range(3)])
    assert len({tuple(cases) for cases in got.values()}) == 1
    assert len(bureau.book.list(CLARA)) == len(rings)
