"""Accounts, for administrators: who may come in, with which roles and regions, and what was tried."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from claims.language import N_, _, join_words
from ui.auth.journal import Deed
from ui.auth.model import Account
from ui.auth.roles import ACTION_TITLES, EVERYWHERE, RIGHTS, ROLE_TITLES, Action, Role
from ui.pages import states, words
from ui.pages.grid import grid
from ui.service.house import Context

DEEDS: Mapping[str, str] = {
    Deed.SIGNED_IN: N_("signed in"),
    Deed.SIGNED_OUT: N_("signed out"),
    Deed.REFUSED: N_("sign-in refused"),
    Deed.DENIED: N_("denied: no right"),
    Deed.ADDED: N_("account added"),
    Deed.CHANGED: N_("rights changed"),
    Deed.DISABLED: N_("account disabled"),
    Deed.ENABLED: N_("account enabled"),
    Deed.PASSWORD: N_("password set"),
}
PASSWORD_SHOWN = "accounts.shown"  # noqa: S105 - the name of a key


def render(context: Context) -> None:
    """Draw the accounts and what can be changed about them."""
    st.title(_("Accounts"))
    accounts = context.people.all()
    _show_password()
    _list(accounts)
    left, right = st.columns(2, gap="medium")
    with left:
        _change(context, accounts)
    with right:
        _add(context)
    with st.expander(_("What happened lately"), icon=":material/history:"):
        _events(context)
    with st.expander(_("Which role may do what"), icon=":material/rule:"):
        _rights()


def _list(accounts: Sequence[Account]) -> None:
    grid(
        {
            _("account"): [account.name for account in accounts],
            _("name"): [account.title for account in accounts],
            _("roles"): [join_words(_(ROLE_TITLES[role]) for role in sorted(account.roles)) for account in accounts],
            _("regions"): [_regions_text(account) for account in accounts],
            _("state"): [_state(account) for account in accounts],
            _("last seen"): [words.moment(account.seen_at) for account in accounts],
            _("made"): [words.moment(account.created_at) for account in accounts],
        }
    )


def _state(account: Account) -> str:
    if account.disabled_at:
        return _("disabled")
    if account.external:
        return _("identity provider")
    return _("must change the password") if account.must_change else _("active")


def _regions_text(account: Account) -> str:
    return _("everywhere") if account.everywhere else join_words(sorted(account.regions))


def _change(context: Context, accounts: Sequence[Account]) -> None:
    by_name = {account.name: account for account in accounts}
    with st.container(border=True):
        st.markdown(words.bold(_("Change an account")))
        name = st.selectbox(_("Account"), list(by_name), key="accounts.name")
        if not name:
            return
        account = by_name[name]
        roles = _roles(account.roles, f"accounts.roles.{name}")
        regions = _regions(account.regions, f"accounts.regions.{name}")
        with st.container(horizontal=True):
            if st.button(_("Save roles and regions"), type="primary", key="accounts.save"):
                _done(lambda: context.people.set_rights(name, roles, regions))
            label = _("Enable") if account.disabled_at else _("Disable")
            if st.button(label, key="accounts.disable"):
                _done(lambda: context.people.set_disabled(name, account.disabled_at is None))
            if st.button(_("Sign out everywhere"), key="accounts.end"):
                _done(lambda: context.people.end_sessions(name))
            if not account.external and st.button(_("New one-time password"), key="accounts.password"):
                _done(lambda: _keep(name, context.people.new_password(name)))


def _add(context: Context) -> None:
    with st.container(border=True):
        st.markdown(words.bold(_("Add an account")))
        with st.form("accounts.add", border=False, clear_on_submit=True):
            name = st.text_input(_("Account (small letters and digits)"))
            title = st.text_input(_("Name"))
            roles = _roles(frozenset(), "accounts.new.roles")
            regions = _regions(frozenset({EVERYWHERE}), "accounts.new.regions")
            sent = st.form_submit_button(_("Add"), type="primary")
        if sent:
            _done(lambda: _keep(name, context.people.add(name, title, roles, regions)))


def _roles(roles: frozenset[Role], key: str) -> list[Role]:
    chosen = st.multiselect(
        _("Roles"), [role.value for role in Role], default=sorted(role.value for role in roles),
        format_func=lambda role: _(ROLE_TITLES[Role(role)]), key=key, placeholder=_("none"),
    )  # fmt: skip
    return [Role(role) for role in chosen]


def _regions(regions: frozenset[str], key: str) -> list[str]:
    text = st.text_input(
        _("Regions (codes of divisions, separated by blanks; * is everywhere)"), " ".join(sorted(regions)), key=key,
        help=_("A shorter code covers all that begins with it: 4501 covers 450102."),
    )  # fmt: skip
    return text.split()


def _done(change: Callable[[], None]) -> None:
    with states.told():
        change()
        st.rerun()


def _keep(name: str, password: str) -> None:
    st.session_state[PASSWORD_SHOWN] = (name.strip().lower(), password)


def _show_password() -> None:
    """Show a one-time password exactly once."""
    kept = st.session_state.pop(PASSWORD_SHOWN, None)
    if kept is not None:
        st.success(
            _(
                "One-time password of {name}: it is shown only now, and must be changed at the first sign-in.",
                name=kept[0],
            ),
            icon=":material/key:",
        )
        st.code(kept[1], language=None)


def _events(context: Context) -> None:
    events = context.people.events()
    grid(
        {
            _("when"): [words.moment(event.at) for event in events],
            _("who"): [event.actor for event in events],
            _("what"): [_(DEEDS.get(event.act, event.act)) for event in events],
            _("about"): [_about(event.subject) for event in events],
            _("details"): [event.details for event in events],
        }
    )


def _about(subject: str) -> str:
    return _(ACTION_TITLES[Action(subject)]) if subject in {action.value for action in Action} else subject


def _rights() -> None:
    frame: dict[str, list[str]] = {_("action"): [_(ACTION_TITLES[action]) for action in RIGHTS]}
    for role in Role:
        frame[_(ROLE_TITLES[role])] = ["✓" if role in RIGHTS[action] else "" for action in RIGHTS]
    grid(frame)
