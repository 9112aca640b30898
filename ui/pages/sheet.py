"""Small pieces of HTML that also print: tables, shares as bars. Everything from data is escaped by Markup."""

from collections.abc import Collection, Iterable, Sequence

import streamlit as st
from markupsafe import Markup

from claims.masking import STARS


def table(heads: Sequence[str], rows: Iterable[Sequence[object]], numbers: Collection[int] = ()) -> Markup:
    """Return a table; columns at the places `numbers` stand right."""
    signs = [Markup(' class="n"') if place in numbers else Markup("") for place in range(len(heads))]
    top = Markup("").join(Markup("<th{}>{}</th>").format(sign, head) for sign, head in zip(signs, heads, strict=True))
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td{}>{}</td>").format(sign, cell) for sign, cell in zip(signs, row, strict=True))
        )
        for row in rows
    )
    return Markup('<table class="rh"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(top, body)


def bar(part: float, label: str = "") -> Markup:
    """Return a bar that is `part` (0 to 1) full, with its number beside it."""
    wide = f"{100 * min(1.0, max(0.0, part)):.1f}"
    return Markup('<span class="rh-bar"><i style="width:{}%"></i></span><span class="rh-bar-n">{}</span>').format(
        wide, label
    )


def two_lines(first: object, second: object) -> Markup:
    """Return a cell with a small second line."""
    below = whole(second) if isinstance(second, str) else second
    return Markup("{}<br><small>{}</small>").format(first, below) if second else Markup("{}").format(first)


def whole(value: str) -> Markup:
    """Keep shortened numbers on one line: broken, their two ends are not read as one. Other text may break."""
    if isinstance(value, Markup) or STARS not in value:
        return Markup("{}").format(value)
    kept = Markup('<span class="rh-w">{}</span>')
    return Markup(" ").join(
        kept.format(word) if STARS in word and word.isascii() else word for word in value.split(" ")
    )


def lines(sentences: Iterable[object]) -> Markup:
    """Return sentences as a list."""
    items = Markup("").join(Markup("<li>{}</li>").format(sentence) for sentence in sentences)
    return Markup('<ul class="rh">{}</ul>').format(items)


def paragraph(sentence: object, kind: str = "") -> Markup:
    """Return one sentence; `kind` is empty, `lead` or `dim`."""
    return Markup('<p class="rh {}">{}</p>').format(kind, sentence)


def draw(*pieces: Markup) -> None:
    """Draw pieces below each other."""
    st.html(f'<div class="rh">{Markup("").join(pieces)}</div>')
