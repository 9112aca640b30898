"""What a form is: a template and what fills its places."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cases.exports.paper import Errand

Cell = str | int | bool
Row = Mapping[str, Cell]
Context = Mapping[str, object]


@dataclass(frozen=True)
class Form:
    """One kind of document.

    `name` is its template's (`templates/NAME.docx`, made from `forms/wording/NAME.txt`), `title` what it
    is called in Chinese, `english` what the English cover page says of it. At work only the template
    counts, so an authority may edit it in its word processor. `context` fills it.
    """

    name: str
    title: str
    english: str
    context: Callable[[Errand], Context]
    red_head: bool = False
