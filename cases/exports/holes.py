"""Finding the blanks that somebody has to supply in a text."""

import re

_HOLE = re.compile("〔待补：[^〔〕]*〕")


def split(text: str) -> list[tuple[str, bool]]:
    """Cut a text into what is there and what is a blank, in order."""
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in _HOLE.finditer(text):
        if found.start() > end:
            parts.append((text[end : found.start()], False))
        parts.append((found.group(), True))
        end = found.end()
    if end < len(text) or not parts:
        parts.append((text[end:], False))
    return parts


def count(text: str) -> int:
    """How many blanks there are."""
    return len(_HOLE.findall(text))
