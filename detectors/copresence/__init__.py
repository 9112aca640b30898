"""People and cards that come together more than chance allows."""

from detectors.contract import Detector

COPRESENCE: tuple[Detector, ...] = ()
