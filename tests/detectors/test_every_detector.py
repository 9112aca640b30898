"""Promises that every detector keeps, each on its own planted world."""

import hashlib
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest

from detectors import DETECTORS
from detectors.contract import Detector, missing
from detectors.finding import ALERT_LINE, Finding
from tests.detectors.worlds import Planted, Rows, snapshot_of

Row = Mapping[str, object]
FAMILIES = ("shared_card", "copresence", "collusion", "identity_reuse")
CARDS = Path(__file__).parents[2] / "docs" / "detectors"
HEADINGS = (
    "## Goal",
    "## Legal basis",
    "## Method",
    "## Data",
    "## Parameters",
    "## Blind spots",
    "## Innocent look-alikes",
    "## Measured",
    "## How to make it fire",
    "## What the reviewer does",
)

every_detector = pytest.mark.parametrize("detector", DETECTORS, ids=[detector.name for detector in DETECTORS])


@cache
def planted(name: str) -> Planted:
    """The planted world of one detector."""
    for family in FAMILIES:
        module = importlib.import_module(f"tests.detectors.planted_{family}")
        if name in module.PLANTED:
            found: Planted = module.PLANTED[name]
            return found
    raise KeyError(name)


def found(detector: Detector, rows: Rows, shuffled: int | None = None) -> list[Finding]:
    """Findings in a world."""
    return list(detector.detect(snapshot_of(rows, shuffled=shuffled)))


def above(findings: Iterable[Finding]) -> list[Finding]:
    """Findings over the alert line."""
    return [finding for finding in findings if finding.score >= ALERT_LINE]


def core(finding: Finding, types: Iterable[str]) -> set[tuple[str, str]]:
    """Subjects of the given types."""
    return {(str(subject.type), subject.id) for subject in finding.subjects if subject.type in set(types)}


def text(findings: Iterable[Finding]) -> str:
    """Everything the findings say."""
    return json.dumps([asdict(finding) for finding in findings], sort_keys=True, ensure_ascii=False)


def joined(rows: Iterable[Row], others: Iterable[Row]) -> list[Row]:
    """Rows of both worlds; what stands in both (an institution) stands once, as in any loaded table."""
    return list({json.dumps(row, sort_keys=True, default=str): row for row in (*rows, *others)}.values())


@every_detector
def test_exactly_its_ring_is_found(detector: Detector) -> None:
    world = planted(detector.name)
    flagged = above(found(detector, world.rows))
    assert len(flagged) == 1, [str(finding.statement) for finding in flagged]
    assert core(flagged[0], {type_ for type_, _ in world.ring}) == world.ring
    assert flagged[0].kind in detector.kinds


@every_detector
def test_innocents_are_left_alone(detector: Detector) -> None:
    for name, rows in planted(detector.name).innocents.items():
        assert not above(found(detector, rows)), name


@every_detector
def test_nothing_loaded_nothing_found(detector: Detector) -> None:
    assert not found(detector, {})


@every_detector
@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_of_rows_gives_the_same_findings(detector: Detector, seed: int) -> None:
    rows = planted(detector.name).rows
    assert text(found(detector, rows, seed)) == text(found(detector, rows))


@every_detector
def test_strangers_change_nothing(detector: Detector) -> None:
    world = planted(detector.name)
    tables = {*world.rows, *world.strangers}
    more = {name: joined(world.rows.get(name, ()), world.strangers.get(name, ())) for name in tables}
    before, after = above(found(detector, world.rows)), above(found(detector, more))
    assert [finding.subjects for finding in after] == [finding.subjects for finding in before]
    assert [set(finding.records) for finding in after] == [set(finding.records) for finding in before]


@every_detector
def test_worse_is_never_scored_lower(detector: Detector) -> None:
    world = planted(detector.name)
    usual, worse = (max(finding.score for finding in found(detector, rows)) for rows in (world.rows, world.worse))
    assert worse >= usual >= ALERT_LINE


@every_detector
def test_every_record_exists_and_every_number_is_stated(detector: Detector) -> None:
    snapshot = snapshot_of(planted(detector.name).rows)
    known = {row["setl_id"] for row in snapshot.sql("SELECT setl_id FROM visit").to_pylist()}
    for finding in detector.detect(snapshot):
        assert set(finding.records) <= known
        assert {record for line in finding.evidence for record in line.records} <= known
        assert finding.detector == detector.name and finding.version == detector.version
        assert finding.denominator > 0 and 0.0 <= finding.chance.p_value <= 1.0
        assert finding.score <= finding.strength
        for said in (finding.statement, finding.chance.statistic, finding.chance.null, finding.denominator_of):
            assert said.zh and said.en and "{" not in said.zh + said.en


@every_detector
def test_findings_are_told_apart_and_keep_their_names(detector: Detector) -> None:
    world = planted(detector.name)
    for rows in (world.rows, world.worse):
        names = [finding.identity for finding in found(detector, rows)]
        assert len(names) == len(set(names))


@every_detector
def test_what_it_needs_is_declared(detector: Detector) -> None:
    vital = [need for need in missing(detector, snapshot_of(planted(detector.name).rows)) if need.vital]
    assert not vital


@every_detector
def test_a_register_of_times_without_hours_floods_nobody(detector: Detector) -> None:
    rows = dict(planted(detector.name).rows)
    rows["settlements"] = [dict(row, setl_time=str(row["setl_time"])[:10] + " 00:00:00") for row in rows["settlements"]]
    assert len(above(found(detector, rows))) <= 2


@every_detector
def test_its_card_is_complete(detector: Detector) -> None:
    lines = (CARDS / f"{detector.name}.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("## ")] == list(HEADINGS)
    assert lines[0].startswith("# ")


def test_names_are_unique() -> None:
    names = [detector.name for detector in DETECTORS]
    assert len(names) == len(set(names)) and names


@pytest.mark.parametrize("seed", ["1", "77"])
def test_any_hash_seed_gives_the_same_findings(seed: str) -> None:
    code = "import tests.detectors.test_every_detector as t; print(t.everything())"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    root = Path(__file__).parents[2]
    told = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() == everything()


def everything() -> str:
    """A checksum of everything that all detectors say of their planted worlds."""
    said = "".join(text(found(detector, planted(detector.name).rows)) for detector in DETECTORS)
    return hashlib.sha256(said.encode()).hexdigest()
