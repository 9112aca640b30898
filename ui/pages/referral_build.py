"""Making what leaves: a reason, whom the key table is for, and the work itself with what it is at."""

from dataclasses import dataclass

import streamlit as st
from streamlit.elements.lib.mutable_status_container import StatusContainer
from streamlit.runtime.scriptrunner import RerunException, StopException

from cases.exports.package.keytable import SHORTEST_PASSWORD, Seal, SealError
from claims.audit import checked_reason
from claims.errors import BusyError, RinghoundError
from claims.language import N_, _
from ui.auth.errors import NoRightError, PasswordDueError, SignedOutError
from ui.pages import states, words
from ui.service.house import Context
from ui.service.referrals_ground import Subject
from ui.service.referrals_parcel import PACKAGED, Built, Wish

KEY, PASSWORD = N_("the receiver's age key"), N_("a password")
MADE, KEPT = "referral.made", "referral.kept"


@dataclass
class Making:
    """A making of this session: what came of it, and whether the page was asked to be drawn again meanwhile."""

    ring: str
    built: Built | None = None
    broken_off: RerunException | StopException | None = None


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
            _tried(context, subject, to, (reason, how, secret))
    _made(subject)


def _tried(context: Context, subject: Subject, to: str, given: tuple[str, str, str]) -> None:
    """Make it, or say why not; the sentence says as well that nothing left."""
    reason, how, secret = given
    try:
        checked_reason(reason)
        _work(context, subject, Wish(to, reason, _seal(how, secret)))
    except (SignedOutError, PasswordDueError, NoRightError, BusyError):
        raise
    except RinghoundError as error:
        st.error(words.plain(str(error)), icon=":material/block:")
        st.caption(_("No referral was made, and nothing left the house. What you wrote as reason is kept."))
    else:
        st.session_state.pop(KEPT, None)


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
        if not secret:
            raise SealError(
                N_("Type a password for the key table, at least {least} characters."), least=SHORTEST_PASSWORD
            )
        return Seal(password=secret)
    if not secret.strip().startswith("age1"):
        # Whatever it is (perhaps a password), it is not repeated on the screen.
        raise SealError(N_("This is no public key; those begin with age1."))
    return Seal((secret.strip(),))


def _work(context: Context, subject: Subject, wish: Wish) -> None:
    """Make it to the end, whatever is clicked meanwhile: the script is broken off only between two makings."""
    making = Making(subject.ring.id)
    st.session_state[MADE] = making
    with st.status(_("Making the referral …"), expanded=True) as status, st.spinner(_("At work"), show_time=True):
        try:
            making.built = context.referrals.build(subject, wish, lambda step: _say(making, status, step))
        except BaseException:
            status.update(label=_("Nothing was made."), state="error")
            raise
        if making.broken_off is not None:
            st.session_state.pop(KEPT, None)
            raise making.broken_off
        status.update(label=_("Made."), state="complete", expanded=False)


def _say(making: Making, status: StatusContainer, step: str) -> None:
    """Say what is under way; that the page is to be drawn again waits until the making has ended."""
    try:
        status.write(_(step))
    except (RerunException, StopException) as asked:
        making.broken_off = asked


def _made(subject: Subject) -> None:
    making = st.session_state.get(MADE)
    if not isinstance(making, Making) or making.ring != subject.ring.id or making.built is None:
        return
    made = making.built
    with st.container(border=True, key="referral.made.box"):
        st.success(_("Referral {number} is made.", number=made.number), icon=":material/check:")
        label = _("Hand it out: referral {number}", number=made.number)
        st.button(
            label, key="referral.hand_out", icon=":material/download:", type="primary", on_click=_handed,
            args=(made.number,),
        )  # fmt: skip
        if made.key:
            st.markdown(_("Number of the ledger's key, for the paper letter: `{key}`", key=made.key))
            st.caption(_("The receiver checks the package with: python verify.py --key {key}", key=made.key))


def _handed(number: int) -> None:
    st.query_params.from_dict({"referral": str(number)})
