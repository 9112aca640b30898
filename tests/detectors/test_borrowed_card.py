"""A card under other names: relatives, doubtful ownership, credentials that are no card."""

from detectors.finding import ALERT_LINE, Role
from detectors.shared_card.borrowed_card import BorrowedCard
from tests.detectors.bearers import merged
from tests.detectors.planted_shared_card import BASE, lent
from tests.detectors.worlds import Rows, snapshot_of


def score(rows: Rows) -> float:
    """Best score in a world."""
    return max((finding.score for finding in BorrowedCard().detect(snapshot_of(rows))), default=0.0)


def test_roles() -> None:
    (finding,) = BorrowedCard().detect(snapshot_of(merged(BASE, lent(6))))
    roles = {(subject.id, subject.role) for subject in finding.subjects}
    assert roles == {("P1", Role.LENDER), ("C1", Role.CARD), ("P100", Role.COLLECTOR), ("P101", Role.COLLECTOR)}


def test_relatives_weaken_but_do_not_excuse() -> None:
    kin = [{"psn_no": "P1", "rel_psn_no": f"P{n}", "rel_type": "3"} for n in (100, 101)]
    alone, related = score(merged(BASE, lent(6))), score(merged(BASE, lent(6), {"relations": kin}))
    assert ALERT_LINE <= related < alone


def test_a_card_with_two_owners_in_the_register_is_nobody_s_loan() -> None:
    world = merged(BASE, lent(6), {"cards": [{"card_no": "C1", "psn_no": "P100", "card_type": "03"}]})
    assert score(world) == 0.0


def test_a_token_is_no_card() -> None:
    world = merged(BASE, lent(6))
    world["settlements"] = [row | {"mdtrt_cert_type": "01"} for row in world["settlements"]]
    assert score(world) == 0.0
