"""How people are called in a document: in full, shortened, or by an alias that means nothing outside it.

`FULL` is for documents that must name people (a transfer to police), made with a reason on
record; `SHORT` shortens names and numbers by `claims.masking`; `ALIAS` shows of a person nothing but
the dossier's alias: what an institution gets of people and places that are not its own. People the
records name without being members of the ring are called by their alias everywhere: nothing is
said of them, so nothing may point at them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cases.exports.dossier import Dossier
from cases.exports.facts import Party
from cases.exports.words import printable
from cases.handout.sheet import mask_text
from cases.model import Key
from claims.masking import mask_account, mask_address, mask_certificate, mask_name, mask_phone
from graph.model import NodeType

_NUMBER_MASKS = {
    NodeType.PERSON: mask_certificate,
    NodeType.CARD: mask_account,
    NodeType.DOCTOR: mask_certificate,
    NodeType.PHONE: mask_phone,
    NodeType.ADDRESS: mask_address,
    NodeType.ACCOUNT: mask_account,
}
_PUBLIC = frozenset({NodeType.INSTITUTION, NodeType.TERMINAL, NodeType.DRUG_BOX})


class Show(StrEnum):
    """How much of a person a document shows."""

    FULL = "full"
    SHORT = "short"
    ALIAS = "alias"


@dataclass(frozen=True)
class Naming:
    """Calls the parties of one dossier; `own` are those an `ALIAS` document may call by name (an institution's own)."""

    show: Show
    parties: Mapping[Key, Party]
    own: frozenset[Key] = frozenset()
    _hidden: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, dossier: Dossier, show: Show, own: frozenset[Key] = frozenset()) -> "Naming":
        """Return how this dossier's parties are called."""
        naming = cls(show, {party.key: party for party in dossier.parties}, own)
        hidden: dict[str, str] = {}
        for party in dossier.parties:
            hidden |= naming._secrets(party)
        return cls(show, naming.parties, own, hidden)

    def name(self, key: Key) -> str:
        """What a party is called: name or alias, never empty."""
        party = self.parties[key]
        if self._open(party):
            return printable(party.name or party.id)
        if party.type in _PUBLIC:
            return printable(party.alias if self.show is Show.ALIAS else party.name or party.id)
        shortened = self.show is Show.SHORT and party.role is not None and party.name
        short = mask_name(party.name) if shortened else ""
        return printable(f"{party.alias}（{short}）" if short else party.alias)

    def number(self, key: Key) -> str:
        """The number of a party as far as it may be shown; empty where only the alias may."""
        party = self.parties[key]
        if self._open(party) or (party.type in _PUBLIC and self.show is Show.SHORT):
            return printable(party.id)
        mask = _NUMBER_MASKS.get(party.type)
        return printable(mask(party.id)) if mask and self.show is Show.SHORT and party.role is not None else ""

    def certificate(self, key: Key) -> str:
        """The certificate number as far as it may be shown."""
        return self._fact(key, self.parties[key].certificate, mask_certificate)

    def telephone(self, key: Key) -> str:
        """The telephone number as far as it may be shown."""
        return self._fact(key, self.parties[key].telephone, mask_phone)

    def address(self, key: Key) -> str:
        """The address as far as it may be shown."""
        return self._fact(key, self.parties[key].address, mask_address)

    def text(self, sentence: str) -> str:
        """A sentence in which nobody stands who may not."""
        return printable(mask_text(sentence, self._hidden) if self.show is not Show.FULL else self._renamed(sentence))

    def _renamed(self, sentence: str) -> str:
        for real in sorted(self._hidden, key=lambda real: (-len(real), real)):
            sentence = sentence.replace(real, self._hidden[real])
        return sentence

    def _open(self, party: Party) -> bool:
        """Whether a party may be called as it is."""
        if party.key in self.own:
            return True
        return self.show is Show.FULL and (party.type in _PUBLIC or party.role is not None)

    def _fact(self, key: Key, value: str, mask: Callable[[str], str]) -> str:
        party = self.parties[key]
        if self.show is Show.FULL and self._open(party):
            return printable(value)
        return printable(mask(value)) if self.show is Show.SHORT and party.role is not None and value else ""

    def _secrets(self, party: Party) -> dict[str, str]:
        """What of a party must not stand in a sentence, and what stands there instead."""
        if self._open(party) or (party.type in _PUBLIC and self.show is Show.SHORT):
            # A number tells a reader nothing; who may be named is named beside it.
            known = party.type not in _PUBLIC and party.name and party.id != party.name
            return {party.id: f"{printable(party.name)}（{printable(party.id)}）"} if known else {}
        called = self.name(party.key)
        facts = [party.id, party.certificate, party.telephone]
        facts += [party.name] if len(party.name) > 1 else []
        return {fact: called for fact in facts if fact}
