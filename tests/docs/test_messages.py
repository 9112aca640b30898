"""Every sentence people read is in the Chinese catalogue, and the compiled catalogue is fresh."""

import importlib.util
import string
from gettext import GNUTranslations
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / ".ci" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def compiled(messages: ModuleType) -> GNUTranslations:
    with (messages.LOCALE / "ringhound.mo").open("rb") as stream:
        return GNUTranslations(stream)


def keys(messages: ModuleType) -> list[str]:
    return [str(message.id) for message in messages.collect() if message.id]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_sentence_is_translated(messages: ModuleType, compiled: GNUTranslations) -> None:
    known = compiled._catalog  # type: ignore[attr-defined]
    assert [key for key in keys(messages) if not known.get(key)] == []


def test_translations_fill_the_same_places(messages: ModuleType, compiled: GNUTranslations) -> None:
    assert [key for key in keys(messages) if places(key) != places(compiled.gettext(key))] == []


def test_nothing_forgotten_stays_in_the_catalogue(messages: ModuleType, compiled: GNUTranslations) -> None:
    known = set(compiled._catalog) - {""}  # type: ignore[attr-defined]
    assert known <= set(keys(messages))


def test_sentences_inside_f_strings_are_collected(messages: ModuleType) -> None:
    code = """said = f"**{_('inside')}** {words.plain(translate('deeper'))}" + _("a " "whole")
heard = other("not") + N_("marked")"""
    assert list(messages.spoken(code)) == ["inside", "deeper", "a whole", "marked"]
