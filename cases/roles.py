"""Who is in a ring, in which role, and why: the strongest finding leads, others add what fits."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cases.model import Fact, Key, Member
from cases.overlap import FITS, JOINING, extent_of, weights_of, within
from claims.language import N_
from detectors.finding import ROLE_TITLES, Finding, Grade, Role, Statement, say
from graph.model import NodeType

MOSTLY = 0.5  # share of the ring's people a finding must concern to speak for its places
ACTS_FOR = 3  # persons one member must act for to be proposed as collector
CENTRAL = 0.5  # share of the other members' settlements on which that member acts

_ALL: Key = (NodeType.RING, "")

# The same person named in several roles is shown in the one that says most.
_TELLING = (
    Role.ORGANISER, Role.COLLECTOR, Role.BUYER, Role.PRESCRIBER, Role.DISPENSER, Role.LENDER,
    Role.ENROLMENT, Role.RECRUIT, Role.HOLDER, Role.CARD, Role.HANDLE, Role.PLACE, Role.TILL, Role.BOX,
)  # fmt: skip
RANK: Mapping[Role, int] = {role: place for place, role in enumerate(_TELLING)}


def members_of(findings: Sequence[Finding], facts: Mapping[str, Fact]) -> tuple[Member, ...]:
    """Return a ring's members, sorted; `findings` stand strongest first.

    The strongest finding about several people leads, a test before a fixed rule. People of another are added
    only when most of it is in the ring already: a wider circle corroborates the ring without
    blurring it. Places, tills and practitioners are those of findings that concern most of the
    ring's people.
    """
    extents = {id(finding): extent_of(finding, facts) for finding in findings}
    weights = weights_of(extents.values())
    leader = min(findings, key=lambda finding: extents[id(finding)].place)
    people = set(extents[id(leader)].members)
    for finding in findings:
        keys = tuple(extents[id(finding)].members)
        if within(keys, frozenset(people), weights) >= FITS:
            people.update(keys)
    spoken = [f for f in findings if _share(people, extents[id(f)].members) >= MOSTLY]
    shares = _shares(_suspect(findings, facts))
    chosen = _Chosen(frozenset(people), tuple(spoken) or (leader,), tuple(findings), shares)
    proposed = {member.key: member for member in chosen.members()}
    proposed.update({member.key: member for member in _collectors(proposed, findings, facts)})
    return tuple(sorted(proposed.values()))


def _share(people: set[Key], members: frozenset[Key]) -> float:
    return len(people & members) / len(people) if people else 0.0


@dataclass(frozen=True)
class _Chosen:
    """People of the ring, the findings that speak for its places, all of them, and who stands in how many claims."""

    people: frozenset[Key]
    spoken: tuple[Finding, ...]
    findings: tuple[Finding, ...]
    claims: Counter[Key]

    def members(self) -> Iterator[Member]:
        """Propose a role for everybody, with how many findings name it."""
        named: dict[Key, Counter[Role]] = defaultdict(Counter)
        for finding in self.findings:
            speaks = any(finding is one for one in self.spoken)
            for subject in finding.subjects:
                key = subject.type, subject.id
                if key in self.people or (speaks and subject.type not in JOINING):
                    named[key][subject.role] += 1
        for key, roles in named.items():
            if key[0] not in JOINING and not self._essential(key):
                continue
            role = min(roles, key=lambda role: RANK[role])
            yield Member(*key, role, self._why(key, role, roles.total()))

    def _why(self, key: Key, role: Role, naming: int) -> Statement:
        title, total = say(ROLE_TITLES[role]), len(self.findings)
        if self.claims[key]:
            words = N_("{role}: {claims} of {all} claims; named by {count} of {total} findings")
            everything = self.claims[_ALL]
            return say(words, role=title, claims=self.claims[key], all=everything, count=naming, total=total)
        return say(N_("{role}: named by {count} of {total} findings"), role=title, count=naming, total=total)

    def _essential(self, key: Key) -> bool:
        """Whether a place or practitioner is the strongest finding's, or most of those that speak name it."""
        naming = sum(any((s.type, s.id) == key for s in finding.subjects) for finding in self.spoken)
        first = any((s.type, s.id) == key for s in self.spoken[0].subjects)
        return first or 2 * naming > len(self.spoken)


def _shares(facts: Sequence[Fact]) -> Counter[Key]:
    """Count the claims of each person and place, and all of them under `_ALL`."""
    counts: Counter[Key] = Counter({_ALL: len(facts)})
    for fact in facts:
        counts[NodeType.PERSON, fact.person] += 1
        counts[NodeType.INSTITUTION, fact.place] += 1
    return counts


def _collectors(
    members: Mapping[Key, Member], findings: Sequence[Finding], facts: Mapping[str, Fact]
) -> Iterator[Member]:
    """Propose members who act as agent on most of the others' settlements as collectors."""
    acted: dict[str, set[str]] = defaultdict(set)
    times: Counter[str] = Counter()
    others: Counter[str] = Counter()
    for fact in _suspect(findings, facts):
        others[fact.person] += 1
        if fact.agent and fact.agent != fact.person:
            acted[fact.agent].add(fact.person)
            times[fact.agent] += 1
    for agent, people in sorted(acted.items()):
        member = members.get((NodeType.PERSON, agent))
        foreign = others.total() - others[agent]
        central = len(people) >= ACTS_FOR and times[agent] >= CENTRAL * foreign
        if member and central and RANK[member.role] > RANK[Role.COLLECTOR]:
            words = N_("Acted as agent for {people} of the others on {count} of their {total} settlements.")
            reason = say(words, people=len(people), count=times[agent], total=foreign)
            yield Member(member.type, member.id, Role.COLLECTOR, reason)


def _suspect(findings: Sequence[Finding], facts: Mapping[str, Fact]) -> list[Fact]:
    records = {r for f in findings for r, grade in f.records.items() if grade is not Grade.LAWFUL}
    return [facts[record] for record in sorted(records) if record in facts]
