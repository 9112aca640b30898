"""What the detectors of returning boxes say about a group: lines, trials and the finding itself."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.collusion.box_groups import BoxGroup
from detectors.collusion.boxes import Returns, returns
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, Trial, say, strength_of
from detectors.lawful import weaken
from detectors.lawful.units import units
from detectors.snapshot import Ints, Snapshot, kept
from graph.model import NodeType

_LINES = 40


@dataclass(frozen=True)
class Voice:
    """What distinguishes one detector of boxes from another: its names, sentence and roles."""

    detector: str
    version: str
    kind: str
    statement: Statement
    buyer: Role


def box_finding(snapshot: Snapshot, group: BoxGroup, voice: Voice, places: Mapping[int, Role]) -> Finding:
    """Write the finding about one group of returning boxes; `places` are the institutions implicated."""
    found = returns(snapshot)
    rows = group.rows
    trials = (_household(snapshot, found, rows), _one_chain(snapshot, found, rows), _sent_back())
    strength = strength_of(group.p_value)
    persons = [Subject(NodeType.PERSON, key, voice.buyer) for key in snapshot.psn_no(group.persons)]
    first = int(found.person[rows[np.argmin(found.visit[rows])]])
    return Finding(
        voice.detector,
        voice.version,
        voice.kind,
        Subject(NodeType.PERSON, snapshot.psn_no([first])[0], voice.buyer),
        (
            *persons,
            *(Subject(NodeType.INSTITUTION, snapshot.fixmedins_code([i])[0], role) for i, role in places.items()),
        ),
        strength,
        weaken(strength, trials),
        voice.statement,
        _chance(found, group),
        _records(snapshot, found, rows),
        (*_ways(snapshot, found, rows), *_boxes(snapshot, found, rows))[:_LINES],
        trials,
        snapshot.persons,
        say(N_("insured persons")),
        snapshot.data_version,
        {"boxes": float(len(rows)), "charge": float(found.charge[rows].sum())},
    )


def _chance(found: Returns, group: BoxGroup) -> Chance:
    return Chance(
        say(N_("purchases whose boxes came back")),
        float(group.observed),
        group.expected,
        group.p_value,
        say(
            N_(
                "Wrongly scanned codes fall on any box at the county's own rate ({rate:.2%}, without the tested "
                "institution); corrected for all groups of as many persons or institutions."
            ),
            rate=found.rate,
        ),
    )


def _records(snapshot: Snapshot, found: Returns, rows: Ints) -> dict[str, Grade]:
    """The second settlement of a box cannot be honest; the first only belongs to the pattern."""
    second = np.unique(found.again[rows][found.again[rows] >= 0])
    graded = dict.fromkeys(snapshot.setl_id(np.unique(found.visit[rows])), Grade.PROBABLE)
    return graded | dict.fromkeys(snapshot.setl_id(second), Grade.CERTAIN)


def _settled(snapshot: Snapshot, found: Returns, rows: Ints) -> tuple[str, ...]:
    visits = np.concatenate([found.visit[rows], found.again[rows]])
    return tuple(snapshot.setl_id(np.unique(visits[visits >= 0])))


def _ways(snapshot: Snapshot, found: Returns, rows: Ints) -> list[Evidence]:
    """One line per pair of institutions, the busiest first."""
    pairs = np.column_stack([found.source[rows], found.receiver[rows]])
    ways, number, counts = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")[: _LINES // 2]
    return [_way(snapshot, found, rows[number.ravel() == way], ways[way]) for way in order]


def _way(snapshot: Snapshot, found: Returns, rows: Ints, way: Ints) -> Evidence:
    gap = int(np.median(found.again_day[rows] - found.day[rows]))
    says = say(
        N_(
            "{boxes} boxes bought by {persons} persons at {source} between {first} and {last} were settled or "
            "stocked again at {receiver}, typically {gap} days later."
        ),
        boxes=len(rows),
        persons=len(np.unique(found.person[rows])),
        source=snapshot.place_names[int(way[0])],
        receiver=snapshot.place_names[int(way[1])],
        first=snapshot.date_of(int(found.day[rows].min())),
        last=snapshot.date_of(int(found.day[rows].max())),
        gap=gap,
    )
    return Evidence(says, _settled(snapshot, found, rows))


def _boxes(snapshot: Snapshot, found: Returns, rows: Ints) -> list[Evidence]:
    """The dearest boxes one by one."""
    order = rows[np.argsort(-found.charge[rows], kind="stable")][: _LINES // 2]
    return [_box(snapshot, found, int(row)) for row in order]


def _box(snapshot: Snapshot, found: Returns, row: int) -> Evidence:
    again = found.again[row] >= 0
    message = (
        N_("Box {code} ({drug}): settled on {day} at {source}, settled again on {later} at {receiver}.")
        if again
        else N_("Box {code} ({drug}): settled on {day} at {source}, bought into stock on {later} at {receiver}.")
    )
    says = say(
        message,
        code=found.code[row],
        drug=found.name[row],
        day=snapshot.date_of(int(found.day[row])),
        later=snapshot.date_of(int(found.again_day[row])),
        source=snapshot.place_names[int(found.source[row])],
        receiver=snapshot.place_names[int(found.receiver[row])],
    )
    return Evidence(says, _settled(snapshot, found, np.array([row])))


def _household(snapshot: Snapshot, found: Returns, rows: Ints) -> Trial:
    unit, later = units(snapshot), found.next_person[rows]
    same = (later >= 0) & (unit[found.person[rows]] == unit[later])
    share = float(same.mean())
    says = say(N_("{share:.0%} of the boxes stayed within one family."), share=share)
    return Trial("household", share, says)


def _one_chain(snapshot: Snapshot, found: Returns, rows: Ints) -> Trial:
    """Shops of one chain that book the same delivery within a day: a list of codes uploaded twice."""
    chain = chains(snapshot)
    a, b = chain[found.source[rows]], chain[found.receiver[rows]]
    share = float(((a >= 0) & (a == b) & (found.again_day[rows] - found.day[rows] <= 1)).mean())
    says = say(N_("{share:.0%} of the boxes moved within a day between shops of one chain."), share=share)
    return Trial("chain_transfer", share, says)


def _sent_back() -> Trial:
    says = say(
        N_(
            "Refunds, goods sent back to the seller, split packs, outer packs and codes scanned twice for one person "
            "were taken out before."
        )
    )
    return Trial("lawful_repeats", 0.0, says)


@kept
def chains(snapshot: Snapshot) -> Ints:
    """Code of the legal representative of every place, as a sign of one owner; -1 where none is known."""
    query = """
        WITH owner AS (
            SELECT fixmedins_code, min(nullif(trim(legrep_name), '')) AS name FROM institutions GROUP BY ALL
        )
        SELECT dense_rank() OVER (ORDER BY name NULLS LAST) - 1 AS code, name IS NULL AS none
        FROM place LEFT JOIN owner USING (fixmedins_code) ORDER BY i
    """
    code, none = snapshot.columns(query)
    return np.where(none.astype(np.bool_), -1, code.astype(np.int64))
