"""Which referrals are asked for, and how the question is written in an address that can be sent on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from cases.exports.clocks import FactName
from cases.exports.referrals import Referral
from claims.language import N_

SIZE = 25
Line = TypeVar("Line")


class Standing(StrEnum):
    """How far a referral got."""

    MADE = "made"
    APPROVED = "approved"
    SENT = "sent"
    RECEIVED = "received"
    ANSWERED = "answered"
    FILED = "filed"
    REFUSED = "refused"


STANDING_TITLES: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.MADE: N_("made, not sent"),
        Standing.APPROVED: N_("approved, not sent"),
        Standing.SENT: N_("sent, no receipt yet"),
        Standing.RECEIVED: N_("receipt signed, no answer yet"),
        Standing.ANSWERED: N_("answered"),
        Standing.FILED: N_("case filed by the receiver"),
        Standing.REFUSED: N_("filing refused"),
    }
)
_REACHED: tuple[tuple[FactName, Standing], ...] = (  # the furthest first
    (FactName.FILED, Standing.FILED),
    (FactName.REFUSED, Standing.REFUSED),
    (FactName.ANSWERED, Standing.ANSWERED),
    (FactName.RECEIVED, Standing.RECEIVED),
    (FactName.SENT, Standing.SENT),
    (FactName.DECIDED, Standing.APPROVED),
)


def standing_of(facts: Iterable[FactName]) -> Standing:
    """Say how far a referral got by what is recorded about it."""
    known = set(facts)
    return next((standing for name, standing in _REACHED if name in known), Standing.MADE)


@dataclass(frozen=True)
class ReferralQuery:
    """Empty fields filter nothing; `text` is part of the number of a ring or case; `page` counts from 1."""

    to: str = ""
    standing: Standing | None = None
    text: str = ""
    page: int = 1
    size: int = SIZE

    def takes(self, referral: Referral, standing: Standing) -> bool:
        """Say whether a referral is asked for."""
        wanted = self.text.strip().upper()
        return (
            self.to in ("", base_of(referral.destination))
            and self.standing in (None, standing)
            and (not wanted or wanted in referral.ring.upper() or wanted in referral.case.upper())
        )


@dataclass(frozen=True)
class ReferralPage(Generic[Line]):
    """The lines asked for, and how many there are in all."""

    lines: tuple[Line, ...]
    total: int


def base_of(destination: str) -> str:
    """Return the destination without the institution that a letter is for."""
    return destination.partition(":")[0]


def from_url(address: Mapping[str, str]) -> ReferralQuery:
    """Read an address; what does not read filters nothing."""
    page = address.get("page", "")
    standing = address.get("standing", "")
    return ReferralQuery(
        to=address.get("for", ""),
        standing=Standing(standing) if standing in set(Standing) else None,
        text=address.get("text", "")[:40],
        page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
    )


def to_url(query: ReferralQuery) -> Mapping[str, str]:
    """Write a question as an address."""
    given = {
        "for": query.to,
        "standing": query.standing.value if query.standing else "",
        "text": query.text,
        "page": str(query.page) if query.page > 1 else "",
    }
    return {name: value for name, value in given.items() if value}
