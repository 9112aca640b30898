"""Doctors, pharmacies, wards and boxes that work together."""

from detectors.contract import Detector

COLLUSION: tuple[Detector, ...] = ()
