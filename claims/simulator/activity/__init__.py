"""Activities of a county: each adds its visits from its own stream of randomness."""

from collections.abc import Callable

import numpy as np

from claims.simulator.activity.chronic import refills
from claims.simulator.activity.ordinary import everyday, family_accounts, flu, outings, prescriptions
from claims.simulator.activity.stays import stays
from claims.simulator.county import County
from claims.simulator.visits import VisitLog

Activity = Callable[[County, np.random.Generator, VisitLog], None]

ACTIVITIES: tuple[Activity, ...] = (everyday, prescriptions, flu, outings, family_accounts, refills, stays)
