"""Who walks through the guides: an investigator, a reviewer and a lead, with names that are invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cases.people import Role
from claims.workspace import Workspace
from ui.auth.accounts import Accounts, NewAccount
from ui.auth.schema import open_engine

BY = "guide"
LANGUAGE = {"zh": "zh_CN", "en": "en"}


@dataclass(frozen=True)
class Somebody:
    """An account of the demonstration; its password guards nothing but an invented county on this machine."""

    title: str
    role: Role
    password: str = "four patient cranes wait"  # noqa: S105 - of an invented county


PEOPLE: Mapping[str, Somebody] = MappingProxyType(
    {
        "li": Somebody("李晓明", Role.INVESTIGATOR),
        "zhou": Somebody("周岚", Role.REVIEWER),
        "chen": Somebody("陈国栋", Role.LEAD),
    }
)


def add_people(workspace: Workspace, language: str) -> None:
    """Give the workspace these accounts; those that are there get the password and the language."""
    book = Accounts(open_engine(workspace.cases))
    known = {account.name for account in book.all()}
    for name, who in PEOPLE.items():
        if name in known:
            book.set_password(name, who.password, by=BY, must_change=False)
        else:
            roles = frozenset({who.role})
            book.add(NewAccount(name, who.title, roles, password=who.password, must_change=False), by=BY)
        book.set_language(name, LANGUAGE[language])
