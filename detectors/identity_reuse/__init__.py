"""One body with several enrolments, one handle with many people."""

from detectors.contract import Detector

IDENTITY_REUSE: tuple[Detector, ...] = ()
