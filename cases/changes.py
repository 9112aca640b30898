"""What changed between two pictures of one ring: in words, and whether it is worth telling."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cases.exposure import THRESHOLD_TITLES
from cases.history import EventKind
from cases.matching import bodies
from cases.model import Member, Picture, Standing
from claims.language import N_
from detectors.finding import Grade, Statement, say
from graph.model import NodeType
from graph.titles import NODE_TITLES

LEAST_MONEY = Decimal(1_000)  # yuan: a third of the lowest amount of the law
LEAST_SHARE = Decimal("0.1")
RENEWED = 0.3  # share of new members from which a decision no longer holds

_COUNTED = (NodeType.PERSON, NodeType.INSTITUTION, NodeType.DOCTOR)


@dataclass(frozen=True)
class Change:
    """One thing that changed; a `material` one alerts."""

    kind: EventKind
    words: Statement
    material: bool


def changes(old: Picture, new: Picture) -> tuple[Change, ...]:
    """List what changed, most telling first; empty when there is nothing to say."""
    return (*_line(old, new), *_members(old, new), *_money(old, new), *_kind(old, new))


def renewed(old: frozenset[tuple[NodeType, str]], new: Picture) -> bool:
    """Say whether so many members are new that what was decided is no longer about this ring."""
    now = bodies(new)
    return len(now - old) > RENEWED * len(now)


def _line(old: Picture, new: Picture) -> Iterator[Change]:
    if old.standing is new.standing:
        return
    words = {
        Standing.ALERT: N_("now above the alert line"),
        Standing.EXPLAINED: N_("now explained by an innocent reason"),
        Standing.BELOW_LINE: N_("now below the alert line"),
    }[new.standing]
    yield Change(EventKind.CHANGED, say(words), new.standing is Standing.ALERT)


def _members(old: Picture, new: Picture) -> Iterator[Change]:
    before = {member.key: member for member in old.members}
    after = {member.key: member for member in new.members}
    joined = [member for key, member in after.items() if key not in before]
    left = [member for key, member in before.items() if key not in after]
    for type_, count in _counts(joined):
        words = say(N_("+{count} {what}"), count=count, what=_named(type_))
        yield Change(EventKind.GREW, words, True)
    for type_, count in _counts(left):
        words = say(N_("-{count} {what}"), count=count, what=_named(type_))
        yield Change(EventKind.SHRANK, words, False)


def _counts(members: list[Member]) -> list[tuple[NodeType, int]]:
    counts = Counter(member.type for member in members)
    return [(type_, counts[type_]) for type_ in _COUNTED if counts[type_]]


def _named(type_: NodeType) -> Statement:
    return Statement(*NODE_TITLES[type_])


def _money(old: Picture, new: Picture) -> Iterator[Change]:
    more = new.exposure.fund - old.exposure.fund
    if more > 0:
        material = more >= max(LEAST_MONEY, LEAST_SHARE * old.exposure.fund)
        yield Change(EventKind.GREW, say(N_("+{amount} yuan"), amount=f"{more:,.2f}"), material)
    elif more < 0:
        yield Change(EventKind.SHRANK, say(N_("-{amount} yuan"), amount=f"{-more:,.2f}"), False)
    before = {(c.threshold, c.amount) for c in old.exposure.crossings if _sure(c.reached)}
    for crossing in new.exposure.crossings:
        if _sure(crossing.reached) and (crossing.threshold, crossing.amount) not in before:
            title = say(THRESHOLD_TITLES[crossing.threshold])
            words = N_("now reaches {amount} yuan ({title})")
            yield Change(EventKind.CHANGED, say(words, amount=f"{crossing.amount:,}", title=title), True)


def _sure(grade: Grade | None) -> bool:
    return grade in (Grade.CERTAIN, Grade.PROBABLE)


def _kind(old: Picture, new: Picture) -> Iterator[Change]:
    if old.kind != new.kind:
        yield Change(EventKind.CHANGED, say(N_("now looks like {kind}"), kind=new.kind), old.family != new.family)
    gone = set(new.detectors) - set(old.detectors)
    if gone and old.kind == new.kind:
        words = say(N_("{count} more tests agree"), count=len(gone))
        yield Change(EventKind.CHANGED, words, True)
