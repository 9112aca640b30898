"""What the buttons of a case do: they run before the page is drawn again, and say what came of it."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from cases.work.model import StaleError
from claims.errors import RinghoundError
from claims.language import _, set_language
from ui.pages import case_words, words
from ui.service.house import Context

SAID = "case.said"
LONGEST_REASON = 500
_ICONS = {"success": ":material/check:", "warning": ":material/group:", "error": ":material/error:"}
Deed = Callable[[], str]


def done(context: Context, case: str, deed: Deed, keys: Sequence[str] = ()) -> None:
    """Do something to a case and keep the sentence about it; empty the widgets `keys` where it went well."""
    set_language(context.language)
    try:
        said = deed()
    except StaleError as error:
        st.session_state[SAID] = ("warning", f"{error} {_meanwhile(context, case)}".strip())
    except RinghoundError as error:
        st.session_state[SAID] = ("error", str(error))
    else:
        st.session_state[SAID] = ("success", said)
        for key in keys:  # written, not removed: what is only removed stays in the browser's box
            held = st.session_state.get(key)
            if held is not None:
                st.session_state[key] = "" if isinstance(held, str) else None


def said() -> None:
    """Show what came of the last button."""
    kind, text = st.session_state.pop(SAID, ("", ""))
    if kind:
        getattr(st, kind)(words.plain(text), icon=_ICONS[kind])


def here(label: str, icon: str | None = None, **address: str) -> None:
    """Draw a way to another address of the page one is on: a link there would leave the browser's address as it is."""
    key = "case.here." + "&".join(f"{name}={value}" for name, value in address.items())
    st.button(label, icon=icon, type="tertiary", key=key, on_click=_gone_to, args=(address,))


def _gone_to(address: Mapping[str, str]) -> None:
    st.query_params.from_dict(dict(address))


def reason_box(key: str, label: str = "") -> None:
    """Draw the box of a compulsory reason."""
    st.text_area(
        label or _("Reason (kept in the history and the ledger)"), key=key, max_chars=LONGEST_REASON, height=68
    )


def written(key: str) -> str:
    """What stands in a box."""
    return str(st.session_state.get(key, ""))


def _meanwhile(context: Context, case: str) -> str:
    """Say who was faster."""
    event = context.case_work.meanwhile(case)
    if event is None:
        return ""
    names = {account.name: account.title for account in context.house.accounts.all()}
    return _(
        "{who}, {when}: {act}. Below is how it stands now.",
        who=case_words.actor(event, names),
        when=words.moment(event.at.astimezone().replace(tzinfo=None)),
        act=case_words.act(event),
    )
