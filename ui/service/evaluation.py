"""What the page and the command of the quarterly evaluation ask; limited to the asker's regions, also as comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cases.evaluation.case_mix import CaseMix, read_case_mix
from cases.evaluation.evaluate import Ask, evaluate
from cases.evaluation.model import Evaluation, Kind, Tier
from cases.evaluation.quarter import Quarter, QuarterError
from cases.evaluation.ratios import FUNNEL, funnel_points
from cases.evaluation.report import Order, Report, report_of
from cases.evaluation.reviewed import stamp_of
from cases.evaluation.source import Source, read_source
from cases.exports.sender import authority_of
from claims.audit import Act, Audit, checked_reason
from claims.catalog import now
from claims.reader import Claims
from claims.workspace import Workspace
from ui.auth.gate import Gate
from ui.auth.roles import Action
from ui.service.ring_source import opened


@dataclass(frozen=True)
class EvaluationService:
    """Evaluations behind the guard."""

    gate: Gate
    workspace: Workspace

    def evaluate(self, ask: Ask) -> Evaluation:
        """Evaluate the institutions of the account's regions; NotFoundError where there is nothing to count."""
        account = self.gate.guard(Action.SEE_EVALUATION)
        return evaluate(source_of(self.workspace), replace(ask, regions=account.regions))

    def limits(self, evaluation: Evaluation) -> Mapping[float, Sequence[tuple[float, float, float]]]:
        """Return funnel limits as (expected, low, high), for the share of chance they hold."""
        self.gate.guard(Action.SEE_EVALUATION)
        top = max((line.expected for line in evaluation.lines), default=0.0)
        return {share: funnel_points(top, share) for share in FUNNEL}

    def report(self, ask: Ask, reason: str) -> Report:
        """Write the report; the audit holds who took it and why before it is handed over."""
        account = self.gate.guard(Action.EXPORT)
        return take_out(self.workspace, self.evaluate(ask), account.name, reason)


def take_out(workspace: Workspace, evaluation: Evaluation, by: str, reason: str) -> Report:
    """Make the report of an evaluation and enter it in the audit; ReasonError where the reason says nothing."""
    order = Order(by, checked_reason(reason), now(), authority_of(workspace).name)
    found = report_of(evaluation, order)
    details = {
        "quarter": str(evaluation.quarter),
        "kind": evaluation.kind.value,
        "level": evaluation.tier.value if evaluation.tier else "",
        "regions": sorted(evaluation.regions),
        "institutions": len(evaluation.lines),
        "data_version": evaluation.data_version,
        "files": found.digests,
    }
    Audit(workspace.audit).append(Act.EXPORT, "evaluation", reason=order.reason, details=details, user=by)
    return found


def ask_of(given: Mapping[str, str]) -> Ask:
    """Read a question from parameters; what does not read filters nothing."""
    try:
        quarter = Quarter.parse(given.get("quarter", ""))
    except QuarterError:
        quarter = None
    kind = Kind(text) if (text := given.get("kind", "")) in list(Kind) else Kind.ALL
    tier = Tier(text) if (text := given.get("level", "")) in list(Tier) else None
    return Ask(quarter, kind, tier)


def source_of(workspace: Workspace) -> Source:
    """Return what evaluations are counted from, counted anew when data or conclusions changed."""
    desk = opened(workspace)
    return _source(workspace, Claims.open(workspace).version.id, stamp_of(desk.store) if desk else "")


@lru_cache(maxsize=2)
def _mix(workspace: Workspace, version: int) -> CaseMix:
    return read_case_mix(Claims.open(workspace, version))


@lru_cache(maxsize=2)
def _source(workspace: Workspace, version: int, stamp: str) -> Source:
    del stamp  # part of the key only
    desk = opened(workspace)
    return read_source(Claims.open(workspace, version), desk.store if desk else None, _mix(workspace, version))
