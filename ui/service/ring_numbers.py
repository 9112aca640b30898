"""Numbers of insured persons inside what is said of a ring, masked as they are beside names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from cases.handout.sheet import MemberLine, RingSheet
from detectors.finding import Finding, Statement
from graph.masking import printed
from graph.model import NodeRef, NodeType

_WORD = re.compile(r"[0-9A-Za-z]+")


@dataclass(frozen=True)
class Numbers:
    """Masks the numbers of these persons wherever they stand."""

    persons: frozenset[str]

    @classmethod
    def of(cls, sheet: RingSheet, persons: Iterable[str]) -> "Numbers":
        """Take the members, whom the findings name, and `persons`."""
        members = {member.id for member in sheet.ring.picture.members if member.type is NodeType.PERSON}
        named = {one.id for finding in sheet.findings for one in finding.subjects if one.type is NodeType.PERSON}
        return cls(frozenset(members | named | set(persons)))

    def sheet(self, sheet: RingSheet) -> RingSheet:
        """Return a sheet whose members and sentences show no number of a person whole."""
        return replace(
            sheet,
            members=tuple(self._member(member) for member in sheet.members),
            findings=tuple(self._finding(finding) for finding in sheet.findings),
            statement=self._said(sheet.statement),
        )

    def _member(self, member: MemberLine) -> MemberLine:
        return replace(member, id=printed(NodeRef(member.type, member.id)), reason=self._said(member.reason))

    def _finding(self, finding: Finding) -> Finding:
        chance = finding.chance
        return replace(
            finding,
            statement=self._said(finding.statement),
            chance=replace(chance, statistic=self._said(chance.statistic), null=self._said(chance.null)),
            evidence=tuple(replace(line, statement=self._said(line.statement)) for line in finding.evidence),
            trials=tuple(replace(trial, result=self._said(trial.result)) for trial in finding.trials),
        )

    def _said(self, statement: Statement) -> Statement:
        return Statement(_WORD.sub(self._shown, statement.zh), _WORD.sub(self._shown, statement.en))

    def _shown(self, found: re.Match[str]) -> str:
        word = found.group()
        return printed(NodeRef(NodeType.PERSON, word)) if word in self.persons else word
