"""Pairs of enrolments that may be one body: evidence of the register, then of their use, then vetoes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import exp, log

import networkx as nx
import numpy as np
import pyarrow as pa

from claims.language import N_
from detectors.finding import Statement, Trial, say
from detectors.identity_reuse import enrolments as columns
from detectors.identity_reuse.enrolments import MODEL, enrolments
from detectors.identity_reuse.judgements import Ruling, judgements
from detectors.identity_reuse.linkage import agreements, link
from detectors.identity_reuse.lives import Life, life_of
from detectors.identity_reuse.templates import face_odds
from detectors.identity_reuse.ties import twins
from detectors.snapshot import Snapshot

_CERTAIN = 12.0  # log odds of a decided pair: a person looked at it

_ROWS = """
    SELECT unique_id, psn_no, name, gend, body, checked, serial, bearers
    FROM enrolment WHERE unique_id IN (SELECT a FROM candidate UNION SELECT b FROM candidate)
"""
_ASKED = "SELECT enrolment.*, asked FROM enrolment LEFT JOIN asked_for USING (unique_id) ORDER BY unique_id"
Row = Mapping[str, object]


@dataclass(frozen=True)
class Pair:
    """Two enrolments a < b (codes p): how they agree, how they live, and the log odds of one body.

    `register`, `lives` and `faces` are the log odds that registers, use and templates give; `bits`
    is what each comparison adds to those of the register (log 2), `prior` what they begin with;
    `vetoes` are explanations that rule one body out; `decided` is what a reviewer said before.
    """

    a: int
    b: int
    agreement: Mapping[str, str]
    life: Life
    bits: Mapping[str, float]
    prior: float
    register: float
    lives: float
    faces: float
    odds: float
    vetoes: tuple[Trial, ...]
    decided: Ruling | None

    @property
    def wrong(self) -> float:
        """Probability that they are two bodies."""
        return 1.0 / (1.0 + exp(min(700.0, self.odds)))

    @property
    def number_alone(self) -> bool:
        """Whether the certificate number is the same and the name is not."""
        return self.agreement["number"] == columns.SAME_NUMBER and self.agreement["name"] == columns.DIFFERS

    def agreeing(self) -> Statement:
        """What is the same or nearly so, in words."""
        parts = [say(text) for text in self.agreement.values() if text and text != columns.DIFFERS]
        return Statement("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))

    def differing(self) -> Statement:
        """What is known on both sides and not the same."""
        parts = [say(_TITLES[name]) for name, text in self.agreement.items() if text == columns.DIFFERS]
        nothing = say(N_("nothing"))
        return Statement("、".join(p.zh for p in parts) or nothing.zh, ", ".join(p.en for p in parts) or nothing.en)


_TITLES: Mapping[str, str] = {
    "name": N_("name"),
    "number": N_("certificate and birth date"),
    "contact": N_("telephone, account and address"),
    "employer": N_("employer"),
    "sex": N_("sex"),
}


def candidates(snapshot: Snapshot, least: float) -> list[Pair]:
    """Every pair whose register alone gives `least` probability of one body, with its life and vetoes.

    Pairs that reviewers decided to be one body are among them whatever the register says.
    """
    key = candidates, least
    if key not in snapshot.kept:
        found = _described(snapshot, link(snapshot.db, enrolments(snapshot), MODEL, least))
        known = {(pair.a, pair.b) for pair in found}
        snapshot.kept[key] = sorted((*found, *scored(snapshot, _joined(snapshot) - known)), key=lambda x: (x.a, x.b))
    pairs: list[Pair] = snapshot.kept[key]  # type: ignore[assignment]
    return list(pairs)


def scored(snapshot: Snapshot, wanted: Iterable[tuple[int, int]]) -> list[Pair]:
    """Score the pairs a < b (codes p) that somebody asks for, by the same model, however little agrees."""
    pairs = set(wanted)
    group = _groups(pairs)
    if not group:
        return []
    enrolments(snapshot)
    columns = {"unique_id": np.array(list(group), np.int64), "asked": np.array(list(group.values()), np.int64)}
    snapshot.code("asked_for", columns)
    snapshot.db.execute(f"CREATE OR REPLACE TEMP TABLE enrolment_asked AS {_ASKED}")
    model = replace(MODEL, blocks=("asked",), cap=len(group))
    found = link(snapshot.db, "enrolment_asked", model, 0.0)
    both = zip(found.column("a").to_pylist(), found.column("b").to_pylist(), strict=True)
    return _described(snapshot, found.filter(pa.array([key in pairs for key in both], pa.bool_())))


def _joined(snapshot: Snapshot) -> set[tuple[int, int]]:
    """Registered pairs that reviewers decided to be one body."""
    same = [key for key, judged in judgements(snapshot).decided() if judged.ruling is Ruling.SAME]
    numbers = sorted({number for key in same for number in key})
    enrolments(snapshot)
    query = "SELECT psn_no, unique_id FROM enrolment WHERE list_contains($1, psn_no)"
    code = dict(snapshot.db.execute(query, [numbers]).fetchall())
    both = [(code[one], code[other]) for one, other in same if one in code and other in code]
    return {(min(pair), max(pair)) for pair in both}


def _groups(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Number of the group that each row of some pairs is in, smallest member first."""
    group: dict[int, int] = {}
    for number, part in enumerate(sorted(map(sorted, nx.connected_components(nx.Graph(pairs))))):
        group |= dict.fromkeys(part, number)
    return group


def _described(snapshot: Snapshot, found: pa.Table) -> list[Pair]:
    if not found.num_rows:
        return []
    snapshot.code("candidate", {"a": found.column("a").combine_chunks(), "b": found.column("b").combine_chunks()})
    said = agreements(snapshot.db, "enrolment", MODEL, "candidate").to_pylist()
    rows: dict[int, Row] = {row["unique_id"]: row for row in snapshot.sql(_ROWS).to_pylist()}
    weights = {(row["a"], row["b"]): row for row in found.to_pylist()}
    born_together = twins(snapshot, weights)
    return [_pair(snapshot, row, rows, weights[key], key in born_together) for row in said for key in [_key(row)]]


def _key(row: Row) -> tuple[int, int]:
    return int(str(row["a"])), int(str(row["b"]))


def _pair(
    snapshot: Snapshot, said: Row, rows: Mapping[int, Row], weights: Mapping[str, float], born_together: bool
) -> Pair:
    a, b = _key(said)
    bits = {name: weights[f"mw_{name}"] for name in _TITLES}
    register = weights["weight"] * log(2.0)
    life = life_of(snapshot, a, b)
    lives = log(life.bayes_factor(snapshot.persons))
    faces = face_odds(snapshot, a, b)
    odds = register + lives + faces
    one, two = rows[a], rows[b]
    judged = judgements(snapshot).of(str(one["psn_no"]), str(two["psn_no"]))
    ruling = judged.ruling if judged else None
    vetoes = [] if ruling is Ruling.SAME else _vetoes(said, one, two, life, born_together)
    if ruling is Ruling.NOT_SAME:
        vetoes.append(Trial("judged", 1.0, say(N_("A reviewer decided that they are two people."))))
    if ruling is Ruling.SAME:
        odds = max(odds, _CERTAIN)
    agreement = {name: str(said[name]) for name in _TITLES}
    prior = weights["weight"] - sum(bits.values())
    return Pair(a, b, agreement, life, bits, prior, register, lives, faces, odds, tuple(vetoes), ruling)


def _vetoes(said: Row, one: Row, two: Row, life: Life, born_together: bool) -> list[Trial]:
    """What rules one body out, whatever else agrees."""
    other_name = said["name"] == columns.DIFFERS
    tests = (
        ("sex", _other_sex(one, two), N_("They are of different sex, and their numbers say so too.")),
        (
            "twins",
            born_together,
            N_("Born on one day, registered one after the other, both numbers valid: twins."),
        ),
        (
            "two_numbers",
            other_name and _two_numbers(one, two),
            N_("Both hold valid numbers with different birth dates and names."),
        ),
        (
            "number_of_several",
            max(int(str(one["bearers"])), int(str(two["bearers"]))) > 2,
            N_("One of the numbers is held by several enrolments: that is looked at as one certificate of many."),
        ),
        ("two_bodies", life.apart, N_("Both were seen at once at places far apart, or lay in two hospitals.")),
    )
    return [Trial(name, 1.0, say(sentence)) for name, holds, sentence in tests if holds]


def _other_sex(one: Row, two: Row) -> bool:
    """Sex differs, unless a certificate says that its own row holds the wrong sex."""
    if not one["gend"] or not two["gend"] or one["gend"] == two["gend"]:
        return False
    return all(not row["serial"] or int(str(row["serial"])) % 2 == (row["gend"] == "1") for row in (one, two))


def _two_numbers(one: Row, two: Row) -> bool:
    """Two valid numbers that share neither birth date nor serial number."""
    births = str(one["body"])[6:14] != str(two["body"])[6:14]
    return _both_valid(one, two) and births and one["serial"] != two["serial"]


def _both_valid(one: Row, two: Row) -> bool:
    return bool(one["checked"] and two["checked"] and one["body"] and two["body"])
