"""The guides in both languages: same steps, pictures that exist and are named, commands that exist, nothing private."""

import re
import shlex
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from ui.cli import make_app

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
LANGUAGES = ("zh", "en")
PAGES = ("first-morning.md", "from-ring-to-referral.md")
PICTURE = re.compile(r"!\[[^\]]+\]\(images/([^)]+)\)")
COMMAND = re.compile(r"(?:^\$ |`)(ringhound [^`\n]+)", re.MULTILINE)
STEP = re.compile(r"^## (\d+)\. ", re.MULTILINE)
LARGEST, MOST = 122_880, 24
CONVICTING = re.compile(r"罪犯|骗子|诈骗分子|criminals?\b|fraudsters?\b|culprits?\b|guilty")


def text(language: str, page: str) -> str:
    return (GUIDE / language / page).read_text(encoding="utf-8")


def named(language: str) -> list[str]:
    return [name for page in PAGES for name in PICTURE.findall(text(language, page))]


def commands() -> list[str]:
    return sorted({line for lang in LANGUAGES for page in PAGES for line in COMMAND.findall(text(lang, page))})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_exists_and_is_named_once(language: str) -> None:
    there = sorted(path.name for path in (GUIDE / language / "images").iterdir())
    assert sorted(named(language)) == there
    assert 0 < len(there) <= MOST


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_are_small_and_of_the_promised_size(language: str) -> None:
    for path in (GUIDE / language / "images").glob("*.png"):
        with Image.open(path) as picture:
            assert (picture.size, picture.mode) == ((1280, 720), "P"), path.name
        assert path.stat().st_size <= LARGEST, path.name


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_steps_with_the_same_pictures(page: str) -> None:
    zh, en = (re.split(STEP, text(language, page)) for language in LANGUAGES)
    assert zh[1::2] == en[1::2] == [str(number) for number in range(1, len(zh[1::2]) + 1)]
    assert [PICTURE.findall(part) for part in zh] == [PICTURE.findall(part) for part in en]


def test_the_script_makes_exactly_these_pictures() -> None:
    kept = [
        name for path in GUIDE.glob("walk_*.py") for name in re.findall(r'"(\d\d-[a-z-]+)"', path.read_text("utf-8"))
    ]
    assert sorted(f"{name}.png" for name in kept) == sorted(named("zh"))


@pytest.mark.parametrize("line", commands())
def test_every_command_and_option_exists(line: str) -> None:
    words = shlex.split(line)[1:]
    path = [word for word in words[:2] if re.fullmatch(r"[a-z]+", word)]
    for depth in range(len(path), 0, -1):
        shown = CliRunner().invoke(make_app(words), [*path[:depth], "--help"], env={"COLUMNS": "200"})
        if shown.exit_code == 0:
            break
    assert shown.exit_code == 0, line
    missing = [word for word in words if word.startswith("--") and word not in shown.output]
    assert not missing, line
    if depth < len(path):
        assert "COMMAND" not in shown.output, f"no such command: {line}"


def test_there_are_commands_to_check() -> None:
    assert len(commands()) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_no_machine_path_and_no_word_that_convicts(language: str, page: str) -> None:
    said = text(language, page)
    assert not re.search(r"/(?:tmp|home|root|work|Users)/|[A-Z]:\\", said)
    assert not CONVICTING.search(said)
