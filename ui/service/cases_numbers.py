"""The numbers of the board, all of the asking account's regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cases.people import Actor
from cases.work.agreement import Share
from cases.work.board import Board, Delay, Workload
from cases.work.stages import Stage
from ui.service.cases_door import CaseDoor


@dataclass(frozen=True)
class Numbers:
    """Open cases by stage and age, precision by detector, workload, days to decision, recoveries by month."""

    open: Mapping[Stage, tuple[int, ...]]
    precision: Mapping[str, Share]
    workload: Sequence[Workload]
    delay: Delay
    recoveries: Mapping[str, Decimal]
    names: Mapping[str, str]


def numbers_of(door: CaseDoor, actor: Actor) -> Numbers:
    """Return the numbers of the board."""
    board = Board(door.book)
    return Numbers(
        open=board.open_by_stage(actor),
        precision=board.precision(actor),
        workload=board.workload(actor),
        delay=board.delay(actor),
        recoveries=board.recoveries(actor),
        names={account.name: account.title for account in door.accounts.all()},
    )
