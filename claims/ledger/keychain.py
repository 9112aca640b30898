"""The keys of a ledger as its leaves tell: each new one signed by the one before it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from claims.language import N_
from claims.ledger.canonical import Json
from claims.ledger.heads import Head
from claims.ledger.keys import id_of, signed, strict_hex
from claims.ledger.leaves import Entry

Found = tuple[str, Mapping[str, object]]


@dataclass
class Keychain:
    """Keys in the order of their leaves; `ledger` is the name by chance of the ledger they belong to."""

    ledger: str = ""
    keys: list[Entry] = field(default_factory=list)

    @property
    def first(self) -> int:
        """Index of the leaf of the first key."""
        return self.keys[0].index

    def add(self, entry: Entry) -> None:
        """Take in the next key leaf."""
        self.keys.append(entry)

    def problems(self, trusted: Collection[str]) -> Iterator[Found]:
        """Yield what is wrong with keys: a name that is not theirs, or no signature of the key before."""
        for place, entry in enumerate(self.keys):
            body = entry.leaf.body
            public, key = str(body.get("public")), str(body.get("key"))
            if not _named(public, key) or body.get("ledger") != self.ledger:
                yield N_("Entry {index} enters no key of this ledger."), {"index": entry.index}
            elif place and key not in trusted and not self._handed_over(place):
                message = N_("The key {key} of entry {index} was not signed by the key before it.")
                yield message, {"key": key, "index": entry.index}

    def signed(self, head: Head) -> bool:
        """Say whether the key that was in force at the last leaf of `head` signed it."""
        public = ""
        for entry in self.keys:
            if entry.index < head.size:
                public = str(entry.leaf.body.get("public"))
        return _named(public, head.key) and signed(public, head.content(), head.signature)

    def _handed_over(self, place: int) -> bool:
        claim: dict[str, Json] = dict(self.keys[place].leaf.body)
        signature = str(claim.pop("signature", ""))
        return signed(str(self.keys[place - 1].leaf.body.get("public")), claim, signature)


def _named(public: str, key: str) -> bool:
    try:
        strict_hex(public)
    except ValueError:
        return False
    return id_of(public) == key
