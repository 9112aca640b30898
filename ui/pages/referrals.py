"""Referrals: what left and how its time runs; one of them with its files; and putting one together."""

import streamlit as st

from claims.language import _
from ui.pages import referral_assemble, referral_list, referral_sheet, states
from ui.service.house import Context


def render(context: Context) -> None:
    """Draw what the address names: a ring or case to refer, a referral, else the list."""
    address = {name: str(value).strip() for name, value in st.query_params.items()}
    if address.get("ring") or address.get("case"):
        referral_assemble.draw(context, address.get("ring", ""), address.get("case", ""))
    elif number := address.get("referral", ""):
        _one(context, number)
    else:
        referral_list.draw(context)


def _one(context: Context, number: str) -> None:
    if number.isdecimal() and len(number) < 10:
        referral_sheet.draw(context, int(number))
        return
    st.title(_("Referrals"))
    states.empty(_("The address names no referral."), _("Choose one from the list of referrals."))
