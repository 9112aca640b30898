"""Whether an institution's ratio moves from quarter to quarter, and how surely.

Given how many rings were confirmed at it over all quarters, their spread over the quarters is multinomial with
shares in proportion to expected × factor^time: levels fall out, and what is expected follows every
change of the whole (more reviewers, a new detector). The factor's logarithm has a normal prior around
none, so a handful of rings moves it little; its posterior is summed on a grid.
"""

from collections.abc import Sequence

import numpy as np

from cases.evaluation.model import Course, Step, Trend
from cases.evaluation.ratios import LEVEL

PRIOR_SD = 0.25  # of the logarithm of the factor per quarter: mostly within 0.6 to 1.6
_GRID = np.linspace(-1.5, 1.5, 1201)


def trend_of(steps: Sequence[Step]) -> Trend:
    """Follow one institution, oldest quarter first; quarters in which nothing was expected say nothing."""
    told = [step for step in steps if step.expected > 0]
    if len(told) < 2:
        return Trend(tuple(steps), None, None, None, Course.UNCLEAR)
    times = np.array([step.quarter.place for step in told], dtype=float)
    seen, expected = np.array([s.observed for s in told]), np.array([s.expected for s in told])
    lines = _GRID[:, None] * (times - times.mean())[None, :] + np.log(expected)[None, :]
    top = lines.max(axis=1)
    logs = lines @ seen - seen.sum() * (top + np.log(np.exp(lines - top[:, None]).sum(axis=1)))
    logs -= (_GRID / PRIOR_SD) ** 2 / 2
    weights = np.exp(logs - logs.max())
    share = np.cumsum(weights) / weights.sum()
    tail = (1 - LEVEL) / 2
    low, high = (float(np.exp(_GRID[np.searchsorted(share, at)])) for at in (tail, 1 - tail))
    factor = float(np.exp(weights @ _GRID / weights.sum()))
    course = Course.RISING if low > 1 else Course.FALLING if high < 1 else Course.UNCLEAR
    return Trend(tuple(steps), factor, low, high, course)
