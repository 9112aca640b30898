"""What of the rings is asked for, and how the question is written in an address that can be sent on."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

PAGE_SIZES = (25, 50, 100)
Choice = TypeVar("Choice", bound=StrEnum)


class Ranking(StrEnum):
    """What stands first."""

    SUSPICION = "suspicion"
    MONEY = "money"
    CHANGED = "changed"
    NEWEST = "newest"
    DUE = "due"


class Group(StrEnum):
    """Rings to look at, those an innocent explanation accounts for, and those below the alert line."""

    OPEN = "open"
    EXPLAINED = "explained"
    BELOW = "below"


@dataclass(frozen=True)
class RingQuery:
    """A filtered, ranked page; empty fields filter nothing. `fund` is yuan, the least; `page` counts from 1.
    `changed_since` is local time without a zone, as runs write it.

    `regions` and `without` (rings to leave out) are set by the service from the account, never by an address.
    """

    group: Group = Group.OPEN
    ranking: Ranking = Ranking.SUSPICION
    families: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    place: str = ""
    text: str = ""
    owner: str = ""
    score: float = 0.0
    fund: int = 0
    first_seen: date | None = None
    changed_since: datetime | None = None
    page: int = 1
    size: int = 25
    regions: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()

    @property
    def filtered(self) -> bool:
        """Whether anything but the group, the ranking and the page differs from the plain list."""
        everyone = replace(self, regions=frozenset(), without=frozenset())
        return replace(everyone, group=Group.OPEN, ranking=Ranking.SUSPICION, page=1, size=25) != RingQuery()


_PLAIN = RingQuery()
_IN_URL = tuple(item.name for item in fields(RingQuery) if item.name not in ("regions", "without"))


def to_url(query: RingQuery) -> dict[str, str]:
    """Write a question as parameters; what is as usual is left out."""
    found = {}
    for name in _IN_URL:
        value = getattr(query, name)
        if value != getattr(_PLAIN, name):
            found[name] = ",".join(value) if isinstance(value, tuple) else _spelled(value)
    return found


def from_url(given: Mapping[str, str]) -> RingQuery:
    """Read a question from parameters; what does not read filters nothing."""
    return RingQuery(
        group=_one_of(Group, given.get("group", ""), Group.OPEN),
        ranking=_one_of(Ranking, given.get("ranking", ""), Ranking.SUSPICION),
        families=_words(given.get("families", "")),
        statuses=_words(given.get("statuses", "")),
        place=given.get("place", "")[:64],
        text=given.get("text", "")[:64].strip(),
        owner=given.get("owner", "")[:64],
        score=min(1.0, _number(given.get("score", ""), 0.0)),
        fund=int(_number(given.get("fund", ""), 0.0)),
        first_seen=_day(given.get("first_seen", "")),
        changed_since=_moment(given.get("changed_since", "")),
        page=max(1, int(_number(given.get("page", ""), 1.0))),
        size=size if (size := int(_number(given.get("size", ""), 25.0))) in PAGE_SIZES else 25,
    )


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return f"{value:g}" if isinstance(value, float) else str(value)


def _one_of(kind: type[Choice], text: str, otherwise: Choice) -> Choice:
    return kind(text) if text in {item.value for item in kind} else otherwise


def _words(text: str) -> tuple[str, ...]:
    return tuple(sorted({word for word in text[:500].split(",") if word}))


def _number(text: str, otherwise: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return otherwise
    return value if 0.0 <= value < 1e12 else otherwise


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=None)
