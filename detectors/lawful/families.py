"""Families and those who act for others by register: households, family accounts, agents, village doctors."""

from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Trial, say
from detectors.lawful import Gathering
from detectors.lawful.measures import birth_years, commonest, homes
from detectors.lawful.units import units
from detectors.snapshot import Flags, Ints, Snapshot, kept
from detectors.visits import distinct


@dataclass(frozen=True)
class Household:
    """People of one registered household, family account or address."""

    name: str = "household"
    share: float = 0.8  # of the group; below it strangers came along

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """All visits, where nearly everybody is of one unit."""
        unit = units(snapshot)
        family, share = commonest(unit[gathering.persons])
        inside = unit[snapshot.visits.person[gathering.visits]] == family
        found = inside if share >= self.share else np.zeros_like(inside)
        says = say(
            N_("{share:.0%} of them are one family by the registers ({units} families in all)."),
            share=share,
            units=len(np.unique(unit[gathering.persons])),
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)


@dataclass(frozen=True)
class RegisteredAgent:
    """Somebody named in the settlement acted for them, and may.

    Lawful are agents registered for the person, agents of the person's own unit, and agents who
    are health workers or live at the persons' address, as long as those they act for are old and
    `most` visits of the group name one of them.
    """

    name: str = "registered_agent"
    old: int = 60  # years; a health worker fetches for elders
    elders: float = 0.6
    most: float = 0.5

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Visits whose agent may act, and those of the same batch once most of it is explained."""
        agent = agents(snapshot)[gathering.visits]
        person = snapshot.visits.person[gathering.visits]
        lawful = related(snapshot, person, agent) | self._carer(snapshot, gathering, person, agent)
        share = float(lawful.sum() / max(1, (agent >= 0).sum()))
        named = float((agent >= 0).mean()) if len(agent) else 0.0
        whole = share >= self.most and lawful.mean() >= self.most if len(lawful) else False
        found = np.ones_like(lawful) if whole else lawful
        says = say(
            N_("An agent is named in {named:.0%} of the settlements; {share:.0%} of these agents may act for them."),
            named=named,
            share=share,
        )
        return found, Trial(self.name, float(found.mean()) if len(found) else 0.0, says)

    def _carer(self, snapshot: Snapshot, gathering: Gathering, person: Ints, agent: Ints) -> Flags:
        """Agents who are health workers, or live where the persons live, acting for elders."""
        age = snapshot.origin.year - birth_years(snapshot)[gathering.persons]
        elders = float((age >= self.old).mean()) if len(gathering.persons) else 0.0
        if elders < self.elders:
            return np.zeros(len(person), np.bool_)
        known = agent >= 0
        worker = known & health_workers(snapshot)[np.maximum(agent, 0)]
        home = homes(snapshot)
        neighbour = known & (home[person] >= 0) & (home[person] == home[np.maximum(agent, 0)])
        clientele = registered_clients(snapshot)[np.maximum(agent, 0)]
        one, which = np.unique(agent, return_inverse=True)
        pairs = np.unique(which * snapshot.persons + person)
        acted = np.bincount(pairs // max(1, snapshot.persons), minlength=len(one))[which]
        registered = known & (clientele * 2 >= acted) & (clientele > 0)
        carer: Flags = worker | neighbour | registered
        return carer


@kept
def agents(snapshot: Snapshot) -> Ints:
    """Person `p` who acted in each visit, by the agent's certificate; -1 where none is named or known."""
    query = """
        WITH holder AS (SELECT certno, min(p) AS p FROM person WHERE certno IS NOT NULL GROUP BY certno)
        SELECT v, holder.p FROM visit JOIN holder ON holder.certno = visit.agent
    """
    visit, agent = (column.astype(np.int64) for column in snapshot.columns(query))
    found = np.full(len(snapshot.visits.person), -1, np.int64)
    found[visit] = agent
    return found


@kept
def health_workers(snapshot: Snapshot) -> Flags:
    """Persons who stand in the register of practitioners, by certificate (clerks are none)."""
    query = """
        SELECT p IN (
            SELECT p FROM person JOIN practitioners ON upper(practitioners.certno) = person.certno
            WHERE coalesce(prac_type, '1') <> '5'
        ) AS worker FROM person ORDER BY p
    """
    return snapshot.columns(query)[0].astype(np.bool_)


@kept
def registered_clients(snapshot: Snapshot) -> Ints:
    """How many persons each person is a registered agent for."""
    query = """
        SELECT b.p AS agent, count(DISTINCT a.p) AS clients FROM relations
        JOIN person AS a ON a.psn_no = relations.psn_no JOIN person AS b ON b.psn_no = rel_psn_no
        WHERE rel_type = '2' GROUP BY b.p ORDER BY 1
    """
    agent, clients = snapshot.columns(query)
    found = np.zeros(snapshot.persons, np.int64)
    found[agent.astype(np.int64)] = clients.astype(np.int64)
    return found


@kept
def _ties(snapshot: Snapshot) -> Ints:
    """Registered relations of persons as sorted numbers a * persons + b, both ways."""
    query = """
        SELECT a.p AS a, b.p AS b FROM relations
        JOIN person AS a ON a.psn_no = relations.psn_no JOIN person AS b ON b.psn_no = rel_psn_no
    """
    a, b = (column.astype(np.int64) for column in snapshot.columns(query))
    return distinct(np.concatenate([a * snapshot.persons + b, b * snapshot.persons + a]))


def related(snapshot: Snapshot, person: Ints, other: Ints) -> Flags:
    """Whether each pair is registered with one another, or of one unit, or the same; false where other is -1."""
    unit, ties = units(snapshot), _ties(snapshot)
    sure = np.maximum(other, 0)
    key = person * snapshot.persons + sure
    at = np.minimum(np.searchsorted(ties, key), max(len(ties) - 1, 0))
    registered = ties[at] == key if len(ties) else np.zeros(len(key), np.bool_)
    found: Flags = (other >= 0) & (registered | (unit[person] == unit[sure]) | (person == sure))
    return found
