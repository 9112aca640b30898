"""`ringhound cases`: open, take, move, decide, merge; who acts is an account of the pages."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cases.model import Key
from cases.people import ROLE_TITLES, Actor, Role
from cases.work.book import CaseBook
from cases.work.matrix import MARK, rows
from cases.work.model import CaseError, CaseFile, Conclusion, Origin, Outcome
from cases.work.opened import open_book
from cases.work.stages import Stage, StepName
from claims.audit import system_user
from claims.language import N_, _, join_words
from claims.workspace import Workspace, workspace_at
from graph.model import NodeType
from ui.auth.accounts import Accounts
from ui.auth.errors import AccountError
from ui.auth.schema import open_engine
from ui.cases_text import draw_case, due_of, kind_of, line_of, stage_of
from ui.commands.options import WorkspaceOption, console
from ui.config.settings import from_environment
from ui.rings_text import grid, yuan

cases = typer.Typer(no_args_is_help=True, help=_("Cases: open, take, review, decide, merge, and the board."))

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help=_("Number of the case, such as C-2026-000012."))]
ReasonOption = Annotated[str, typer.Option("--reason", help=_("Why; it is kept in the history and the ledger."))]
AsOption = Annotated[
    str | None, typer.Option("--as", metavar="NAME", help=_("Account to act as (default: the name on this machine)."))
]

_FROM_LIST = N_("taken from the list")


@dataclass(frozen=True)
class At:
    """The case book of a workspace and who acts in it."""

    workspace: Workspace
    book: CaseBook
    actor: Actor


def at(workspace: Path | None, name: str | None) -> At:
    """Open the book and look up who acts."""
    place = workspace_at(workspace)
    os.environ["RINGHOUND_WORKSPACE"] = str(place.root.resolve())
    return At(place, open_book(place), actor_of(name or system_user()))


def actor_of(name: str) -> Actor:
    """Return an account as somebody who acts; NotFoundError or AccountError where it may not."""
    account = Accounts(open_engine(from_environment().accounts)).get(name)
    if account.disabled_at is not None:
        raise AccountError(N_("The account {name} is disabled."), name=name)
    return Actor(account.name, account.roles, account.regions)


@cases.command("list", help=_("List open cases of one's regions, most pressing first."))
def list_cases(
    mine: Annotated[bool, typer.Option("--mine", help=_("Only one's own."))] = False,
    stage: Annotated[Stage | None, typer.Option("--stage", help=_("Only those at this stage."))] = None,
    closed: Annotated[bool, typer.Option("--all", help=_("Also closed ones."))] = False,
    find: Annotated[str, typer.Option("--find", metavar="TEXT", help=_("Only those that name this."))] = "",
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """List cases."""
    here = at(workspace, as_)
    found = here.book.list(here.actor, stage=stage, owner=here.actor.name if mine else None, closed=closed)
    if find:
        named = {case.id for case in here.book.find(here.actor, find)}
        found = tuple(case for case in found if case.id in named)
    if not found:
        console.print(_("There are no such cases."))
        return
    heads = (_("case"), _("stage"), _("owner"), _("due"))
    table = grid(*heads, numbers=(_("priority"), _("fund, yuan")), last=_("kind"))
    for case in found:
        numbers = (str(case.priority), yuan(case.fund))
        table.add_row(case.id, stage_of(case), case.owner, due_of(case), *numbers, escape(kind_of(case)))
    console.print(table)


@cases.command("open", help=_("Open a case of a ring (R-…), or by hand from an entity, a drawing or a tip."))
def open_case(
    ring: Annotated[str, typer.Argument(metavar="[RING]", help=_("Number of the ring."))] = "",
    reason: ReasonOption = "",
    origin: Annotated[Origin | None, typer.Option("--from", help=_("What it begins with."))] = None,
    source: Annotated[str, typer.Option("--source", help=_("TYPE:ID, the link of the drawing, or the tip."))] = "",
    title: Annotated[str, typer.Option("--title", help=_("Title."))] = "",
    region: Annotated[str, typer.Option("--region", help=_("Code of the division it lies in."))] = "",
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Open a case; where the ring has one, what was found joins it."""
    here = at(workspace, as_)
    if ring:
        _tell(here.book.open_ring(here.actor, ring.upper(), reason))
    else:
        given = origin or Origin.TIP
        _tell(here.book.open_by_hand(here.actor, given, source, reason, title=title, region=region))


@cases.command("show", help=_("Show a case: where it stands, what can be done, and its history."))
def show(case: CaseArgument, as_: AsOption = None, workspace: WorkspaceOption = None) -> None:
    """Show a case."""
    here = at(workspace, as_)
    draw_case(console, here.book, here.actor, here.book.get(here.actor, case.upper()))


@cases.command("take", help=_("Take a case, or the most pressing one that is nobody's."))
def take(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help=_("Number of the case."))] = "",
    reason: ReasonOption = _FROM_LIST,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Take a case or the next one."""
    here = at(workspace, as_)
    got = here.book.take(here.actor, case.upper(), reason) if case else here.book.take_next(here.actor, reason)
    if got is None:
        console.print(_("Nothing waits for you."))
    else:
        _tell(got)


@cases.command("assign", help=_("Give a case to somebody."))
def assign(
    case: CaseArgument,
    to: Annotated[str, typer.Argument(metavar="NAME", help=_("Account that gets it."))],
    reason: ReasonOption,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Give a case to somebody."""
    here = at(workspace, as_)
    _tell(here.book.assign(here.actor, case.upper(), actor_of(to), reason))


@cases.command("step", help=_("Move a case a step on."))
def step(
    case: CaseArgument,
    name: Annotated[StepName, typer.Argument(help=_("The step."))],
    reason: ReasonOption,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Move a case a step on."""
    here = at(workspace, as_)
    _tell(here.book.step(here.actor, case.upper(), name, reason))


@cases.command("outcome", help=_("Decide and close a case: the whole, every member, every record."))
def outcome(
    case: CaseArgument,
    whole: Annotated[Outcome, typer.Argument(help=_("Outcome of the whole."))],
    reason: ReasonOption,
    members: Annotated[Outcome | None, typer.Option("--members", help=_("Of members not named."))] = None,
    records: Annotated[Outcome | None, typer.Option("--records", help=_("Of records not named."))] = None,
    member: Annotated[list[str] | None, typer.Option("--member", metavar="TYPE:ID=OUTCOME", help=_("Of one."))] = None,
    record: Annotated[list[str] | None, typer.Option("--record", metavar="ID=OUTCOME", help=_("Of one."))] = None,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Decide and close a case."""
    here = at(workspace, as_)
    subjects, facts = here.book.subjects(here.actor, case.upper())
    named = {_key(text.rpartition("=")[0]): _outcome(text) for text in member or ()}
    single = {text.rpartition("=")[0]: _outcome(text) for text in record or ()}
    people = dict.fromkeys(subjects, members or whole) | named
    rows = dict.fromkeys(facts, records or whole) | single
    _tell(here.book.decide(here.actor, case.upper(), Conclusion(whole, people, rows), reason))


@cases.command("snooze", help=_("Put a reviewed case of one's own aside for some days (at most 180)."))
def snooze(
    case: CaseArgument,
    reason: ReasonOption,
    days: Annotated[int, typer.Option("--days", min=1, help=_("For how many days."))] = 30,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Put a case aside."""
    here = at(workspace, as_)
    until = (here.book.clock() + timedelta(days=days)).date()
    _tell(here.book.snooze(here.actor, case.upper(), until, reason))


@cases.command("merge", help=_("Take a case into another one."))
def merge(
    case: CaseArgument,
    into: Annotated[str, typer.Argument(metavar="CASE", help=_("The case it goes into."))],
    reason: ReasonOption,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Take a case into another one."""
    here = at(workspace, as_)
    _tell(here.book.merge(here.actor, case.upper(), into.upper(), reason))


@cases.command("unmerge", help=_("Separate a case from the one it went into."))
def unmerge(case: CaseArgument, reason: ReasonOption, as_: AsOption = None, workspace: WorkspaceOption = None) -> None:
    """Separate a case again."""
    here = at(workspace, as_)
    _tell(here.book.unmerge(here.actor, case.upper(), reason))


@cases.command("rights", help=_("Print which role may do what."))
def rights() -> None:
    """Print which role may do what."""
    table = grid(_("act"), *(_(ROLE_TITLES[role]) for role in Role))
    for title, roles in rows():
        table.add_row(title, *(MARK if role in roles else "" for role in Role))
    console.print(table)


def _tell(case: CaseFile) -> None:
    console.print(escape(line_of(case)), soft_wrap=True)


def _key(text: str) -> Key:
    type_, _colon, id_ = text.partition(":")
    if type_ not in set(NodeType):
        raise CaseError(N_("{text} does not read as TYPE:ID=OUTCOME."), text=text)
    return NodeType(type_), id_


def _outcome(text: str) -> Outcome:
    value = text.rpartition("=")[2]
    if value not in set(Outcome):
        raise CaseError(N_("{value} is no outcome; there are {known}."), value=value, known=join_words(Outcome))
    return Outcome(value)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(cases, name="cases")
