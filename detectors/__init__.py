"""Pure functions of a snapshot that yield findings with their records.

`DETECTORS` is all of them, in the order of the documentation.
"""

from detectors.collusion import COLLUSION
from detectors.contract import Detector
from detectors.copresence import COPRESENCE
from detectors.copresence.quick_alarm import QuickAlarm
from detectors.identity_reuse import IDENTITY_REUSE
from detectors.shared_card import SHARED_CARD

DETECTORS: tuple[Detector, ...] = (*SHARED_CARD, *COPRESENCE, *COLLUSION, *IDENTITY_REUSE)
# Fixed rules tell where to look, not who belongs: none leads a ring that a test of the group also found.
FIXED_RULES = frozenset({QuickAlarm.name})
