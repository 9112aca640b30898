"""Cases as cards and lines of the list: clock, priority, bracket of the money, how many people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases import rows as ring_rows
from cases.model import Ring
from cases.schema import reading
from cases.schema import rings as rings_table
from cases.work.model import CaseFile
from cases.work.stages import Stage
from ui.service.cases_door import CaseDoor, Clock

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Card:
    """A case at a glance; money is yuan, `low` certain records only, `high` with contested ones."""

    file: CaseFile
    title: str
    clock: Clock | None
    low: Decimal
    high: Decimal
    people: int
    holder: str  # display name of whoever has it, '' for nobody


@dataclass(frozen=True)
class Listed:
    """The cases asked for, most pressing first; `counts` are those of each stage before one was chosen."""

    files: tuple[CaseFile, ...]
    counts: Mapping[Stage, int]


def cards(door: CaseDoor, files: Sequence[CaseFile]) -> tuple[Card, ...]:
    """Return cases as cards; their rings are read in one query."""
    found = _rings(door, {ring for file in files for ring in file.bound})
    names = {account.name: account.title for account in door.accounts.all()}
    return tuple(_card(door, file, [found[r] for r in file.bound if r in found], names) for file in files)


def _rings(door: CaseDoor, ids: set[str]) -> Mapping[str, Ring]:
    if not ids:
        return {}
    with reading(door.book.engine) as connection:
        return {ring.id: ring for ring in ring_rows.rings(connection, rings_table.c.id.in_(ids))}


def _card(door: CaseDoor, file: CaseFile, rings: Sequence[Ring], names: Mapping[str, str]) -> Card:
    sums = [ring.picture.exposure for ring in rings]
    return Card(
        file=file,
        title=door.title(file),
        clock=door.clock(file),
        low=sum((one.certain for one in sums), ZERO),
        high=sum((one.fund for one in sums), ZERO),
        people=sum(ring.picture.people for ring in rings),
        holder=names.get(file.owner, file.owner),
    )
