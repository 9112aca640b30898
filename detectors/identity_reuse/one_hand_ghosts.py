"""Enrolments made by one hand, without a life of their own, with near-identical claims at one place."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.contract import Need
from detectors.finding import Chance, Evidence, Finding, Grade, Role, Statement, Subject, say, strength_of
from detectors.identity_reuse.ghosts import Ghosts, find_ghosts
from detectors.identity_reuse.handles import KINDS, Handle, usual
from detectors.lawful import weaken
from detectors.snapshot import Snapshot
from graph.model import NodeType

_LINES = 40


@dataclass(frozen=True)
class OneHandGhosts:
    """Holders of one telephone, account, address or agent who settle alike on the same days and nowhere else.

    `fewest` enrolments and `days` of common batches make a group; a handle of more than `most`
    stands for "none" (a bank's placeholder, a collective household). `elsewhere` is the share of
    visits away from the batches from which a member has a life of its own.
    """

    fewest: int = 4
    days: int = 3
    most: int = 300
    elsewhere: float = 0.5
    name: str = "one_hand_ghosts"
    version: str = "1"
    title: str = N_("Enrolments in one hand with near-identical claims")
    kinds: Sequence[str] = ("identity_reuse/one_hand_ghosts",)
    needs: Sequence[Need] = (
        Need("insured", ("tel", "addr", "bankacct"), vital=False),
        Need("settlements"),
        Need("settlements", ("agnter_certno", "agnter_tel", "diag_code"), vital=False),
        Need("fee_items", ("med_list_codg",), vital=False),
        Need("relations", vital=False),
    )

    def detect(self, snapshot: Snapshot, /) -> Iterator[Finding]:
        """Test each handle at each place where its holders meet; several handles of one group are one finding."""
        for ghosts in find_ghosts(snapshot, self.fewest, self.days, self.most, self.elsewhere):
            yield self._finding(snapshot, ghosts)

    def _finding(self, snapshot: Snapshot, ghosts: Ghosts) -> Finding:
        strength = strength_of(ghosts.p_value)
        inside = set(ghosts.alike.tolist())
        numbers = snapshot.setl_id(ghosts.visits)
        return Finding(
            detector=self.name,
            version=self.version,
            kind=self.kinds[0],
            anchor=_handle(snapshot, ghosts.handles[0]),
            subjects=_subjects(snapshot, ghosts),
            strength=strength,
            score=weaken(strength, ghosts.trials),
            statement=_statement(snapshot, ghosts, len(inside)),
            chance=_chance(ghosts),
            records={
                number: Grade.PROBABLE if v in inside else Grade.CONTESTED
                for v, number in zip(ghosts.visits.tolist(), numbers, strict=True)
            },
            evidence=(*_shares(snapshot, ghosts), *_days(snapshot, ghosts)),
            trials=ghosts.trials,
            denominator=ghosts.examined,
            denominator_of=say(N_("handles at places where their holders meet")),
            data_version=snapshot.data_version,
            details={"enrolments": float(len(ghosts.members)), "days": float(ghosts.days)},
        )


def _handle(snapshot: Snapshot, handle: Handle) -> Subject:
    return Subject(KINDS[handle.kind][0], handle.value, Role.HANDLE)


def _subjects(snapshot: Snapshot, ghosts: Ghosts) -> tuple[Subject, ...]:
    people = tuple(Subject(NodeType.PERSON, number, Role.ENROLMENT) for number in snapshot.psn_no(ghosts.members))
    hands = tuple(Subject(NodeType.PERSON, number, Role.ORGANISER) for number in snapshot.psn_no(ghosts.hands))
    place = Subject(NodeType.INSTITUTION, snapshot.fixmedins_code([ghosts.place])[0], Role.PLACE)
    # An agent's certificate is no person of the register: the hand stands for it.
    handles = tuple(_handle(snapshot, handle) for handle in ghosts.handles if handle.kind != "agent")
    return (*people, *hands, place, *handles)


def _named(handles: Sequence[Handle]) -> Statement:
    words = [say(KINDS[kind][1]) for kind in dict.fromkeys(handle.kind for handle in handles)]
    return Statement("、".join(w.zh for w in words), ", ".join(w.en for w in words))


def _statement(snapshot: Snapshot, ghosts: Ghosts, alike: int) -> Statement:
    return say(
        N_(
            "{count} enrolments share {handles}; at {place} they settled on {days} common days, {alike} of {visits} "
            "settlements alike, {fund:.2f} yuan from the fund. {idle} of them have hardly another settlement anywhere."
        ),
        count=len(ghosts.members),
        handles=_named(ghosts.handles),
        place=snapshot.place_names[ghosts.place],
        days=ghosts.days,
        alike=alike,
        visits=len(ghosts.visits),
        fund=int(snapshot.visits.fund[ghosts.visits].sum()) / 100,
        idle=ghosts.idle,
    )


def _chance(ghosts: Ghosts) -> Chance:
    return Chance(
        statistic=say(N_("settlements equal to another of the group on the same day")),
        observed=float(len(ghosts.alike)),
        expected=float(f"{ghosts.expected:.4g}"),
        p_value=float(f"{ghosts.p_value:.6g}"),
        null=say(
            N_(
                "Each claim of a common day is drawn from what other people have at this place, the commonest claim "
                "({rate:.1%}) first; corrected for the handles and places examined."
            ),
            rate=ghosts.rate,
        ),
    )


def _shares(snapshot: Snapshot, ghosts: Ghosts) -> Iterator[Evidence]:
    """One line for each handle: how many give it, and how many is usual."""
    for handle, holders in zip(ghosts.handles, ghosts.holders, strict=True):
        title = say(KINDS[handle.kind][1])
        if not handle.kind.startswith("agent"):
            sentence = N_(
                "{holders} of them hold one {handle}; of 1,000 in this county 999 have at most {usual} holders."
            )
            said = say(sentence, holders=holders, handle=title, usual=usual(snapshot, handle.kind))
        else:
            said = say(N_("One {handle} acted for {holders} of them."), handle=title, holders=holders)
        yield Evidence(said, ())


def _days(snapshot: Snapshot, ghosts: Ghosts) -> Iterator[Evidence]:
    """One line for each common day, the largest batches first."""
    visits = snapshot.visits
    days, count = np.unique(visits.day[ghosts.alike], return_counts=True)
    for day in days[np.lexsort((days, -count))][:_LINES]:
        rows = ghosts.alike[visits.day[ghosts.alike] == day]
        sentence = N_("{day}: {count} equal settlements (diagnosis {diagnosis}), {fund:.2f} yuan from the fund.")
        said = say(
            sentence,
            day=snapshot.date_of(int(day)).isoformat(),
            count=len(rows),
            diagnosis=ghosts.diagnoses.get(int(rows[0]), "-"),
            fund=int(visits.fund[rows].sum()) / 100,
        )
        yield Evidence(said, tuple(snapshot.setl_id(rows)))
