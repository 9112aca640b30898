"""The numbers of the board, all of the asking account's regions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cases.people import Actor
from cases.work.agreement import Share
from cases.work.board import Board, Delay, Workload
from cases.work.recoveries import Recoveries, Standing
from cases.work.stages import Stage
from ui.service.cases_door import CaseDoor


@dataclass(frozen=True)
class Numbers:
    """Open cases by stage and age, precision by detector, workload, days to decision, money by month and case."""

    open: Mapping[Stage, tuple[int, ...]]
    precision: Mapping[str, Share]
    workload: Sequence[Workload]
    delay: Delay
    money: Mapping[str, Standing]
    owing: Sequence[tuple[str, Standing]]
    names: Mapping[str, str]


@cache
def detector_titles() -> Mapping[str, str]:
    """Return what detectors are called (a key of the catalogue) by name; of one that is gone there is none."""
    from detectors import DETECTORS  # they take seconds to import: once, when first asked

    return {detector.name: detector.title for detector in DETECTORS}


def numbers_of(door: CaseDoor, actor: Actor) -> Numbers:
    """Return the numbers of the board."""
    board, money = Board(door.book), Recoveries(door.book)
    return Numbers(
        open=board.open_by_stage(actor),
        precision=board.precision(actor),
        workload=board.workload(actor),
        delay=board.delay(actor),
        money=money.months(actor),
        owing=money.owing(actor),
        names={account.name: account.title for account in door.accounts.all()},
    )
