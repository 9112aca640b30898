"""Peeling against a slow plain oracle, and blocks that are no accident."""

import numpy as np
import pytest

from detectors.collusion.dense_blocks import DenseBlocks
from detectors.collusion.peeling import densest, repeated
from detectors.finding import Finding
from detectors.snapshot import Ints
from tests.detectors.planted_collusion import World, merged, places, regulars, together
from tests.detectors.worlds import snapshot_of

WEEKS = (2, 5, 7, 9, 11, 15, 17, 19)


def dense(*worlds: World) -> list[Finding]:
    """Findings over the line."""
    found = DenseBlocks().detect(snapshot_of(merged(places(), regulars(), *worlds)))
    return [finding for finding in found if finding.score >= 0.5]


def density(triples: Ints) -> float:
    """Mass over the count of different persons, doctors and weeks."""
    return len(triples) / sum(len(np.unique(column)) for column in triples.T) if len(triples) else 0.0


def best_density(triples: Ints) -> float:
    """The best density of all blocks, trying every set of persons, doctors and weeks."""
    sizes = [int(column.max()) + 1 for column in triples.T]
    bits = [[[k for k in range(size) if mask >> k & 1] for mask in range(1, 1 << size)] for size in sizes]
    return max(
        density(triples[np.isin(triples[:, 0], a) & np.isin(triples[:, 1], b) & np.isin(triples[:, 2], c)])
        for a in bits[0]
        for b in bits[1]
        for c in bits[2]
    )


@pytest.mark.parametrize("seed", range(6))
def test_peeling_is_within_its_bound_of_the_best_block(seed: int) -> None:
    rng = np.random.default_rng(seed)
    triples = np.unique(rng.integers(0, (5, 2, 4), (14, 3)), axis=0)
    triples = np.column_stack([np.unique(column, return_inverse=True)[1] for column in triples.T])
    block = densest(triples)
    assert block.density == pytest.approx(density(triples[block.rows]))
    assert best_density(triples) / 3 <= block.density <= best_density(triples) + 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_block_is_peeled_out_of_noise(seed: int) -> None:
    rng = np.random.default_rng(seed)
    block = np.array([(p, 0, w) for p in range(12) for w in range(6)])
    noise = np.column_stack([rng.integers(12, 300, 400), rng.integers(1, 9, 400), rng.integers(0, 26, 400)])
    triples = np.unique(np.vstack([block, noise]), axis=0)
    triples = np.column_stack([np.unique(column, return_inverse=True)[1] for column in triples.T])
    assert set(triples[densest(triples).rows, 0]) >= set(range(12))


def test_nothing_is_no_block() -> None:
    assert densest(np.empty((0, 3), np.int64)).density == 0.0
    assert repeated(np.array([1, 1, 2]), 2).tolist() == [True, True, False]


def test_the_same_weeks_again_and_again_are_found_and_a_rhythm_of_ones_own_is_not() -> None:
    finding = dense(together(14, WEEKS))[0]
    assert {subject.id for subject in finding.subjects} == {*(f"G{n}" for n in range(14)), "H1", "D1"}
    assert not dense()
    assert not dense(together(14, tuple(range(24))))


@pytest.mark.parametrize(("persons", "flagged"), [(4, False), (14, True)])
def test_five_families_are_needed(persons: int, flagged: bool) -> None:
    assert bool(dense(together(persons, WEEKS))) is flagged


@pytest.mark.parametrize(("weeks", "flagged"), [((3, 4), False), (WEEKS, True)])
def test_an_outing_is_no_block(weeks: tuple[int, ...], flagged: bool) -> None:
    assert bool(dense(together(14, weeks))) is flagged
