"""What is said about buyers who strip quotas: the stock in their hands, purchase by purchase."""

from collections.abc import Mapping

import numpy as np

from claims.language import N_
from detectors.collusion.supply import SPARE, Supplies
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, Trial, say, strength_of
from detectors.lawful import weaken
from detectors.lawful.units import units
from detectors.snapshot import Ints, Snapshot
from graph.model import NodeType

_LINES = 40
_ROOM = 1.25  # what a family of users may hold beyond its calendar: holidays, a lost pack

_FILLS = """
    SELECT setl_id, h.p, h.d, h.day, h.i, supply, hand, elsewhere, h.charge FROM drug_hand AS h JOIN visit USING (v)
    WHERE h.p IN (SELECT unnest($1)) AND h.d IN (SELECT unnest($2)) ORDER BY h.p, h.v
"""
# Members of each family who were treated for what its buyer was treated for.
_USERS = """
    WITH illness AS (
        SELECT DISTINCT of, left(diag_code, 3) AS illness
        FROM stripped JOIN drug_hand USING (p, d) JOIN visit USING (v)
    )
    SELECT of, count(DISTINCT family.p) AS users FROM family JOIN visit USING (p) JOIN illness USING (of)
    WHERE left(diag_code, 3) = illness GROUP BY of
"""


def users_of(snapshot: Snapshot, found: Supplies, rows: Ints) -> Mapping[int, int]:
    """How many of each buyer's family were treated for what the drug treats, by row of the supplies; asked at once."""
    unit = units(snapshot)
    order = np.argsort(unit, kind="stable")
    buyers = unit[found.person[rows]]
    first, end = (np.searchsorted(unit[order], buyers, side) for side in ("left", "right"))
    family = np.concatenate([order[:0], *(order[low:high] for low, high in zip(first, end, strict=True))])
    snapshot.code("stripped", {"of": rows, "p": found.person[rows], "d": found.drug[rows]})
    snapshot.code("family", {"of": np.repeat(rows, end - first), "p": family})
    return dict(snapshot.db.execute(_USERS).fetchall())


def quota_finding(
    snapshot: Snapshot,
    found: Supplies,
    rows: Ints,
    users: Mapping[int, int],
    p_value: float,
    detector: str,
    version: str,
    kind: str,
) -> Finding:
    """Write the finding about one group of buyers (`rows` of the supplies); `users` as `users_of` counts them."""
    worst = int(rows[np.argmin(found.chance[rows])])
    trials = (_family(found, rows, users), _long_prescription(found, rows))
    persons = np.unique(found.person[rows])
    buyers = tuple(Subject(NodeType.PERSON, key, Role.BUYER) for key in snapshot.psn_no(persons))
    fills = snapshot.sql(_FILLS, [persons.tolist(), np.unique(found.drug[rows]).tolist()]).to_pylist()
    first = min(fills, key=lambda fill: (fill["day"], fill["p"]))["p"]
    records = {fill["setl_id"]: _grade(fill) for fill in fills}
    strength = strength_of(p_value)
    return Finding(
        detector,
        version,
        kind,
        Subject(NodeType.PERSON, snapshot.psn_no([first])[0], Role.BUYER),
        buyers,
        strength,
        weaken(strength, trials),
        _statement(found, rows, worst, len(persons)),
        _chance(found, worst, p_value),
        records,
        _lines(snapshot, found, rows, fills),
        trials,
        len(found.person),
        say(N_("pairs of a person and a drug bought three times or more")),
        snapshot.data_version,
        {"days_in_hand": float(found.peak[rows].max()), "charge": float(sum(fill["charge"] or 0 for fill in fills))},
    )


def _grade(fill: dict[str, object]) -> Grade:
    early = isinstance(fill["hand"], int | float) and fill["hand"] >= SPARE
    return Grade.PROBABLE if early else Grade.CONTESTED


def _statement(found: Supplies, rows: Ints, worst: int, persons: int) -> Statement:
    return say(
        N_(
            "{persons} persons obtained {drug} at up to {places} institutions; one of them was supplied for {supply} "
            "days within {span} days and had {peak} days in hand at the peak."
        ),
        persons=persons,
        drug=found.names[int(found.drug[worst])],
        places=int(found.places[rows].max()),
        supply=int(found.supply[worst]),
        span=int(found.span[worst]),
        peak=int(found.peak[worst]),
    )


def _chance(found: Supplies, worst: int, p_value: float) -> Chance:
    return Chance(
        say(N_("surplus purchases elsewhere, with {days} days or more in hand"), days=SPARE),
        float(found.surplus[worst]),
        float(found.usual[worst]),
        p_value,
        say(
            N_(
                "Surplus purchases fall off as among all buyers and the drug's own users (exponential tail, fitted "
                "without the highest fiftieth); corrected for all groups of as many buyers of any drug."
            )
        ),
    )


def _lines(snapshot: Snapshot, found: Supplies, rows: Ints, fills: list[dict[str, object]]) -> tuple[Evidence, ...]:
    """One line per buyer and drug, then the purchases with most in hand."""
    lines = [_total(snapshot, found, int(row), fills) for row in rows[np.argsort(found.chance[rows], kind="stable")]]
    fullest = sorted(fills, key=lambda fill: (-float(str(fill["hand"])), str(fill["setl_id"])))
    return tuple([*lines, *(_purchase(snapshot, found, fill) for fill in fullest)][:_LINES])


def _total(snapshot: Snapshot, found: Supplies, row: int, fills: list[dict[str, object]]) -> Evidence:
    p, d = int(found.person[row]), int(found.drug[row])
    says = say(
        N_(
            "{person} bought {drug} {fills} times at {places} institutions within {span} days, enough for {supply} "
            "days; {early} times elsewhere with {spare} days or more in hand."
        ),
        person=snapshot.psn_no([p])[0],
        drug=found.names[d],
        fills=int(found.fills[row]),
        places=int(found.places[row]),
        span=int(found.span[row]),
        supply=int(found.supply[row]),
        early=int(found.early[row]),
        spare=SPARE,
    )
    return Evidence(says, tuple(str(fill["setl_id"]) for fill in fills if fill["p"] == p and fill["d"] == d))


def _purchase(snapshot: Snapshot, found: Supplies, fill: dict[str, object]) -> Evidence:
    says = say(
        N_("{day}, {place}: {drug} for {supply} days, with {hand} days still in hand."),
        day=snapshot.date_of(int(str(fill["day"]))),
        place=snapshot.place_names[int(str(fill["i"]))],
        drug=found.names[int(str(fill["d"]))],
        supply=int(float(str(fill["supply"]))),
        hand=int(float(str(fill["hand"]))),
    )
    return Evidence(says, (str(fill["setl_id"]),))


def _family(found: Supplies, rows: Ints, users: Mapping[int, int]) -> Trial:
    """A family that shares the illness may be supplied on one account: how much of the surplus that covers."""
    shares = []
    for row in rows:
        treated = max(1, users.get(int(row), 1))
        times = float(found.supply[row]) / max(1.0, float(found.span[row]))
        shares.append(1.0 if times <= treated * _ROOM else (treated - 1) / times)
    share = min(shares)
    says = say(N_("Relatives with the same illness account for {share:.0%} of the supply."), share=share)
    return Trial("household", share, says)


def _long_prescription(found: Supplies, rows: Ints) -> Trial:
    """Twelve weeks may be prescribed at once; that covers one stock, not one after the other."""
    share = float(np.clip(84.0 / np.maximum(found.peak[rows], 1.0), 0.0, 1.0).min())
    says = say(
        N_("A long prescription (twelve weeks) covers {share:.0%} of what was in hand at the peak."), share=share
    )
    return Trial("long_prescription", share, says)
