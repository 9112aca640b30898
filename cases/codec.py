"""Findings and pictures as JSON and back, exactly: what the case database keeps and digests rest on."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import cast

from cases.history import Note
from cases.model import Crossing, Exposure, KeyRecords, Member, Picture, Standing
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, Trial
from graph.model import NodeType

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Record = Mapping[str, Json]


def canonical(value: Json) -> str:
    """Write JSON that is the same for equal values: sorted keys, no spaces, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def packed(value: Json) -> bytes:
    """Compressed canonical JSON; sentences in two languages shrink to a fifth."""
    return zlib.compress(canonical(value).encode("utf-8", "replace"), 6)


def unpacked(content: bytes) -> Record:
    """Read what `packed` wrote."""
    return cast(Record, json.loads(zlib.decompress(content)))


def finding_json(finding: Finding) -> Record:
    """Finding as JSON values; numbers of the array libraries become plain ones."""
    return {
        "detector": finding.detector,
        "version": finding.version,
        "kind": finding.kind,
        "anchor": _subject(finding.anchor),
        "subjects": [_subject(subject) for subject in finding.subjects],
        "strength": float(finding.strength),
        "score": float(finding.score),
        "statement": statement_json(finding.statement),
        "chance": {
            "statistic": statement_json(finding.chance.statistic),
            "observed": float(finding.chance.observed),
            "expected": float(finding.chance.expected),
            "p_value": float(finding.chance.p_value),
            "null": statement_json(finding.chance.null),
        },
        "records": _grades(finding.records),
        "evidence": [[statement_json(line.statement), list(line.records)] for line in finding.evidence],
        "trials": [[t.test, float(t.explains), statement_json(t.result)] for t in finding.trials],
        "denominator": int(finding.denominator),
        "denominator_of": statement_json(finding.denominator_of),
        "data_version": int(finding.data_version),
        "details": {str(name): float(value) for name, value in sorted(finding.details.items())},
    }


def finding_of(given: Record) -> Finding:
    """Read what `finding_json` wrote."""
    chance = _map(given["chance"])
    return Finding(
        detector=str(given["detector"]),
        version=str(given["version"]),
        kind=str(given["kind"]),
        anchor=_subject_of(given["anchor"]),
        subjects=tuple(_subject_of(subject) for subject in _list(given["subjects"])),
        strength=_float(given["strength"]),
        score=_float(given["score"]),
        statement=statement_of(given["statement"]),
        chance=Chance(
            statement_of(chance["statistic"]),
            _float(chance["observed"]),
            _float(chance["expected"]),
            _float(chance["p_value"]),
            statement_of(chance["null"]),
        ),
        records=_grades_of(given["records"]),
        evidence=tuple(Evidence(statement_of(s), _texts(r)) for s, r in map(_list, _list(given["evidence"]))),
        trials=tuple(Trial(str(t), _float(e), statement_of(r)) for t, e, r in map(_list, _list(given["trials"]))),
        denominator=_int(given["denominator"]),
        denominator_of=statement_of(given["denominator_of"]),
        data_version=_int(given["data_version"]),
        details={name: _float(value) for name, value in _map(given["details"]).items()},
    )


def picture_json(picture: Picture) -> Record:
    """Picture as JSON values; money as text, so that not a fen is lost."""
    return {
        "kind": picture.kind,
        "standing": picture.standing.value,
        "score": picture.score,
        "members": [[m.type.value, m.id, m.role.value, *statement_json(m.reason)] for m in picture.members],
        "records": _grades(picture.records),
        "first_seen": _day(picture.first_seen),
        "last_seen": _day(picture.last_seen),
        "features": dict(picture.features),
        "exposure": _exposure(picture.exposure),
        "keys": [
            list(picture.keys.records),
            list(picture.keys.breaking_records),
            [[type_.value, id_] for type_, id_ in picture.keys.breaking_members],
        ],
        "statement": statement_json(picture.statement),
        "detectors": list(picture.detectors),
        "numbers": list(picture.numbers),
        "p_value": float(picture.p_value),
        "data_version": picture.data_version,
    }


def picture_of(given: Record) -> Picture:
    """Read what `picture_json` wrote."""
    records, breaking, people = _list(given["keys"])
    return Picture(
        kind=str(given["kind"]),
        standing=Standing(str(given["standing"])),
        score=_float(given["score"]),
        members=tuple(
            Member(NodeType(type_), id_, Role(role), Statement(zh, en))
            for type_, id_, role, zh, en in map(_texts, _list(given["members"]))
        ),
        records=_grades_of(given["records"]),
        first_seen=_day_of(given["first_seen"]),
        last_seen=_day_of(given["last_seen"]),
        features={name: _float(value) for name, value in _map(given["features"]).items()},
        exposure=_exposure_of(_map(given["exposure"])),
        keys=KeyRecords(
            _texts(records), _texts(breaking), tuple((NodeType(t), i) for t, i in map(_texts, _list(people)))
        ),
        statement=statement_of(given["statement"]),
        detectors=_texts(given["detectors"]),
        numbers=tuple(_int(number) for number in _list(given["numbers"])),
        p_value=_float(given["p_value"]),
        data_version=_int(given["data_version"]),
    )


def statement_json(statement: Statement) -> list[str]:
    """Both languages, Chinese first."""
    return [statement.zh, statement.en]


def statement_of(given: Json) -> Statement:
    """Read what `statement_json` wrote."""
    zh, en = _texts(given)
    return Statement(zh, en)


def notes_json(notes: Sequence[Note]) -> Json:
    """Notes of a run."""
    return [[note.about, *statement_json(note.words), note.failure] for note in notes]


def notes_of(given: Json) -> tuple[Note, ...]:
    """Read what `notes_json` wrote."""
    return tuple(
        Note(str(about), Statement(str(zh), str(en)), bool(failure))
        for about, zh, en, failure in map(_list, _list(given))
    )


def _exposure(exposure: Exposure) -> Record:
    sums = {f.name: str(getattr(exposure, f.name)) for f in fields(exposure) if f.name not in ("claims", "crossings")}
    crossings = [
        [c.threshold, str(c.amount), c.reached.value if c.reached else None, list(c.movers)] for c in exposure.crossings
    ]
    return {**sums, "claims": exposure.claims, "crossings": crossings}


def _exposure_of(given: Record) -> Exposure:
    sums = {name: Decimal(str(value)) for name, value in given.items() if name not in ("claims", "crossings")}
    crossings = tuple(
        Crossing(str(name), Decimal(str(amount)), Grade(str(grade)) if grade else None, _texts(movers))
        for name, amount, grade, movers in map(_list, _list(given["crossings"]))
    )
    return Exposure(claims=_int(given["claims"]), crossings=crossings, **sums)


def _subject(subject: Subject) -> Json:
    return [subject.type.value, subject.id, subject.role.value]


def _subject_of(given: Json) -> Subject:
    type_, id_, role = _texts(given)
    return Subject(NodeType(type_), id_, Role(role))


def _grades(records: Mapping[str, Grade]) -> Json:
    """Settlements by grade: the grade is written once, not once per record."""
    return {grade.value: sorted(r for r, g in records.items() if g is grade) for grade in Grade}


def _grades_of(given: Json) -> dict[str, Grade]:
    pairs = [(record, Grade(grade)) for grade, records in _map(given).items() for record in _texts(records)]
    return dict(sorted(pairs))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_of(given: Json) -> date | None:
    return date.fromisoformat(str(given)) if given else None


def _list(given: Json) -> Sequence[Json]:
    return cast(Sequence[Json], given)


def _map(given: Json) -> Record:
    return cast(Record, given)


def _texts(given: Json) -> tuple[str, ...]:
    return tuple(str(value) for value in _list(given))


def _float(given: Json) -> float:
    return float(cast(float, given))


def _int(given: Json) -> int:
    return int(cast(int, given))
