"""Where people look at rings: one place that opens the case database, masks, reveals with a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cases.handout.sheet import RingSheet, sheets_of
from cases.history import Run
from cases.model import UNDER_THE_LINE, Picture, Ring, Status
from cases.names import Names
from cases.settings import Settings, settings_of
from cases.store import CaseStore
from claims.aliases import Aliases
from claims.audit import Act, Audit, Detail
from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from detectors.finding import Finding
from graph.masking import Masks

# Decided or put aside: listed with --all only.
_SETTLED = frozenset({Status.CLEARED, Status.SNOOZED})


class Rank(StrEnum):
    """What rings are ranked by."""

    SUSPICION = "suspicion"
    MONEY = "money"


_RANKS: dict[Rank, Callable[[Picture], tuple[float, ...]]] = {
    Rank.SUSPICION: lambda picture: (-picture.score, -float(picture.exposure.fund)),
    Rank.MONEY: lambda picture: (-float(picture.exposure.fund), -picture.score),
}


@dataclass(frozen=True)
class CasesDesk:
    """The rings of one workspace and the rules for showing them; `reason` lifts the masks."""

    workspace: Workspace
    settings: Settings
    store: CaseStore
    reason: str | None

    @classmethod
    def open(cls, workspace: Workspace, reason: str | None = None) -> "CasesDesk":
        """Open the case database; NotFoundError where nothing was detected yet."""
        settings = settings_of(workspace)
        if settings.database == workspace.cases and not workspace.cases.exists():
            raise nothing_detected(workspace)
        store = CaseStore.open(settings.database)
        if not store.runs():  # accounts and the ledger may be there before the first run
            raise nothing_detected(workspace)
        return cls(workspace, settings, store, reason)

    @property
    def audit(self) -> Audit:
        """The workspace's audit."""
        return Audit(self.workspace.audit)

    def last_run(self) -> Run:
        """Return the run rings live by; NotFoundError before the first."""
        run = self.store.last_run()
        if run is None:
            raise nothing_detected(self.workspace)
        return run

    def rings(self, *, everything: bool, rank: Rank = Rank.SUSPICION, family: str = "") -> list[Ring]:
        """Rings to work on, best first; with `everything` also what is explained, below the line or settled."""
        found = [ring for ring in self.store.rings() if everything or ring.status not in UNDER_THE_LINE | _SETTLED]
        chosen = [ring for ring in found if not family or ring.picture.kind.startswith(family)]
        return sorted(chosen, key=lambda ring: (*_RANKS[rank](ring.picture), ring.number))

    def exported(self, *, everything: bool) -> list[Ring]:
        """Rings of the export: over the alert line whatever was decided; with `everything` the others too."""
        return [ring for ring in self.store.rings() if everything or ring.status not in UNDER_THE_LINE]

    def sheets(self, rings: Sequence[Ring], subject: str) -> tuple[RingSheet, ...]:
        """How rings and their findings may be shown: masked, or as they are once the audit holds the reason."""
        if self.reason is None:
            return self.drawn(rings, self.masks)
        details: dict[str, Detail] = {"rings": [ring.id for ring in rings]}
        self.audit.append(Act.REVEAL, subject, reason=self.reason, details=details)
        return self.drawn(rings, None)

    @property
    def masks(self) -> Masks:
        """Masks with this workspace's aliases."""
        return Masks(Aliases(self.workspace.aliases))

    def drawn(self, rings: Sequence[Ring], masks: Masks | None, *, bare: bool = False) -> tuple[RingSheet, ...]:
        """Sheets under the given masks; whoever passes none has entered why in the audit. `bare`: no findings."""
        known: dict[int, Mapping[int, Finding]] = {}
        for run in sorted({ring.run for ring in rings}) if not bare else ():
            numbers = {number for ring in rings if ring.run == run for number in ring.picture.numbers}
            known[run] = self.store.findings(run, sorted(numbers))
        given = [(ring, [] if bare else [known[ring.run][number] for number in ring.picture.numbers]) for ring in rings]
        version = max((ring.picture.data_version for ring in rings), default=0)
        return sheets_of(given, Names(self.workspace, version), masks)

    def sheet(self, ring: Ring) -> RingSheet:
        """How one ring may be shown."""
        return self.sheets([ring], ring.id)[0]


def nothing_detected(workspace: Workspace) -> NotFoundError:
    """Return the sentence for a workspace in which nobody looked for rings yet."""
    return NotFoundError(N_("There are no rings in {workspace} yet; run detect first."), workspace=workspace.root)
