"""A case is referred from its page, or the page says why not; what is clicked meanwhile loses nothing."""

from collections.abc import Callable

import pytest
from streamlit.elements.lib.mutable_status_container import StatusContainer
from streamlit.runtime.scriptrunner import RerunData, RerunException

from cases.work.model import Outcome
from tests.ui.app.case_world import WHY, Bureau
from tests.ui.app.conftest import Visitor, context_of, said
from tests.ui.app.test_case_pages import keys_of, press
from ui.service.house import House
from ui.service.referrals_query import ReferralQuery

Visit = Callable[[House, str], Visitor]


@pytest.mark.parametrize("outcome", [Outcome.CONFIRMED, Outcome.NOT_ENOUGH, Outcome.CLEARED])
def test_a_case_is_referred_or_the_page_says_why_not(
    bureau: Bureau, office: House, visit: Visit, outcome: Outcome
) -> None:
    case = bureau.closed(bureau.rings()[0], outcome).id
    page = visit(office, "li").run("case", case=case)
    assert "Refer…" in said(page)
    app = visit(office, "li").run("referrals", case=case, to="summary", part="build")
    assert f"Refer {case}" in said(app)
    app.text_area[0].input(WHY)
    next(button for button in app.button if button.label == "Make it").click().run()
    assert not app.exception
    made = "referral.hand_out" in keys_of(app)
    assert made != bool(app.error), outcome
    assert made == (outcome is not Outcome.CLEARED), said(app)
    if made:
        press(app, "referral.hand_out")
        assert set(app.query_params) == {"referral"}
        assert "Referral 1 ·" in said(app) and case in said(app)
    else:
        assert "nothing left the house" in said(app)


def test_what_is_clicked_while_a_referral_is_made_loses_nothing(
    bureau: Bureau, office: House, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is asked to be drawn again in the midst of the making: it ends first, and its link is there."""
    ring = bureau.rings()[0].id
    app = visit(office, "li").run("referrals", ring=ring, to="summary", part="build")
    asked = []

    def interrupted(_status: StatusContainer, *_said: object) -> None:
        asked.append(ring)
        here = f"ring={ring}&to=summary&part=build&lang=en"
        raise RerunException(RerunData(query_string=here, page_script_hash=app._page_hash))

    monkeypatch.setattr(StatusContainer, "write", interrupted)
    app.text_area[0].input(WHY)
    next(button for button in app.button if button.label == "Make it").click().run()
    assert asked and not app.exception
    assert "referral.hand_out" in keys_of(app)
    assert context_of(office, visit, "li").referrals.page(ReferralQuery()).total == 1
