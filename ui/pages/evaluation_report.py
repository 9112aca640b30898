"""Taking the report out, with a reason."""

import streamlit as st

from cases.evaluation.evaluate import Ask
from cases.evaluation.model import Evaluation
from claims.language import _
from ui.pages import states
from ui.service.house import Context


def draw(context: Context, found: Evaluation) -> None:
    """Ask why, make the files, offer them."""
    st.caption(_("A document and a workbook in Chinese. Who took them and why is recorded before they are made."))
    reason = st.text_input(_("Reason"), key="evaluation.reason", placeholder=_("for example: quarterly meeting"))
    if st.button(_("Make the report"), icon=":material/output:", key="evaluation.make"):
        with states.told(), st.spinner(_("Writing the report …")):
            made = context.evaluations.report(Ask(found.quarter, found.kind, found.tier), reason)
            for document in made.documents:
                st.download_button(document.name, document.content, document.name, on_click="ignore", type="primary")
