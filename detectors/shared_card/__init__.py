"""One card with several bearers."""

from detectors.contract import Detector
from detectors.shared_card.absent_bearer import AbsentBearer
from detectors.shared_card.after_death import AfterDeath
from detectors.shared_card.after_loss import AfterLoss
from detectors.shared_card.borrowed_card import BorrowedCard
from detectors.shared_card.during_stay import DuringStay
from detectors.shared_card.impossible_items import ImpossibleItems
from detectors.shared_card.split_life import SplitLife
from detectors.shared_card.two_places import TwoPlaces

SHARED_CARD: tuple[Detector, ...] = (
    TwoPlaces(),
    DuringStay(),
    AfterDeath(),
    AfterLoss(),
    ImpossibleItems(),
    AbsentBearer(),
    BorrowedCard(),
    SplitLife(),
)
