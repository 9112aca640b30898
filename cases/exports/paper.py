"""What a form is given and what comes out of it."""

from dataclasses import dataclass

from cases.exports.dossier import Dossier
from cases.exports.naming import Naming


@dataclass(frozen=True)
class Document:
    """A file of a referral: its name in the folder, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Errand:
    """One document to be written: of which dossier, to whom, about which institution ('' for all).

    `naming` says how it calls people.
    """

    dossier: Dossier
    destination: str
    naming: Naming
    institution: str = ""
