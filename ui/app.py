"""The entry of the pages: who is there, in which language, and which page they opened."""

import json
from collections.abc import Callable

import streamlit as st

from claims.language import LANGUAGES, _, join_words, language, set_language
from ui.auth.addresses import NOWHERE
from ui.auth.doorkeeper import COOKIE
from ui.auth.errors import NoRightError, PasswordDueError, SignedOutError
from ui.auth.gate import PASSWORD_DUE, Gate
from ui.auth.oidc import let_in
from ui.auth.roles import ROLE_TITLES
from ui.auth.routes import PASSWORD
from ui.config.settings import FOLDER, from_environment
from ui.pages import navigation, sign_in, states, words
from ui.service.house import Context, House, house_of

LANGUAGE_KEY = "app.language"
NAMES = {"zh_CN": "中文", "en": "English"}


def main() -> None:
    """Show the page that was opened to whoever is signed in; else the way in."""
    st.set_page_config(page_title="环猎 Ringhound", page_icon=str(FOLDER / "icon.svg"), layout="wide")
    st.html(FOLDER / "pages.css")
    st.logo(FOLDER / "logo.svg", size="large", icon_image=FOLDER / "icon.svg")
    choose_language(None)
    with states.told():
        enter(house_of(from_environment()))


def enter(house: House) -> None:
    """Find out who is there and show their pages."""
    try:
        gate = Gate(house.sessions, token(house))
        account = gate.signed_in().account
        choose_language(account.language)
        if st.session_state.get(LANGUAGE_KEY, account.language) != account.language:
            house.accounts.set_language(account.name, language())
        if account.must_change:
            raise PasswordDueError(PASSWORD_DUE)
        show(Context(house, gate, account, language()))
    except PasswordDueError as error:
        sign_in.password_due(error)
    except NoRightError as error:
        sign_in.provider(error)
    except SignedOutError as error:
        if house.settings.oidc is None:
            sign_in.signed_out(error)
        else:
            sign_in.provider(error if st.user.get("is_logged_in") else None)


def token(house: House) -> str:
    """Return the session token of this browser: from its cookie, or from the identity provider's claims."""
    oidc = house.settings.oidc
    if oidc is None:
        return st.context.cookies.get(COOKIE, "")
    if not st.user.get("is_logged_in"):
        return ""
    return let_in(house.accounts, house.sessions, st.user.to_dict(), oidc.reading)


def choose_language(of_account: str | None) -> None:
    """Speak what was chosen here, else what the account reads, else what the browser asks for."""
    asked = st.query_params.get("lang", "")
    if asked and LANGUAGE_KEY not in st.session_state:
        st.session_state[LANGUAGE_KEY] = "en" if asked.startswith("en") else "zh_CN"
    browser = "en" if str(st.context.locale or "zh").lower().startswith("en") else "zh_CN"
    wanted = st.session_state.get(LANGUAGE_KEY) or of_account or browser
    set_language(wanted if wanted in LANGUAGES else "zh_CN")


def show(context: Context) -> None:
    """Draw the menu, the account's corner, and the page that was opened."""
    pages: dict[str, st.Page] = {}
    sections: dict[str, list[st.Page]] = {}
    for place in navigation.built():
        allowed = context.may(place.action)
        page = st.Page(
            drawing(context, place),
            title=navigation.titled(place),
            icon=f":material/{place.icon}:",
            url_path=place.name,
            default=place.name == "desk",
            visibility="visible" if allowed and place.listed else "hidden",
        )
        sections.setdefault(_(place.section), []).append(page)
        if allowed:
            pages[place.name] = page
    navigation.remember(pages)
    opened = st.navigation(sections)
    corner(context)
    if NOWHERE in st.query_params:
        states.nowhere()
    opened.run()


def drawing(context: Context, place: navigation.Place) -> Callable[[], None]:
    """Return what draws a page: guarded, and with a sentence for everything that can go wrong."""

    def draw() -> None:
        with states.told():
            if not context.may(place.action):
                st.title(navigation.titled(place))
            context.guard(place.action)
            navigation.module_of(place).render(context)

    return draw


def corner(context: Context) -> None:
    """Draw who is signed in, the language, and the way out; give the style sheet the words it needs."""
    st.html(f"<style>:root {{ --rh-choose-file: {json.dumps(_('Choose a file'), ensure_ascii=False)} }}</style>")
    with st.sidebar:
        st.markdown(f"**{words.plain(context.account.title)}**")
        st.caption(join_words(_(ROLE_TITLES[role]) for role in sorted(context.account.roles)))
        st.segmented_control(
            _("Language"),
            LANGUAGES,
            format_func=NAMES.__getitem__,
            default=language(),
            required=True,
            key="app.language.control",
            on_change=switch_language,
            label_visibility="collapsed",
        )
        if not context.account.external:
            change = _("Change the password")
            st.html(f'<a href="{PASSWORD}" target="_self" style="font-size:.87rem;color:inherit">{change}</a>')
        st.button(_("Sign out"), icon=":material/logout:", on_click=leave, args=(context,), key="app.leave")


def switch_language() -> None:
    """Speak the other language from this run on."""
    st.session_state[LANGUAGE_KEY] = st.session_state["app.language.control"]


def leave(context: Context) -> None:
    """End the session in every tab, at the identity provider too."""
    context.gate.leave()
    if context.house.settings.oidc is not None:
        st.logout()
