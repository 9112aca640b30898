"""Doctors, pharmacies, wards and boxes that work together."""

from detectors.collusion.box_resale import BoxResale
from detectors.collusion.dense_blocks import DenseBlocks
from detectors.collusion.kickback import Kickback
from detectors.collusion.overbooked_beds import OverbookedBeds
from detectors.collusion.phantom_stays import PhantomStays
from detectors.collusion.pharmacy_to_pharmacy import PharmacyToPharmacy
from detectors.collusion.quota_stripping import QuotaStripping
from detectors.contract import Detector

COLLUSION: tuple[Detector, ...] = (
    Kickback(),
    PhantomStays(),
    OverbookedBeds(),
    BoxResale(),
    QuotaStripping(),
    PharmacyToPharmacy(),
    DenseBlocks(),
)
