"""Who may do what and open which page, as tables made from the code: `python -m ui.auth.matrix > docs/rights.md`."""

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from claims.language import speaking, translate
from ui.auth.roles import ACTION_TITLES, RIGHTS, Action, Role, allowed
from ui.pages.navigation import PLACES

MARK = "×"
HEAD = """# Rights

Made from the code by `python -m ui.auth.matrix > docs/rights.md`; a test fails where this page is older than the code.
The same tables are what the tests ask of every role: each action of the services behind the pages, and each page in a
browser. Which step of a case is whose stands in [cases](cases.md#rights-and-regions); regions narrow all of it, see
[pages](pages.md#roles).
"""


def pages() -> Mapping[str, Action]:
    """Return the address of every page with the action one needs to open it."""
    return {place.name: place.action for place in PLACES}


def roles_of(action: Action) -> frozenset[Role]:
    """Return the roles that may do something."""
    return frozenset(role for role in Role if allowed({role}, action))


def table(head: str, rows: Iterable[tuple[str, Collection[Role]]]) -> Iterator[str]:
    """Yield the lines of a table with a column per role."""
    yield f"| {head} | {' | '.join(role.value for role in Role)} |"
    yield "|---" * (len(Role) + 1) + "|"
    for title, roles in rows:
        yield f"| {title} | {' | '.join(MARK if role in roles else '' for role in Role)} |"


def markdown() -> str:
    """Return the page of the documentation, in English."""
    with speaking("en"):
        acts: Sequence[tuple[str, Collection[Role]]] = [
            (f"{translate(ACTION_TITLES[action])} (`{action.value}`)", roles_of(action)) for action in RIGHTS
        ]
        opened = [(f"`/{name}`", roles_of(action)) for name, action in pages().items()]
        lines = [HEAD, "## Pages", "", *table("page", opened), "", "## Actions", "", *table("action", acts)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(markdown())
