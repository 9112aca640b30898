"""Findings as they leave the house: under keyed names, with what their numbers can be computed from again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from cases.codec import Json, finding_json, statement_json
from cases.exports.package.definitions import definition_of
from cases.exports.package.inputs import MAKERS
from cases.exports.package.look import Again, Inputs, Look, Needs, Number, detector_of, parameters_of
from cases.exports.package.pseudonyms import Pseudonyms
from claims.language import N_
from detectors.finding import Finding, Statement, say
from detectors.snapshot import Snapshot
from graph.model import NodeType

CHANGED = N_(
    "The chance test could not be drawn again: the detector, its parameters or the data have changed since the run "
    "(code then {then}, now {now})."
)


@dataclass(frozen=True)
class Drawn:
    """A finding with the inputs of its statistic, None where it could not be found anew."""

    finding: Finding
    inputs: Inputs | None


def drawn_again(snapshot: Snapshot, findings: Sequence[Finding], names: Pseudonyms, needs: Needs) -> list[Drawn]:
    """Find every finding anew in the snapshot and gather what its statistic needs."""
    again, drawn = Again(snapshot), []
    for stored in findings:
        anew, detector, make = again.finding(stored), detector_of(stored.detector), MAKERS.get(stored.detector)
        inputs = None
        if anew is not None and detector is not None and make is not None:
            inputs = make(Look(snapshot, detector, anew, names, needs))
        drawn.append(Drawn(stored, inputs))
    return drawn


def finding_entry(
    number: int, drawn: Drawn, counts: Mapping[str, int], names: Pseudonyms, changed: Statement
) -> dict[str, Json]:
    """One finding as `findings.json` holds it."""
    finding, given = drawn.finding, finding_json(drawn.finding)
    detector, definition = detector_of(finding.detector), definition_of(finding.detector)
    shut = [statement_json(changed)] if drawn.inputs is None else [statement_json(s) for s in definition.closed]
    entry: dict[str, Json] = {
        "number": number,
        "title": statement_json(say(detector.title) if detector else Statement(finding.detector, finding.detector)),
        "parameters": parameters_of(detector) if detector else {},
        "counts": dict(counts),
        "inputs": None if drawn.inputs is None else _final(drawn.inputs, names),
        "not_recomputed": shut,
        "explained": finding.explained,
    }
    kept = {name: value for name, value in given.items() if name not in ("anchor", "subjects", "records", "evidence")}
    sentences = cast("dict[str, Json]", _texts(kept, names.text))
    rest: dict[str, Json] = {
        "anchor": _subject(finding.anchor.type, finding.anchor.id, finding.anchor.role.value, names),
        "subjects": [_subject(s.type, s.id, s.role.value, names) for s in finding.subjects],
        "records": {
            grade: [names.settlement(str(record)) for record in cast("Sequence[Json]", records)]
            for grade, records in cast("Mapping[str, Json]", given["records"]).items()
        },
        "evidence": [
            [
                [names.text(line.statement.zh), names.text(line.statement.en)],
                [names.settlement(r) for r in line.records],
            ]
            for line in finding.evidence
        ],
    }
    return entry | sentences | rest


def _subject(type_: NodeType, id_: str, role: str, names: Pseudonyms) -> Json:
    return [type_.value, names.name(type_, id_), role]


def _final(value: Json, names: Pseudonyms) -> Json:
    """Put settlements of the inputs into the form they have in the package."""
    if isinstance(value, Number):
        return names.settlement(value)
    if isinstance(value, Mapping):
        return {key: _final(item, names) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_final(item, names) for item in value]
    return value


def _texts(value: Json, change: Callable[[str], str]) -> Json:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _texts(item, change) for key, item in value.items()}
    return [_texts(item, change) for item in value] if isinstance(value, Sequence) else value
