"""One card with several bearers."""

from detectors.contract import Detector

SHARED_CARD: tuple[Detector, ...] = ()
