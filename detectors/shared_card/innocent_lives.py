"""Innocent lives that look like two on one card, each tried by name on one person's visits.

Commuters and weekly boarders part by weekday, movers part once, who works away, studies, winters in
the south or is looked after by one child and then another stays for weeks at a time, and a journey
leads now here, now there. None of them is at two far places on one day, again and again.
"""

from dataclasses import dataclass

import numpy as np

from claims.language import N_
from detectors.finding import Trial, say
from detectors.shared_card.facets import Ordinary
from detectors.snapshot import Flags, Ints, Snapshot

_WEEKEND = 5  # Monday is 0
_AGREE = 0.9  # of the visits that must fit the explanation; one in ten may be an exception
_SEASON = 14  # days a stay in one town lasts on average before it is a season and not an errand


@dataclass(frozen=True)
class Lived:
    """One person's ordinary visits `at`, the two `towns` (places) of the card, and its far days.

    `far` are all far days, `again` the most of them at one and the same two places, `weight` the
    share of the whole evidence that rests on far days.
    """

    at: Ints
    towns: tuple[int, int] | None
    far: int
    again: int
    weight: float


def trials(snapshot: Snapshot, of: Ordinary, lived: Lived) -> tuple[Trial, ...]:
    """Try every innocent life; what was left out beforehand is said last."""
    left_out = Trial(
        N_("errands, referrals, scheduled care"),
        0.0,
        say(N_("Left out beforehand: what an agent fetched, prescriptions filled, the same complaint seen again.")),
    )
    if lived.towns is None:
        return (left_out,)
    rows = lived.at[np.isin(of.place[lived.at], lived.towns)]
    second = of.place[rows] == lived.towns[1]
    apart = lived.far <= 1
    weekend = (of.day[rows] + snapshot.origin.weekday()) % 7 >= _WEEKEND
    return (
        _commuter(second, weekend, apart),
        _moved(second, apart),
        _seasons(of.day[rows], second, apart),
        _journeys(lived),
        left_out,
    )


def _commuter(second: Flags, weekend: Flags, apart: bool) -> Trial:
    agree = max(float(np.mean(weekend == second)), float(np.mean(weekend != second)))
    parted = agree >= _AGREE and apart and bool(weekend.any()) and not bool(weekend.all())
    words = say(N_("{share:.0%} of the visits fit one town on workdays and the other at weekends."), share=agree)
    return Trial(N_("commuter"), 1.0 if parted else 0.0, words)


def _moved(second: Flags, apart: bool) -> Trial:
    moves = int(np.count_nonzero(second[1:] != second[:-1]))
    words = say(N_("The card changed town {moves} times in {visits} visits."), moves=moves, visits=len(second))
    return Trial(N_("moved house"), 1.0 if moves <= 2 and apart else 0.0, words)


def _seasons(day: Ints, second: Flags, apart: bool) -> Trial:
    """Work or school elsewhere, a winter in the south, a parent who lives with one child and then the other."""
    begins = np.flatnonzero(np.append(True, second[1:] != second[:-1]))
    lasts = np.diff(np.append(day[begins], day[-1])).astype(np.float64)
    usual = float(lasts.mean())
    stays = usual >= _SEASON and float((lasts >= _SEASON).mean()) >= 0.5
    words = say(
        N_("{stays} stays in turn in the two towns, {days:.0f} days each on average."), stays=len(begins), days=usual
    )
    return Trial(N_("stays by the season"), 1.0 if stays and apart else 0.0, words)


def _journeys(lived: Lived) -> Trial:
    """What far days at ever new places contribute; those at the same two places are never a journey."""
    once = (lived.far - lived.again) / lived.far if lived.far > 1 else 0.0
    words = say(
        N_("Of {far} days at two far places {again} were at the same two; the others led elsewhere each time."),
        far=lived.far,
        again=lived.again,
    )
    return Trial(N_("journeys"), once * lived.weight, words)
