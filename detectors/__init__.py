"""Pure functions of a snapshot that yield findings with their records.

`DETECTORS` is all of them, in the order of the documentation.
"""

from detectors.collusion import COLLUSION
from detectors.contract import Detector
from detectors.copresence import COPRESENCE
from detectors.identity_reuse import IDENTITY_REUSE
from detectors.shared_card import SHARED_CARD

DETECTORS: tuple[Detector, ...] = (*SHARED_CARD, *COPRESENCE, *COLLUSION, *IDENTITY_REUSE)
