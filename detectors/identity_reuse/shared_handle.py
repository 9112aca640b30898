"""One account, telephone or address given by far more strangers than its kind ever is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import zeta

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Subject, Trial, say, strength_of
from detectors.identity_reuse.handles import KINDS, Handle, sizes
from detectors.lawful import weaken
from detectors.lawful.units import units
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

_SUSPECT = 3  # largest values of a kind that may all be rings
_TOP = 50  # values the tail is fitted to
_EXPONENT = 4.0  # of the tail where nothing is known: ten times the holders, one in ten thousand
_GRID = np.arange(1.1, 12.0, 0.05)

_LARGE = """
    SELECT value, list_sort(list(p)) AS people FROM handle_of
    WHERE kind = $1 GROUP BY value HAVING list_contains($2, count(*)) ORDER BY value
"""
_COMMON = """
    WITH member AS (
        SELECT CASE $2 WHEN 'addr' THEN addr WHEN 'village' THEN regexp_replace(addr, '[0-9]+.*$', '')
               ELSE emp_no END AS v
        FROM person WHERE list_contains($1, p)
    )
    SELECT max(n) FROM (SELECT count(*) AS n FROM member WHERE v IS NOT NULL GROUP BY v)
"""
_STAFF = """
    SELECT (SELECT count(*) FROM practitioners WHERE tel = $1 OR bankacct = $1)
         + (SELECT count(*) FROM institutions WHERE tel = $1 OR bankacct = $1)
"""


@dataclass(frozen=True)
class SharedHandle:
    """Handles with more holders than the county's own distribution for the kind lets expect.

    The tail of each kind is fitted without the tested value, so nursing homes, dormitories and village
    doctors' telephones make their kinds' tails heavy and are expected; accounts have none. A value
    of more than `most` holders stands for "none". `common` is the share of holders with one address
    or employer from which they are a household, a home or a workforce.
    """

    fewest: int = 5
    most: int = 300
    common: float = 0.6
    name: str = "shared_handle"
    version: str = "1"
    title: str = N_("One account, telephone or address of many strangers")
    kinds: Sequence[str] = ("identity_reuse/shared_handle",)
    needs: Sequence[Need] = (
        Need("insured", ("bankacct", "tel", "addr"), vital=False),
        Need("insured", ("emp_no",), vital=False),
        Need("settlements"),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Test every large value of each kind against the tail of its kind."""
        held = sizes(snapshot)
        for kind, counts in sorted(held.items()):
            large = np.unique(counts[(counts >= self.fewest) & (counts <= self.most)]).tolist()
            chances = {size: tail(counts, size) * len(held) for size in large}
            rare = [size for size in large if chances[size] < 1.0]
            if rare:
                rows = snapshot.db.execute(_LARGE, [kind, rare]).fetchall()
                for value, people in rows:
                    handle, holders = Handle(kind, value), np.array(people, np.int64)
                    yield self._finding(snapshot, handle, holders, chances[len(people)], len(counts))

    def _finding(self, snapshot: Snapshot, handle: Handle, people: Ints, p_value: float, examined: int) -> Finding:
        rows = snapshot.rows_of(people)
        node, title = KINDS[handle.kind]
        strength = strength_of(p_value)
        trials = self._trials(snapshot, handle, people, rows)
        subject = Subject(node, handle.value, Role.HANDLE)
        numbers = snapshot.psn_no(people)
        fund = int(snapshot.visits.fund[rows].sum()) / 100
        statement = say(
            N_(
                "{count} enrolments of {families} families share one {handle}; {visits} settlements, {fund:.2f} yuan "
                "from the fund. By the county's own distribution {p:.2g} such values are expected."
            ),
            count=len(people),
            families=len(np.unique(units(snapshot)[people])),
            handle=say(title),
            visits=len(rows),
            fund=fund,
            p=p_value,
        )
        return Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=subject,
            subjects=(subject, *(Subject(NodeType.PERSON, number, Role.ENROLMENT) for number in numbers)),
            strength=strength,
            score=weaken(strength, trials),
            statement=statement,
            chance=_chance(len(people), p_value),
            records=dict.fromkeys(snapshot.setl_id(rows), Grade.CONTESTED),
            evidence=tuple(_holders(snapshot, people)),
            trials=trials,
            denominator=examined,
            denominator_of=say(N_("values of this kind in the register")),
            data_version=snapshot.data_version,
            details={"holders": float(len(people))},
        )

    def _trials(self, snapshot: Snapshot, handle: Handle, people: Ints, rows: Ints) -> tuple[Trial, ...]:
        return (
            self._together(
                snapshot, people, "addr", N_("{share:.0%} of them live at one address: a household or a home.")
            ),
            self._together(snapshot, people, "emp_no", N_("{share:.0%} of them have one employer: it pays for them.")),
            self._together(
                snapshot, people, "village", N_("{share:.0%} of them live in one village or street: neighbours.")
            ),
            _family(snapshot, people, self.common),
            _staff(snapshot, handle),
            _used(snapshot, people, rows),
        )

    def _together(self, snapshot: Snapshot, people: Ints, column: str, sentence: str) -> Trial:
        share = snapshot.scalar(_COMMON, [people.tolist(), column]) / len(people)
        return Trial(column, 1.0 if share >= self.common else 0.0, say(sentence, share=share))


def tail(counts: Ints, holders: int) -> float:
    """Expected number of values with at least `holders`, by the kind's tail (`counts`: holders of each value).

    A discrete power law through the `_TOP` largest, without the `_SUSPECT` largest of all: other
    rings must not excuse this one. Where hardly any value is shared, its exponent is drawn to
    `_EXPONENT`. Once more values than the suspects are as large, they are usual here.
    """
    shared = np.sort(counts[counts >= 2])
    beyond = int((shared >= holders).sum()) - _SUSPECT
    if beyond > 0:
        return float(beyond)
    top = shared[: max(0, len(shared) - _SUSPECT)][-_TOP:]
    least = float(top.min(initial=2))
    likelihood = -len(top) * np.log(zeta(_GRID, least)) - _GRID * float(np.log(top).sum())
    exponent = _GRID[np.argmax(likelihood + np.log(_GRID - 1) - (_GRID - 1) / _EXPONENT)]
    return float((len(top) + 1) * zeta(exponent, holders) / zeta(exponent, least))


def _chance(holders: int, p_value: float) -> Chance:
    return Chance(
        statistic=say(N_("enrolments that give it")),
        observed=float(holders),
        expected=1.0,
        p_value=float(f"{min(1.0, p_value):.6g}"),
        null=say(
            N_(
                "Values of this kind are shared as the county's others are (a power law fitted without this value), "
                "corrected for all values of all kinds."
            )
        ),
    )


def _holders(snapshot: Snapshot, people: Ints) -> Iterator[Evidence]:
    """One line for each holder: how much and when."""
    for p, number in list(zip(people.tolist(), snapshot.psn_no(people), strict=True))[:40]:
        rows = snapshot.rows_of([p])
        fund = int(snapshot.visits.fund[rows].sum()) / 100
        said = say(
            N_("{number}: {visits} settlements, {fund:.2f} yuan from the fund."),
            number=number,
            visits=len(rows),
            fund=fund,
        )
        yield Evidence(said, tuple(snapshot.setl_id(rows)))


def _family(snapshot: Snapshot, people: Ints, common: float) -> Trial:
    _, size = np.unique(units(snapshot)[people], return_counts=True)
    share = float(size.max()) / len(people)
    return Trial(
        "family",
        1.0 if share >= common else 0.0,
        say(N_("{share:.0%} of them are one family by the registers."), share=share),
    )


def _staff(snapshot: Snapshot, handle: Handle) -> Trial:
    """A village doctor's telephone stands for those who have none; an account of the staff is no excuse."""
    staff = snapshot.scalar(_STAFF, [handle.value]) > 0
    explains = 1.0 if staff and handle.kind == "tel" else 0.0
    said = (
        N_("It is that of a health worker or institution.") if staff else N_("No health worker or institution has it.")
    )
    return Trial("health_worker", explains, say(said))


def _used(snapshot: Snapshot, people: Ints, rows: Ints) -> Trial:
    used = len(np.unique(snapshot.visits.person[rows]))
    said = say(N_("{used} of {all} are used for settlements."), used=used, all=len(people))
    return Trial("not_used", 1.0 if used < 2 or used < 0.5 * len(people) else 0.0, said)
