"""What the words of the evaluation mean."""

import streamlit as st

from claims.language import N_, _
from ui.pages.sheet import draw as draw_sheet
from ui.pages.sheet import lines

MEANINGS = (
    N_("Confirmed: rings that people reviewed and confirmed, fully or partly, with confirmed records at the "
       "institution. A ring counts once per institution and quarter. Rings nobody reviewed are shown as open."),
    N_("That a ring took place at an institution does not say that the institution had a part in it; some were "
       "harmed by it."),
    N_("Expected: what an average institution of the comparison would have, given age, kind of care, chapter of "
       "diagnosis and level of those who came (indirect standardisation by a penalised Poisson regression)."),
    N_("Ratio: confirmed over expected, drawn towards 1 the more, the less is known (Gamma–Poisson model, Clayton "
       "and Kaldor 1987). If the 90 % interval holds 1, nothing can be said."),
    N_("Rank: never one number. The range holds 90 % of 4,000 simulated orders with a fixed seed."),
    N_("Too small to tell: fewer than 3 expected; even none at all would not be unusual."),
    N_("Where more is reviewed more is confirmed: look at the share reviewed as well. Recent quarters fill up while "
       "reviews go on."),
)  # fmt: skip


def draw() -> None:
    """Draw the explanations, folded."""
    with st.expander(_("How to read this"), icon=":material/help:"):
        draw_sheet(lines(_(text) for text in MEANINGS))
