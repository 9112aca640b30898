"""One body with several enrolments, one handle with many people."""

from detectors.contract import Detector
from detectors.identity_reuse.duplicate_identity import DuplicateIdentity
from detectors.identity_reuse.one_hand_ghosts import OneHandGhosts
from detectors.identity_reuse.same_certificate import SameCertificate
from detectors.identity_reuse.same_face import SameFace
from detectors.identity_reuse.shared_handle import SharedHandle

IDENTITY_REUSE: tuple[Detector, ...] = (
    DuplicateIdentity(),
    SameCertificate(),
    SharedHandle(),
    OneHandGhosts(),
    SameFace(),
)
