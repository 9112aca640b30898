"""One certificate number under several enrolments that are used in turn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Evidence, Finding, Role, Statement, Subject, Trial, say, strength_of
from detectors.identity_reuse.enrolments import enrolments
from detectors.identity_reuse.judgements import Ruling, judgements
from detectors.identity_reuse.lives import life_of
from detectors.identity_reuse.misreading import Misreading, misreading
from detectors.identity_reuse.use import Use, use_of
from detectors.lawful import weaken
from detectors.lawful.units import distinct, units
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

# Numbers of everybody who shares one; `agrees` is whether the row's own birth date and sex fit the number.
_SHARED = """
    WITH numbered AS (
        SELECT unique_id AS p, psn_no, name, checked, body IS NOT NULL AS resident, birth IS NOT NULL AS dated,
               coalesce(body, certificate) AS number,
               coalesce(birth = cert_birth, true) AND coalesce((CAST(serial AS INTEGER) % 2 = 1) = (gend = '1'), true)
               AS agrees
        FROM enrolment
        -- Passports and permits as they are; what has few different signs stands for "none".
        WHERE body IS NOT NULL
           OR (length(certificate) >= 8 AND length(certificate) <> 18
               AND len(list_distinct(string_split(certificate, ''))) >= 4)
    )
    SELECT * FROM numbered
    QUALIFY count(*) OVER (PARTITION BY number) BETWEEN 2 AND $1
    ORDER BY number, p
"""


_IN_COMMON = 0.05  # ranks above it are no evidence: neighbours share places too
_STRANGERS = 0.01  # chance of lives in common below which two are no strangers with one number by mistake


@dataclass(frozen=True)
class _Member:
    p: int
    psn_no: str
    name: str | None
    checked: bool
    resident: bool
    dated: bool
    agrees: bool


@dataclass(frozen=True)
class SameCertificate:
    """Enrolments under one number, 15 and 18 digits being one spelling.

    A number that more than `most` hold stands for "none". The null is clerical error: a misread
    digit that hits another's number, at the rate of wrong check characters in this register, or a
    number copied from another's form. The platform refuses a second enrolment under a number, so
    copies that agree in birth date and sex are rare (`copied` per enrolment); where these
    contradict the number, `slips` of all wrong numbers are copies.
    """

    most: int = 50
    copied: float = 2e-7
    slips: float = 0.01
    name: str = "same_certificate"
    version: str = "1"
    title: str = N_("One certificate number under several enrolments")
    kinds: Sequence[str] = ("identity_reuse/same_certificate",)
    needs: Sequence[Need] = (
        Need("insured", ("certno",)),
        Need("insured", ("psn_name", "brdy", "gend"), vital=False),
        Need("settlements"),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Look at every number that several enrolments hold."""
        enrolments(snapshot)
        groups: dict[str, list[_Member]] = {}
        for row in snapshot.sql(_SHARED, [self.most]).to_pylist():
            groups.setdefault(str(row.pop("number")), []).append(_Member(**row))
        if groups:
            error = misreading(snapshot)
            for number in sorted(groups):
                yield self._finding(snapshot, groups[number], error)

    def _finding(self, snapshot: Snapshot, members: Sequence[_Member], error: Misreading) -> Finding:
        use = use_of(snapshot, tuple(m.p for m in members))
        lives = [life_of(snapshot, a.p, b.p) for a, b in combinations(members[:12], 2)]
        alike = min([1.0] + [life.p_value * len(lives) for life in lives])
        alike = alike if alike <= _IN_COMMON else 1.0
        chance = self._chance(members, alike, error)
        strength = strength_of(chance.p_value)
        trials = (*_mistyped(members, alike), *use.trials, *_family(snapshot, members), *_judged(snapshot, members))
        return Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=Subject(NodeType.PERSON, use.anchor, Role.ENROLMENT),
            subjects=tuple(Subject(NodeType.PERSON, m.psn_no, Role.ENROLMENT) for m in members),
            strength=strength,
            score=weaken(strength, trials),
            statement=_statement(members, use, chance),
            chance=chance,
            records=use.records,
            evidence=(_held(members), *use.evidence),
            trials=trials,
            denominator=error.numbers,
            denominator_of=say(N_("certificate numbers in the register")),
            data_version=snapshot.data_version,
            details={"enrolments": float(len(members)), "turns": float(use.turns)},
        )

    def _chance(self, members: Sequence[_Member], alike: float, error: Misreading) -> Chance:
        """Expected number of such groups by clerical error, times how alike strangers' lives are."""
        readable = all(m.resident and m.checked for m in members)
        copied = self.copied if all(m.agrees for m in members) else self.slips * error.rate
        expected = error.hits(readable) + copied * error.numbers
        more = max(copied, error.rate * error.density) ** (len(members) - 2)
        return Chance(
            statistic=say(N_("enrolments under one number")),
            observed=float(len(members)),
            expected=float(f"{expected:.6g}"),
            p_value=float(f"{min(1.0, expected * more * alike):.6g}"),
            null=say(
                N_(
                    "Clerical error: one misread digit that hits another's number, at this register's own rate of "
                    "wrong check characters ({rate:.2%}), or a copied number; the two then lead lives of strangers."
                ),
                rate=error.rate,
            ),
        )


def _statement(members: Sequence[_Member], use: Use, chance: Chance) -> Statement:
    return say(
        N_(
            "{count} enrolments with {names} different names hold one certificate number; they were used {visits} "
            "times, in turn {turns} times, and the fund paid {fund:.2f} yuan. By clerical error {expected:.2g} such "
            "numbers are expected."
        ),
        count=len(members),
        names=len({m.name for m in members}),
        visits=use.visits,
        turns=use.turns,
        fund=use.fund / 100,
        expected=chance.expected,
    )


def _held(members: Sequence[_Member]) -> Evidence:
    numbers = ", ".join(m.psn_no for m in members)
    return Evidence(say(N_("The number is held by the enrolments {numbers}."), numbers=numbers), ())


def _mistyped(members: Sequence[_Member], alike: float) -> tuple[Trial, ...]:
    """One row of two whose own birth date or sex contradicts the number holds another's by mistake."""
    wrong = sum(not m.agrees for m in members)
    if not wrong:
        return ()
    sentence = N_("{wrong} of {all} hold a birth date or sex that the number contradicts: it may be mistyped there.")
    explains = float(len(members) == 2 and alike > _STRANGERS)
    return (Trial("mistyped", explains, say(sentence, wrong=wrong, all=len(members))),)


def _family(snapshot: Snapshot, members: Sequence[_Member]) -> tuple[Trial, ...]:
    """A newborn enrolled under a parent's number until it has its own; its birth date would tell."""
    if all(m.dated for m in members) or distinct(units(snapshot), _codes(members)) > 1:
        return ()
    return (
        Trial("newborn", 1.0, say(N_("One family, birth dates missing: a child may stand under a parent's number."))),
    )


def _judged(snapshot: Snapshot, members: Sequence[_Member]) -> tuple[Trial, ...]:
    rulings = judgements(snapshot)
    pairs = list(combinations(members, 2))
    found = [rulings.of(a.psn_no, b.psn_no) for a, b in pairs]
    apart = sum(judged is not None and judged.ruling is Ruling.NOT_SAME for judged in found)
    if not apart:
        return ()
    return (Trial("judged", apart / len(pairs), say(N_("A reviewer decided that they are two people."))),)


def _codes(members: Sequence[_Member]) -> Ints:
    return np.array([m.p for m in members], np.int64)
