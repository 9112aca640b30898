"""Making what leaves: a reason, whom the key table is for, and the work itself with what it is at."""

import streamlit as st
from streamlit.elements.lib.mutable_status_container import StatusContainer

from cases.exports.package.keytable import SHORTEST_PASSWORD, Seal, SealError
from claims.audit import checked_reason
from claims.language import N_, _
from ui.pages import referral_words, states, words
from ui.service.house import Context
from ui.service.referrals_ground import Subject
from ui.service.referrals_parcel import PACKAGED, Built, Wish

KEY, PASSWORD = N_("the receiver's age key"), N_("a password")
MADE, KEPT = "referral.made", "referral.kept"


def build(context: Context, subject: Subject, to: str) -> None:
    """Draw the form; what is typed as key or password leaves the server's memory with the answer."""
    st.info(
        _("Everything that leaves says suspicion, not finding of guilt. Officers, approvals and seals stay blank."),
        icon=":material/gavel:",
    )
    how = _how(to)
    with st.form("referral.form", clear_on_submit=True):
        reason = st.text_area(
            _("Reason (compulsory)"), st.session_state.get(KEPT, ""), height=70, max_chars=500,
            placeholder=_("It stands in the ledger and on every page, for example: decision of 12 May to transfer"),
        )  # fmt: skip
        secret = _secret(how)
        asked = st.form_submit_button(_("Make it"), type="primary", icon=":material/inventory_2:")
    if asked:
        st.session_state[KEPT] = reason  # the form forgets all it held; only the secret is to be forgotten
        with states.told():
            checked_reason(reason)
            _work(context, subject, Wish(to, reason, _seal(how, secret)))
    _made(subject)


def _how(to: str) -> str:
    if to not in PACKAGED:
        st.caption(_("This destination gets letters in a folder, without records to recompute and without key table."))
        return ""
    st.caption(
        _("Makes a package that its receiver can check and recompute, and apart from it an encrypted key table.")
    )
    chosen = st.radio(
        _("The key table is encrypted with"), (KEY, PASSWORD), format_func=_, horizontal=True, key="referral.how"
    )
    return chosen or KEY


def _secret(how: str) -> str:
    if how == KEY:
        return st.text_input(_("Public key of the receiver (age1…)"), autocomplete="off", key="referral.key")
    if how == PASSWORD:
        hint = _("At least {least} characters. Tell it by another way than the package; it is kept nowhere.",
                 least=SHORTEST_PASSWORD)  # fmt: skip
        return st.text_input(
            _("Password of the key table"), type="password", autocomplete="new-password", help=hint,
            key="referral.password",
        )  # fmt: skip
    return ""


def _seal(how: str, secret: str) -> Seal | None:
    if not how:
        return None
    if how == PASSWORD:
        return Seal(password=secret)
    if not secret.strip().startswith("age1"):
        # Whatever it is (perhaps a password), it is not repeated on the screen.
        raise SealError(N_("This is no public key; those begin with age1."))
    return Seal((secret.strip(),))


def _work(context: Context, subject: Subject, wish: Wish) -> None:
    st.session_state.pop(MADE, None)
    with st.status(_("Making the referral …"), expanded=True) as status, st.spinner(_("At work"), show_time=True):
        try:
            made = context.referrals.build(subject, wish, lambda step: _say(status, step))
        except BaseException:
            status.update(label=_("Nothing was made."), state="error")
            raise
        status.update(label=_("Made."), state="complete", expanded=False)
    st.session_state.pop(KEPT, None)
    st.session_state[MADE] = subject.ring.id, made


def _say(status: StatusContainer, step: str) -> None:
    status.write(_(step))


def _made(subject: Subject) -> None:
    kept = st.session_state.get(MADE)
    if not isinstance(kept, tuple) or kept[0] != subject.ring.id:
        return
    made = kept[1]
    if not isinstance(made, Built):
        return
    with st.container(border=True):
        st.markdown(words.bold(_("Referral {number} is made.", number=made.number)))
        if made.key:
            st.markdown(_("Number of the ledger's key, for the paper letter: `{key}`", key=made.key))
            st.caption(_("The receiver checks the package with: python verify.py --key {key}", key=made.key))
        label = _("Hand it out: referral {number}", number=made.number)
        referral_words.go(label, ":material/download:", referral=str(made.number))
