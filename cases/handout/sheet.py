"""What may be shown of a ring: members with names, findings with their evidence, masked or not.

Everything people see of rings goes through here: the terminal, files, the report page. Masks are
those of the graph (`graph.masking`); sentences are searched for the personal ids of the ring, for
certificate numbers and for mobile numbers.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cases.model import Key, Ring
from cases.names import Names
from claims.masking import is_certificate, mask_certificate, mask_name, mask_phone
from detectors.finding import Evidence, Finding, Role, Statement, Trial
from graph.masking import Masks
from graph.model import NodeRef, NodeType

_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:\d{17}[\dXx]|\d{15}|1[3-9]\d{9})(?![0-9A-Za-z])")
_NAMED = frozenset({NodeType.PERSON, NodeType.DOCTOR})


@dataclass(frozen=True)
class MemberLine:
    """A member as it may be shown; `name` is empty where no register has one."""

    type: NodeType
    id: str
    name: str
    role: Role
    reason: Statement


@dataclass(frozen=True)
class RingSheet:
    """A ring with its members and findings as they may be shown, strongest finding first."""

    ring: Ring
    members: tuple[MemberLine, ...]
    findings: tuple[Finding, ...]
    statement: Statement

    def shown(self, key: Key) -> MemberLine | None:
        """Return the line of a member by its real key."""
        order = {member.key: place for place, member in enumerate(self.ring.picture.members)}
        return self.members[order[key]] if key in order else None


def sheet_of(ring: Ring, findings: Sequence[Finding], names: Names, masks: Masks | None) -> RingSheet:
    """Return the sheet of one ring; without `masks` everything is as it is."""
    return sheets_of([(ring, findings)], names, masks)[0]


def sheets_of(
    rings: Sequence[tuple[Ring, Sequence[Finding]]], names: Names, masks: Masks | None
) -> tuple[RingSheet, ...]:
    """Return the sheets of several rings with one look at the registers and one at the book of aliases."""
    keys = {key for ring, findings in rings for key in _keys(ring, findings)}
    called = names.of(keys)
    if masks is None:
        return tuple(_sheet(ring, findings, called, {}, _as_it_is) for ring, findings in rings)
    refs = masks.refs(NodeRef(*key) for key in sorted(keys))
    shown = {key: refs[NodeRef(*key)].id for key in keys}
    return tuple(_masked(ring, findings, called, shown) for ring, findings in rings)


@dataclass(frozen=True)
class Shown:
    """A finding as it may be shown, with the shown id and name of each subject in their order."""

    finding: Finding
    subjects: tuple[tuple[str, str], ...]


def shown_findings(findings: Sequence[Finding], names: Names, masks: Masks | None) -> list[Shown]:
    """Return findings as they may be shown; without `masks` as they are."""
    keys = {(subject.type, subject.id) for finding in findings for subject in finding.subjects}
    called = names.of(keys)
    refs = masks.refs(NodeRef(*key) for key in sorted(keys)) if masks else {}
    found = []
    for finding in findings:
        own = [(subject.type, subject.id) for subject in finding.subjects]
        shown = {key: refs[NodeRef(*key)].id if masks else key[1] for key in own}
        mask = partial(mask_text, hidden=_hidden(own, called, shown)) if masks else _as_it_is
        faces = tuple((shown[key], _face(key, called, masked=masks is not None)) for key in own)
        found.append(Shown(_finding(finding, partial(_fitted, mask=mask)), faces))
    return found


def _keys(ring: Ring, findings: Sequence[Finding]) -> Iterable[Key]:
    yield from (member.key for member in ring.picture.members)
    yield from ((subject.type, subject.id) for finding in findings for subject in finding.subjects)


def _masked(ring: Ring, findings: Sequence[Finding], called: Mapping[Key, str], shown: Mapping[Key, str]) -> RingSheet:
    masked = {key: _face(key, called, masked=True) for key in called}
    hidden = _hidden(set(_keys(ring, findings)), called, shown)
    return _sheet(ring, findings, masked, shown, partial(mask_text, hidden=hidden))


def _hidden(own: Iterable[Key], called: Mapping[Key, str], shown: Mapping[Key, str]) -> dict[str, str]:
    """What must not stand in a sentence, and what may in its place."""
    ids = {key[1]: shown[key] for key in own if shown[key] != key[1]}
    names = {called[key]: mask_name(called[key]) for key in own if key[0] in _NAMED and len(called.get(key, "")) > 1}
    return ids | names


def _face(key: Key, called: Mapping[Key, str], *, masked: bool) -> str:
    name = called.get(key, "")
    return mask_name(name) if masked and key[0] in _NAMED else name


def mask_text(text: str, hidden: Mapping[str, str]) -> str:
    """Replace personal ids and names by what may be shown, then whatever reads as a personal number."""
    for real in sorted(hidden, key=lambda real: (-len(real), real)):
        text = text.replace(real, hidden[real])
    return _NUMBER.sub(lambda found: _number(found.group()), text)


def _number(text: str) -> str:
    if is_certificate(text):
        return mask_certificate(text)
    return mask_phone(text) if len(text) == 11 else text


def _as_it_is(text: str) -> str:
    return text


def _sheet(
    ring: Ring,
    findings: Sequence[Finding],
    called: Mapping[Key, str],
    shown: Mapping[Key, str],
    mask: Callable[[str], str],
) -> RingSheet:
    fit = partial(_fitted, mask=mask)
    members = tuple(
        MemberLine(m.type, shown.get(m.key, m.id), called.get(m.key, ""), m.role, fit(m.reason))
        for m in ring.picture.members
    )
    return RingSheet(ring, members, tuple(_finding(f, fit) for f in findings), fit(ring.picture.statement))


def _fitted(statement: Statement, mask: Callable[[str], str]) -> Statement:
    return Statement(mask(statement.zh), mask(statement.en))


def _finding(finding: Finding, fit: Callable[[Statement], Statement]) -> Finding:
    chance = replace(finding.chance, statistic=fit(finding.chance.statistic), null=fit(finding.chance.null))
    return replace(
        finding,
        statement=fit(finding.statement),
        chance=chance,
        evidence=tuple(Evidence(fit(line.statement), line.records) for line in finding.evidence),
        trials=tuple(Trial(t.test, t.explains, fit(t.result)) for t in finding.trials),
    )
