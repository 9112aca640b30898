"""What the readings of one drawing say: agreement of the two readers, and how much was missed."""

from collections.abc import Mapping

import streamlit as st

from cases.work.agreement import Misses
from cases.work.drawings import Agreement, Pool
from claims.language import _
from ui.pages import states, words
from ui.pages.sheet import draw, paragraph, table


def agreement(found: Agreement, titles: Mapping[Pool, str]) -> None:
    """Draw it; `titles` name the pools."""
    share = found.agreed
    if not share.of:
        states.empty(_("No reading of this drawing was answered yet."), _("Numbers appear with the first answer."))
        return
    with st.container(horizontal=True, gap="large", key="rereads.numbers"):
        st.metric(
            _("Both agree"), f"{share.count} / {share.of}", width="content",
            help=_("Readings in which the second outcome is the first one."),
        )  # fmt: skip
        st.metric(_("Share"), words.share(share.value), width="content")
        st.metric(
            _("95 % interval"), f"{words.share(share.low)} – {words.share(share.high)}", width="content",
            help=_("Wilson's interval; with few readings it is wide."),
        )  # fmt: skip
        st.metric(
            _("Cohen's kappa"), "–" if found.kappa is None else f"{found.kappa:.2f}", width="content",
            help=_("Agreement beyond chance: 1 is full, 0 is what chance would give."),
        )  # fmt: skip
    rows = [
        (_(titles[pool]), f"{one.sample} / {one.pool}", *_missed(one)) for pool, one in found.misses.items() if one.pool
    ]
    heads = _("drawn from"), _("read / there were"), _("missed in them"), _("missed in all, estimate"), _("95 %, exact")
    told = _(
        "Missed: let go at first, and confirmed, fully or partly, by the second reader. The interval inverts the "
        "hypergeometric test. A second reader may be wrong too: a miss is a reason to look again, not a finding."
    )
    draw(table(heads, rows, {1, 2, 3, 4}), paragraph(told, "dim"))


def _missed(one: Misses) -> tuple[str, str, str]:
    """What was missed of a kind; nothing is known of one of which nothing was read."""
    if not one.sample:
        return "–", "–", "–"
    return f"{one.found}", f"{one.estimate:.1f}", f"{one.low} – {one.high}"
