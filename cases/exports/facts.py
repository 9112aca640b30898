"""What a dossier holds: records, members, places, amounts and the history of a case, as plain values.

Everything here is as the registers have it, personal data included: what leaves the house goes
through `cases.exports.naming`, which shortens or replaces it.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cases.model import Key
from detectors.finding import Grade, Role, Statement
from graph.model import NodeType


@dataclass(frozen=True)
class Item:
    """One line of a settlement; amounts in yuan, `count` in the unit of sale."""

    settlement: str
    serial: str
    code: str
    name: str
    count: Decimal
    amount: Decimal
    trace: str


@dataclass(frozen=True)
class Record:
    """One net settlement a ring rests on.

    `grade` says how sure its part is; `key_record` that the ring would fall below the line with
    enough of its like gone. Amounts in yuan; texts are empty where not recorded; `file` is the
    number of the source file in the catalogue, `line` the line in it.
    """

    id: str
    visit: str
    time: datetime
    person: str
    card: str
    terminal: str
    place: str
    doctor: str
    prescriber: str
    med_type: str
    diagnosis: str
    total: Decimal
    fund: Decimal
    account: Decimal
    grade: Grade
    key_record: bool
    file: int
    line: int

    @property
    def keys(self) -> tuple[Key, ...]:
        """Everybody and everything the settlement names, the insured person first."""
        named = (
            (NodeType.PERSON, self.person),
            (NodeType.CARD, self.card),
            (NodeType.TERMINAL, self.terminal),
            (NodeType.INSTITUTION, self.place),
            (NodeType.DOCTOR, self.doctor),
            (NodeType.DOCTOR, self.prescriber),
        )
        return tuple(dict.fromkeys(key for key in named if key[1]))


@dataclass(frozen=True)
class Party:
    """Somebody or something the ring or its records name, as the registers have it.

    `role` is None for who is named by records only. `alias` is the pseudonym in this dossier (参保人01
    …): the same body in all its documents, and meaning nothing outside it. Registers give
    `name`, `certificate`, `telephone`, `address` and `unit` (employer, or where staff work) where
    they have them, else they are empty. `records` and `fund` (yuan) count the ring's records that
    name it, those held to be lawful left out.
    """

    type: NodeType
    id: str
    alias: str
    role: Role | None
    reason: Statement
    records: int
    fund: Decimal
    name: str = ""
    certificate: str = ""
    telephone: str = ""
    address: str = ""
    unit: str = ""

    @property
    def key(self) -> Key:
        """Type and id."""
        return self.type, self.id


@dataclass(frozen=True)
class Place:
    """An institution on the records: code, name, 1 医疗机构 or 2 药店, region, and what its records sum to."""

    code: str
    name: str
    type: str
    region: str
    address: str
    legal: str
    records: int
    fund: Decimal


@dataclass(frozen=True)
class Step:
    """Something people did with the ring or its case, when (local time), who, in their words."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True)
class CaseHistory:
    """What a case adds to its ring: number, how it began, the steps and what was decided.

    `decided` names the conclusion per member or record (key → confirmed, cleared, unsure) where one
    was reached; empty texts are holes that documents show as blanks.
    """

    number: str
    opened_at: datetime | None = None
    opened_from: str = ""
    stage: str = ""
    outcome: str = ""
    lead: str = ""
    answer: str = ""
    steps: tuple[Step, ...] = ()
    members: tuple[tuple[Key, str], ...] = ()
    records: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Handling:
    """Who takes documents out, when and why; `unmasked` lets those documents name people that must."""

    user: str
    at: datetime
    reason: str
    unmasked: bool = False


@dataclass(frozen=True)
class Authority:
    """The sender as the workspace's settings name it; what is empty stays a blank line in documents."""

    name: str = ""
    region: str = ""
    contact: str = ""
    telephone: str = ""
    address: str = ""
