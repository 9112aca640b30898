"""Every detector's statistic is recomputed from the records; whatever is stated otherwise is named."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from cases.exports.package.contents import Contents
from cases.exports.package.definitions import BOUNDS, DEFINITIONS, EXACT, GIVEN, NO
from cases.exports.package.inputs import MAKERS
from cases.exports.package.verifier.main import STATISTICS, recompute
from cases.exports.package.verifier.report import Report
from cases.exports.package.verifier.tables import Records
from detectors import DETECTORS
from tests.cases.package.conftest import contents

NAMES = [detector.name for detector in DETECTORS]
every_detector = pytest.mark.parametrize("name", NAMES)
Change = Callable[[dict[str, Any], list[dict[str, Any]], dict[str, list[dict[str, Any]]]], None]


def reported(found: Contents, change: Change | None = None) -> Report:
    """What the checker says of a ring's contents, changed first."""
    ring, findings, tables = copy.deepcopy((found.ring, found.findings, dict(found.extract.tables)))
    if change:
        change(ring, findings, tables)
    report = Report()
    recompute(Records(tables, ring), findings, report)
    return report


def wrong(report: Report) -> str:
    return "\n".join(en for kind, _zh, en in report.lines if kind == "differs")


def test_nothing_is_left_out() -> None:
    assert set(NAMES) == set(DEFINITIONS) == set(MAKERS) == set(STATISTICS)


@every_detector
def test_a_planted_ring_is_recomputed(name: str) -> None:
    found = contents(name)
    finding: Any = next(f for f in found.findings if f["detector"] == name)
    report = reported(found)
    assert not report.failed, report.text()
    assert finding["inputs"] is not None
    held = "\n".join(en for kind, _zh, en in report.lines if kind == "holds" and "finding 1 " in en)
    definition = DEFINITIONS[name]
    assert (f"{finding['chance']['statistic'][1]} = " in held) == (definition.observed in (EXACT, GIVEN))
    assert ("corrected p-value" in held) == (definition.chance in (GIVEN, BOUNDS))
    assert report.count("untested") == len(definition.why) > 0


@every_detector
def test_a_changed_statistic_is_named(name: str) -> None:
    definition = DEFINITIONS[name]

    def observed(_ring: Any, findings: Any, _tables: Any) -> None:
        findings[0]["chance"]["observed"] += 1
        findings[0]["details"] = {key: value + 1 for key, value in findings[0]["details"].items()}

    assert "stated" in wrong(reported(contents(name), observed))
    if definition.observed == NO:
        return

    def just_observed(_ring: Any, findings: Any, _tables: Any) -> None:
        findings[0]["chance"]["observed"] *= 1.5

    assert "recomputed" in wrong(reported(contents(name), just_observed))


@every_detector
def test_a_smaller_chance_is_named(name: str) -> None:
    if DEFINITIONS[name].chance == NO:
        assert DEFINITIONS[name].why
        return

    def likelier(_ring: Any, findings: Any, _tables: Any) -> None:
        findings[0]["chance"]["p_value"] = min(1.0, findings[0]["chance"]["p_value"] * 1e4 + 1e-3)

    said = wrong(reported(contents(name), likelier))
    # Where only an upper bound follows, a p-value that is stated too large is caught all the same.
    assert "corrected p-value stated" in said


@every_detector
@pytest.mark.parametrize("how", ["dropped", "dearer", "earlier", "elsewhere", "somebody else"])
def test_a_changed_record_is_named(name: str, how: str) -> None:
    def change(ring: Any, findings: Any, tables: Any) -> None:
        named = {r for grade in ("certain", "probable", "contested") for r in ring["records"][grade]}
        row = next(row for row in tables["settlements"] if row["settlement"] in named)
        if how == "dropped":
            tables["settlements"].remove(row)
        elif how == "dearer":
            row["fund"] = f"{float(row['fund']) + 100:.2f}"
        elif how == "earlier":
            row["time"] = "2019-05-05T03:04:05"
        elif how == "elsewhere":
            tables["places"].append({**tables["places"][0], "place": "H-elsewhere"})
            row["place"] = "H-elsewhere"
        else:
            rows = [row for row in tables["settlements"] if row["settlement"] in named]
            alone = len({row["person"] for row in rows}) == len(rows)
            for number, row in enumerate(rows):
                row["person"] = f"P-NOBODY{0 if alone else number}"
                tables["people"].append({**tables["people"][0], "person": row["person"]})

    assert reported(contents(name), change).failed, how


def test_grades_and_amounts_of_the_law_are_recomputed() -> None:
    def surer(_ring: Any, findings: Any, _tables: Any) -> None:
        records = findings[0]["records"]
        records["certain"], records["probable"] = records["probable"], []

    def bracket(ring: Any, _findings: Any, _tables: Any) -> None:
        ring["exposure"]["probable"] = "1.00"

    def reached(ring: Any, _findings: Any, _tables: Any) -> None:
        ring["exposure"]["crossings"][0][2] = None if ring["exposure"]["crossings"][0][2] else "certain"

    found = contents("hoarded_cards")
    assert "how sure the records are" in wrong(reported(found, surer))
    assert "amount probable: recomputed" in wrong(reported(found, bracket))
    assert "amount of the law large" in wrong(reported(found, reached))


def test_a_finding_without_anything_to_recompute_is_not_passed_over() -> None:
    def emptied(_ring: Any, findings: Any, _tables: Any) -> None:
        findings[0]["inputs"], findings[0]["not_recomputed"] = None, []

    assert "nothing to recompute" in wrong(reported(contents("two_places"), emptied))
