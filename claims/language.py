"""One catalogue for every sentence people read (gettext, compiled by Babel).

Code writes English keys: `_("...")` translates now, `N_("...")` only marks a sentence that is
translated later (errors, reasons kept as codes). The language belongs to the current context, so
two users of one process may read two languages.
"""

import gettext
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("zh_CN", "en")
DOMAIN = "ringhound"
LOCALE_DIR = Path(__file__).parent / "locale"

_current: ContextVar[str | None] = ContextVar("ringhound_language", default=None)


def language() -> str:
    """Return the language in force: set in this context, else from the environment."""
    return _current.get() or _from_environment()


def set_language(code: str) -> None:
    """Use `code` (one of `LANGUAGES`) in this context from now on."""
    if code not in LANGUAGES:
        raise ValueError(code)
    _current.set(code)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Use `code` (one of `LANGUAGES`) inside the `with` block only."""
    if code not in LANGUAGES:
        raise ValueError(code)
    before = _current.set(code)
    try:
        yield
    finally:
        _current.reset(before)


def _from_environment() -> str:
    for name in ("RINGHOUND_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh_CN" if value.lower().startswith("zh") else "en"
    return "zh_CN"  # most users read Chinese and set nothing


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, LOCALE_DIR, languages=[code], fallback=code == "en")


def translate(message: str, /, **values: object) -> str:
    """Translate `message` and fill its `{named}` places."""
    text = _catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def word_separator() -> str:
    """Return what stands between the words of a list."""
    return "、" if language() == "zh_CN" else ", "


def join_words(words: Iterable[str]) -> str:
    """List words or codes the way the language in force does."""
    return word_separator().join(words)


def join_clauses(clauses: Iterable[str]) -> str:
    """List clauses, which may hold commas themselves."""
    return ("；" if language() == "zh_CN" else "; ").join(clauses)


def N_(message: str) -> str:  # noqa: N802 - the name gettext's extractors look for
    """Mark `message` for the catalogue without translating it yet."""
    return message


_ = translate
