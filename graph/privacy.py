"""What a shared graph server may know of people: everything, pseudonyms, or nothing personal.

`pseudonyms`: persons, cards, doctors, telephones, addresses and accounts get keyed names (HMAC-SHA256
with a key that never leaves the workspace), so the same card is the same node in every push while
nobody without the key can go back, or guess a number and check it. Names and dates of birth and
death are left out; certificate numbers are replaced too, so equal ones can still be seen.
`no-personal`: persons, cards and doctors keep their business keys, so an investigator can look them
up again; all personal attributes are left out. Telephones, addresses and accounts, whose key is the
personal value itself, get keyed names, and so does any id that is a certificate number.
What is kept is listed, not what is left out: a new attribute stays at home until it is named here.
"""

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from claims.errors import StoreError
from claims.language import N_
from claims.masking import is_certificate
from graph.model import NodeType
from graph.tables import NODE_ATTRIBUTES

KEY_BYTES = 32
LENGTH = 26  # base32 characters: 128 bits


class Privacy(StrEnum):
    """How much of a person reaches the server."""

    NONE = "none"
    PSEUDONYMS = "pseudonyms"
    NO_PERSONAL = "no-personal"


PERSONAL_KEYS = frozenset({NodeType.PHONE, NodeType.ADDRESS, NodeType.ACCOUNT})
PEOPLE = PERSONAL_KEYS | {NodeType.PERSON, NodeType.CARD, NodeType.DOCTOR}
REPLACED: Mapping[Privacy, frozenset[NodeType]] = MappingProxyType(
    {Privacy.NONE: frozenset(), Privacy.PSEUDONYMS: PEOPLE, Privacy.NO_PERSONAL: PERSONAL_KEYS}
)
PUBLIC_LABELS = frozenset({NodeType.INSTITUTION, NodeType.EMPLOYER, NodeType.TERMINAL, NodeType.DRUG_BOX})
CERTIFICATE = "certno"

IMPERSONAL: Mapping[NodeType, frozenset[str]] = MappingProxyType(
    {
        NodeType.PERSON: frozenset({"gend", "insutype", "psn_type", "insu_admdvs"}),
        NodeType.CARD: frozenset({"card_type", "iss_date", "stop_date", "loss_date"}),
        NodeType.DOCTOR: frozenset({"dept_codg", "prac_type"}),
        NodeType.INSTITUTION: frozenset({"fixmedins_type", "hosp_lv", "admdvs", "lnt", "lat", "bed_cnt"}),
    }
)


@dataclass(frozen=True)
class Cover:
    """A privacy mode with its key: what of a node is shown, and under which name."""

    privacy: Privacy
    key: bytes = field(default=b"", repr=False)

    @property
    def mark(self) -> str:
        """Tells two covers apart without telling the key: a server's content depends on it."""
        if self.privacy is Privacy.NONE:
            return str(self.privacy)
        return f"{self.privacy}:{hmac.digest(self.key, b'mark', 'sha256').hex()[:16]}"

    def replaces(self, type_: NodeType) -> bool:
        """Whether all ids of a type get keyed names."""
        return type_ in REPLACED[self.privacy]

    def id(self, type_: NodeType, key: str) -> str:
        """Return the id under which a node is known to the server."""
        if self.replaces(type_) or (self.privacy is not Privacy.NONE and is_certificate(key)):
            return self.pseudonym(type_, key)
        return key

    def keeps_label(self, type_: NodeType) -> bool:
        """Whether nodes of a type keep their names."""
        return self.privacy is Privacy.NONE or type_ in PUBLIC_LABELS

    def attributes(self, type_: NodeType) -> tuple[str, ...]:
        """Attributes of a type that the server gets as they are."""
        every = NODE_ATTRIBUTES.get(type_, {})
        kept = IMPERSONAL.get(type_, frozenset())
        return tuple(name for name in every if self.privacy is Privacy.NONE or name in kept)

    def replaced_attributes(self, type_: NodeType) -> tuple[str, ...]:
        """Attributes of a type that the server gets under keyed names."""
        has_one = self.privacy is Privacy.PSEUDONYMS and CERTIFICATE in NODE_ATTRIBUTES.get(type_, {})
        return (CERTIFICATE,) if has_one else ()

    def pseudonym(self, kind: str, text: str) -> str:
        """Return the keyed name of a value; the same text of another kind has another one."""
        digest = hmac.digest(self.key, f"{kind}\0{text}".encode("utf-8", "surrogatepass"), "sha256")
        return base64.b32encode(digest).decode().lower()[:LENGTH]


def cover_of(privacy: Privacy, key_file: Path) -> Cover:
    """Return the cover of a mode; its key is made at first use and then kept in `key_file`."""
    return Cover(privacy) if privacy is Privacy.NONE else Cover(privacy, _key(key_file))


def _key(path: Path) -> bytes:
    """Read the key, or make it in a way that two processes end with the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(secrets.token_bytes(KEY_BYTES))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was quicker: its key counts
        finally:
            draft.unlink()
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise StoreError(N_("The key file {path} is damaged; restore it from a backup."), path=path)
    return key
