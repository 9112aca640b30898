"""The lawful co-use shield: named innocent explanations, each tried on the evidence of a finding.

An explanation is only as good as the data behind it (a register, a service code, a rhythm), says
so in its result, and accounts for a share of the evidence; nothing is ever excused by being tuned
away. Findings carry their score before (`strength`) and after (`score`) the shield.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detectors.finding import EXPLAINED, Trial
from detectors.snapshot import Flags, Ints, Snapshot


@dataclass(frozen=True)
class Gathering:
    """What a finding about people who come together rests on.

    `persons` are codes `p`; `visits` codes `v` of the evidence (their visits in the batches);
    `batch` numbers the batch each of these visits belongs to (same length).
    """

    persons: Ints
    visits: Ints
    batch: Ints


class Explanation(Protocol):
    """One innocent explanation; a frozen dataclass whose fields are its thresholds."""

    @property
    def name(self) -> str:
        """Name in `Trial.test`."""

    def explained(self, snapshot: Snapshot, gathering: Gathering, /) -> tuple[Flags, Trial]:
        """Say which of the gathering's visits it accounts for, and the trial with its sentence."""


def weaken(strength: float, trials: Sequence[Trial], union: float | None = None) -> float:
    """Score after the shield: falls with the share explained, below the alert line once explained.

    `union` is the share of the evidence that all explanations account for together, where known.
    """
    share = max([trial.explains for trial in trials] + [union or 0.0], default=0.0)
    return strength * (1.0 - share) if share >= EXPLAINED else strength * (1.0 - 0.25 * share)


def union_share(flags: Sequence[Flags]) -> float:
    """Share of the evidence that any of the explanations accounts for."""
    return float(np.logical_or.reduce(flags).mean()) if flags and len(flags[0]) else 0.0
