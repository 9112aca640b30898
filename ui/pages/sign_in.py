"""Before and after a session: the way to the door, the identity provider's button, a password that is due."""

import streamlit as st

from claims.errors import RinghoundError
from claims.language import _
from ui.auth.doorkeeper import SIGN_IN
from ui.auth.routes import PASSWORD


def signed_out(error: RinghoundError) -> None:
    """Say why the session ended and lead to the door."""
    with _card():
        st.subheader(_("Ringhound"))
        st.info(str(error), icon=":material/logout:")
        _link(SIGN_IN, _("Sign in"))


def password_due(error: RinghoundError) -> None:
    """Lead to the page where a password is chosen."""
    with _card():
        st.subheader(_("Ringhound"))
        st.info(str(error), icon=":material/key:")
        _link(PASSWORD, _("Choose a new password"))


def provider(error: RinghoundError | None) -> None:
    """Offer the identity provider's sign-in."""
    with _card():
        st.subheader(_("Ringhound"))
        st.caption(_("Leads on fraud rings in public medical insurance"))
        if error is not None:
            st.warning(str(error), icon=":material/lock:")
        st.button(_("Sign in"), type="primary", on_click=st.login, width="stretch", key="oidc.login")
        if st.user.get("is_logged_in"):
            st.button(_("Sign out at the identity provider"), on_click=st.logout, width="stretch", key="oidc.logout")
        st.caption(_("Every sign-in is recorded."))


def _card() -> "st.delta_generator.DeltaGenerator":
    _left, middle, _right = st.columns([1, 1.2, 1])
    return middle.container(border=True)


def _link(target: str, label: str) -> None:
    # Streamlit's own links open another tab; the ended one would stay behind.
    st.html(f'<a href="{target}" target="_self" style="font-weight:600">{label} →</a>')
