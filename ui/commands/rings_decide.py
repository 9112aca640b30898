"""`ringhound rings decide | snooze | refit`: what people conclude, and what the ranking learns from it."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.markup import escape

from cases.decide import LONGEST_SNOOZE, Ruling
from cases.decide import decide as rule
from cases.history import Verdict
from cases.model import STATUS_TITLES
from cases.refit import refit as fit
from cases.score import FEATURES
from claims.audit import system_user
from claims.catalog import now
from claims.language import _
from ui.cases_desk import CasesDesk
from ui.commands.options import WorkspaceOption, console
from ui.commands.rings import RingArgument, open_desk, rings
from ui.rings_text import grid

ReasonOption = Annotated[str, typer.Option("--reason", help=_("Why; it is kept with the decision."))]
DaysOption = Annotated[int, typer.Option("--days", min=1, max=LONGEST_SNOOZE, help=_("For how many days."))]


@rings.command("decide", help=_("Decide about a ring: in_review, confirmed, cleared or unsure."))
def decide(
    ring: RingArgument,
    verdict: Annotated[Verdict, typer.Argument(help=_("What was concluded."))],
    reason: ReasonOption,
    workspace: WorkspaceOption = None,
) -> None:
    """Decide about a ring; the decision follows it until more than 30 % of its members are new."""
    _rule(open_desk(workspace), ring, Ruling(verdict, system_user(), reason, now()))


@rings.command("snooze", help=_("Put a ring aside for some days."))
def snooze(ring: RingArgument, reason: ReasonOption, days: DaysOption = 30, workspace: WorkspaceOption = None) -> None:
    """Put a ring aside for some days; it comes back then, or when more than 30 % of its members are new."""
    at = now()
    until = (at + timedelta(days=days)).date()
    _rule(open_desk(workspace), ring, Ruling(Verdict.SNOOZED, system_user(), reason, at, until))


@rings.command("refit", help=_("Fit the weights of the score to verdicts; shows what would change before it does."))
def refit(
    accept: Annotated[bool, typer.Option("--accept", help=_("Put the fitted weights in force."))] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Fit the weights of the score to the verdicts so far; nothing changes without --accept."""
    desk = open_desk(workspace)
    present = desk.store.weights()
    found = fit(desk.store.decisions(), present, desk.settings.review_budget)
    table = grid(_("reason"), numbers=(_("weight now"), _("weight fitted")))
    for feature in FEATURES:
        now_, fitted = present.values[feature.name], found.weights.values[feature.name]
        table.add_row(_(feature.title), f"{now_:.2f}", f"{fitted:.2f}")
    console.print(table)
    words = _(
        "{confirmed} confirmed and {cleared} cleared rings; precision among the first {budget}, on rings the fit "
        "had not seen: {before} with the weights in force, {after} with the fitted ones.",
        confirmed=found.confirmed, cleared=found.cleared, budget=found.budget,
        before=f"{found.precision_before:.0%}", after=f"{found.precision_after:.0%}",
    )  # fmt: skip
    console.print(escape(words), soft_wrap=True)
    if accept:
        desk.store.accept(found, system_user())
        console.print(_("Weights {version} are in force from the next run on.", version=found.weights.version))
    else:
        console.print(_("Nothing was changed; --accept puts them in force."))


def _rule(desk: CasesDesk, ring: str, ruling: Ruling) -> None:
    found = rule(desk.store, ring.upper(), ruling)
    console.print(escape(f"{found.id}: {_(STATUS_TITLES[found.status])}"))


def register(app: typer.Typer) -> None:
    """The commands are added to `rings`; `ui.commands.rings` adds that."""
