"""What a page says when it has nothing to show: one sentence and a way on, never a trace."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from claims.errors import BusyError, NotFoundError, RinghoundError
from claims.language import _
from ui.auth.errors import NoRightError, PasswordDueError, SignedOutError
from ui.pages.words import plain

log = logging.getLogger("ringhound.pages")


def empty(title: str, way_on: str) -> None:
    """Say that there is nothing, and what would change that."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.caption(way_on)


def no_right(error: NoRightError) -> None:
    """Say that the roles do not reach this far."""
    st.warning(str(error), icon=":material/lock:")
    st.caption(_("The attempt was recorded. An administrator can give you the role; the menu shows what you may open."))


def gone(error: NotFoundError) -> None:
    """Say that what was asked for is not there."""
    st.info(plain(str(error)), icon=":material/search_off:")
    st.caption(_("It may have been merged or removed since the link was made. Choose another page from the menu."))


def nowhere() -> None:
    """Say that the address that was opened is no page; the desk is shown instead."""
    st.info(_("There is no page at the address that was opened; this is the desk."), icon=":material/search_off:")


def busy(error: BusyError) -> None:
    """Say that somebody else is at work."""
    st.info(plain(str(error)), icon=":material/hourglass_top:")
    st.caption(_("Nothing is lost. Try again when the work has ended."))


def trouble(error: RinghoundError) -> None:
    """Say what went wrong in one sentence."""
    st.error(plain(str(error)), icon=":material/error:")
    st.caption(_("Try again; if it stays, tell the operator the sentence above."))


def broken() -> None:
    """Say that something failed which nobody foresaw."""
    st.error(_("Something on this page failed."), icon=":material/error:")
    st.caption(_("The operator finds the cause in the server's log; other pages still work."))


@contextmanager
def told() -> Iterator[None]:
    """Turn what goes wrong inside into a sentence where it happened; leaving a session is passed on."""
    try:
        yield
    except (SignedOutError, PasswordDueError):
        raise
    except NoRightError as error:
        no_right(error)
    except BusyError as error:
        busy(error)
    except NotFoundError as error:
        gone(error)
    except RinghoundError as error:
        trouble(error)
    except Exception:  # the last net of a page: the cause belongs into the log, never on a screen
        log.exception("a page failed")
        broken()
