"""Which pairs are asked for, and how the question is written in an address that can be sent on."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

LEAST, MOST = -15, 40  # bits of evidence: beyond these a pair is as clear as it gets


class Standing(StrEnum):
    """Which pairs, by what was said of them."""

    OPEN = "open"
    JUDGED = "judged"
    MINE = "mine"
    ALL = "all"


@dataclass(frozen=True)
class PairQuery:
    """A part of the queue: a kind of finding ('' for all), a range of weight in bits, a standing, and a pair's id."""

    standing: Standing = Standing.OPEN
    kind: str = ""
    least: int = LEAST
    most: int = MOST
    pair: str = ""

    def weighs(self, total: float) -> bool:
        """Say whether a weight lies in the range; its ends are open."""
        return (self.least <= LEAST or total >= self.least) and (self.most >= MOST or total <= self.most)

    @property
    def filtered(self) -> bool:
        """Whether kind or weight leave anything out."""
        return bool(self.kind) or self.least > LEAST or self.most < MOST


_PLAIN = PairQuery()


def to_url(query: PairQuery) -> dict[str, str]:
    """Write a question as parameters; what is as usual is left out."""
    names = ("standing", "kind", "least", "most", "pair")
    return {name: str(getattr(query, name)) for name in names if getattr(query, name) != getattr(_PLAIN, name)}


def from_url(given: Mapping[str, str]) -> PairQuery:
    """Read a question from parameters; what does not read filters nothing."""
    standing = given.get("standing", "")
    least, most = _bits(given.get("least", ""), LEAST), _bits(given.get("most", ""), MOST)
    return PairQuery(
        standing=Standing(standing) if standing in set(Standing) else Standing.OPEN,
        kind=given.get("kind", "")[:64],
        least=min(least, most),
        most=max(least, most),
        pair=given.get("pair", "")[:64],
    )


def _bits(text: str, otherwise: int) -> int:
    try:
        return min(MOST, max(LEAST, int(text)))
    except ValueError:
        return otherwise
