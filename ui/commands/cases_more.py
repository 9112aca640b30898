"""`ringhound cases comment | file | task | diary | reread | board | appeal | tick | verdicts`."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cases.people import Actor
from cases.work.answers import Answer, AnswerKind, Rescore
from cases.work.appeals import Appeals
from cases.work.board import AGES, Board
from cases.work.files import CaseFiles
from cases.work.model import CaseError, Outcome
from cases.work.notes import CaseNotes
from cases.work.question_sheet import question_sheet
from cases.work.rereads import Rereads
from cases.work.stages import STAGE_TITLES
from claims.language import N_, _
from ui.commands.cases import AsOption, CaseArgument, ReasonOption, at, cases
from ui.commands.options import WorkspaceOption, console
from ui.rings_text import grid, yuan

_DAY = ["%Y-%m-%d"]
_AT_RANDOM, _STATEMENT = N_("random second reading"), N_("statement of the institution")
POOL_TITLES = {"closed": N_("closed"), "snoozed": N_("put aside"), "explained": N_("explained")}


@cases.command("comment", help=_("Write a comment; @name tells somebody. Without a text: read the comments."))
def comment(
    case: CaseArgument,
    text: Annotated[str, typer.Argument(help=_("The comment."))] = "",
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write a comment or read them."""
    here = at(workspace, as_)
    notes = CaseNotes(here.book)
    if text:
        notes.comment(here.actor, case.upper(), text)
    for said in notes.comments(here.actor, case.upper()):
        console.print(escape(f"{said.at.astimezone():%Y-%m-%d %H:%M} {said.author}: {said.text}"), soft_wrap=True)


@cases.command("file", help=_("Attach a file; without one: list them; with --get: take one out."))
def file(
    case: CaseArgument,
    path: Annotated[Path | None, typer.Argument(metavar="[FILE]", help=_("The file to attach."))] = None,
    reason: ReasonOption = "",
    get: Annotated[int | None, typer.Option("--get", metavar="NUMBER", help=_("File to take out."))] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help=_("Where to write it."))] = None,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Attach, list or take out files."""
    here = at(workspace, as_)
    files = CaseFiles.of(here.book, here.workspace)
    if get is not None:
        if out is None or out.exists():
            raise CaseError(N_("Name a file that does not exist yet with --out."))
        out.write_bytes(files.content(here.actor, case.upper(), get, reason)[1])
        console.print(escape(_("Written: {path}", path=out)), soft_wrap=True)
        return
    if path is not None:
        files.add(here.actor, case.upper(), path.name, path.read_bytes(), reason)
    table = grid(_("number"), _("kind"), _("by"), "SHA-256", numbers=(_("bytes"),), last=_("name"))
    for line in files.lines(here.actor, case.upper()):
        table.add_row(str(line.id), line.kind, line.added_by, line.sha256[:16], f"{line.size:,}", escape(line.name))
    console.print(table)


@cases.command("task", help=_("Add a task, the usual ones (--usual), or say that one is done (--done)."))
def task(
    case: CaseArgument,
    title: Annotated[str, typer.Argument(help=_("What is to do."))] = "",
    usual: Annotated[bool, typer.Option("--usual", help=_("Add what is usual for this kind of case."))] = False,
    done: Annotated[int | None, typer.Option("--done", metavar="NUMBER", help=_("Task that is done."))] = None,
    reason: ReasonOption = "",
    due: Annotated[datetime | None, typer.Option("--due", formats=_DAY, help=_("Until which day."))] = None,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Add, finish and list tasks."""
    here = at(workspace, as_)
    notes, id_ = CaseNotes(here.book), case.upper()
    if usual:
        notes.add_template(here.actor, id_)
    if title:
        notes.add_task(here.actor, id_, title, due.date() if due else None)
    if done is not None:
        notes.finish_task(here.actor, id_, done, reason)
    table = grid(_("number"), _("due"), _("done by"), last=_("task"))
    for line in notes.tasks(here.actor, id_):
        table.add_row(str(line.id), str(line.due or ""), line.done_by, escape(_(line.title)))
    console.print(table)


@cases.command("diary", help=_("Note a day to look at a case again; a closed one opens again on it."))
def diary(
    case: CaseArgument,
    reason: ReasonOption,
    day: Annotated[datetime | None, typer.Option("--on", formats=_DAY, help=_("The day (none: no longer)."))] = None,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Note a day."""
    here = at(workspace, as_)
    found = here.book.note_date(here.actor, case.upper(), day.date() if day else None, reason)
    console.print(escape(_("{case} comes back on {day}.", case=found.id, day=found.diary or "-")))


class Reading(StrEnum):
    """What can be done about readings."""

    DRAW = "draw"
    TAKE = "take"
    ANSWER = "answer"
    REPORT = "report"


@cases.command("reread", help=_("Read again at random, blind: draw N, take, answer NUMBER OUTCOME, report DRAWING."))
def reread(
    act: Annotated[Reading, typer.Argument(help=_("What to do."))],
    number: Annotated[int, typer.Argument(help=_("How many of each kind, or which."))] = 10,
    outcome: Annotated[Outcome | None, typer.Argument(help=_("The second outcome."))] = None,
    reason: ReasonOption = _AT_RANDOM,
    seed: Annotated[int, typer.Option("--seed", help=_("Seed of the drawing; it is kept."))] = 1,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Draw, take, answer, report."""
    here = at(workspace, as_)
    rereads = Rereads(here.book)
    if act is Reading.DRAW:
        console.print(_("Drawing {number} is made.", number=rereads.draw(here.actor, number, seed, reason)))
    elif act is Reading.TAKE:
        got = rereads.take(here.actor, reason)
        console.print(f"{got.id}: {got.case or got.ring}" if got else _("Nothing waits for you."))
    elif act is Reading.ANSWER:
        if outcome is None:
            raise CaseError(N_("Say which outcome you come to."))
        rereads.answer(here.actor, number, outcome, reason)
        console.print(_("Kept; the first outcome may be seen now."))
    else:
        _report(rereads, here.actor, number)


def _report(rereads: Rereads, actor: Actor, drawing: int) -> None:
    found = rereads.agreement(actor, drawing)
    share, kappa = found.agreed, "-" if found.kappa is None else f"{found.kappa:.2f}"
    said = _(
        "{count} of {of} agree ({low} to {high}, Wilson 95 %); Cohen's kappa {kappa}.",
        count=share.count, of=share.of, low=f"{share.low:.0%}", high=f"{share.high:.0%}", kappa=kappa,
    )  # fmt: skip
    console.print(said, soft_wrap=True)
    table = grid(_("kind"), numbers=(_("read"), _("of"), _("missed"), _("estimate"), _("95 %, exact")))
    for pool, misses in found.misses.items():
        bounds = f"{misses.low} – {misses.high}"
        numbers = (str(misses.sample), str(misses.pool), str(misses.found), f"{misses.estimate:.1f}", bounds)
        table.add_row(_(POOL_TITLES[pool.value]), *numbers)
    console.print(table)


@cases.command("board", help=_("Show the board: open cases, precision of detectors, workload, time, recoveries."))
def board(as_: AsOption = None, workspace: WorkspaceOption = None) -> None:
    """Show the board."""
    here = at(workspace, as_)
    numbers = Board(here.book)
    ages = (*(_("up to {days} days", days=days) for days in AGES), _("older"))
    table = grid(_("open cases"), numbers=ages)
    for stage, counts in numbers.open_by_stage(here.actor).items():
        table.add_row(_(STAGE_TITLES[stage]), *map(str, counts))
    console.print(table)
    table = grid(_("detector"), numbers=(_("confirmed"), _("decided"), _("share"), _("95 % (Wilson)")))
    for name, share in numbers.precision(here.actor).items():
        table.add_row(
            name, str(share.count), str(share.of), f"{share.value:.0%}", f"{share.low:.0%} – {share.high:.0%}"
        )
    console.print(table)
    table = grid(_("owner"), numbers=(_("open cases"), _("late")))
    for load in numbers.workload(here.actor):
        table.add_row(load.owner or _("nobody"), str(load.open), str(load.late))
    console.print(table)
    delay = numbers.delay(here.actor)
    said = _("{count} decided; days to decision: median {median}, nine of ten within {p90}.", count=delay.cases,
             median=f"{delay.median:.1f}", p90=f"{delay.p90:.1f}")  # fmt: skip
    console.print(said, soft_wrap=True)
    for month, amount in numbers.recoveries(here.actor).items():
        console.print(_("Recovered in {month}: {amount} yuan", month=month, amount=yuan(amount)))


class Hearing(StrEnum):
    """What can be done about answers."""

    ASK = "ask"
    ENTER = "enter"
    TRY = "try"
    ACCEPT = "accept"
    REFUSE = "refuse"


@cases.command("appeal", help=_("Hear an institution: ask INSTITUTION, enter a fact, try, accept or refuse one."))
def appeal(
    case: CaseArgument,
    act: Annotated[Hearing, typer.Argument(help=_("What to do."))],
    which: Annotated[str, typer.Argument(metavar="[INSTITUTION|ANSWER]", help=_("Institution, or number."))] = "",
    kind: Annotated[AnswerKind, typer.Option("--kind", help=_("Which paper it rests on."))] = AnswerKind.MEDICAL_RECORD,
    about: Annotated[str, typer.Option("--about", metavar="TYPE:ID", help=_("About whom or what."))] = "",
    begins: Annotated[datetime | None, typer.Option("--begins", formats=_DAY, help=_("First day."))] = None,
    ends: Annotated[datetime | None, typer.Option("--ends", formats=_DAY, help=_("Last day."))] = None,
    paper: Annotated[int, typer.Option("--file", help=_("Number of the file of the case it stands in."))] = 0,
    words: Annotated[str, typer.Option("--words", help=_("What it says."))] = "",
    reason: ReasonOption = _STATEMENT,
    as_: AsOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Hear an institution."""
    here = at(workspace, as_)
    appeals, id_ = Appeals(here.book, here.workspace), case.upper()
    if act is Hearing.ASK:
        sheet = question_sheet(appeals, here.actor, id_, which, reason)
        console.print(_("{count} records, {questions} questions.", count=len(sheet.records),
                        questions=len(sheet.questions)))  # fmt: skip
    elif act is Hearing.ENTER:
        type_, _colon, subject = about.partition(":")
        today = here.book.clock().date()
        first, last = begins.date() if begins else date(2000, 1, 1), ends.date() if ends else today
        answer = Answer(which, kind, type_, subject, first, last, paper, words)
        console.print(_("Answer {number} is kept.", number=appeals.enter(here.actor, id_, answer, reason).id))
    elif act is Hearing.TRY:
        _scores(appeals.rescore(here.actor, id_, [int(which)] if which else []))
    else:
        accept = act is Hearing.ACCEPT
        _scores(appeals.judge(here.actor, id_, int(which), accept=accept, reason=reason))


def _scores(found: tuple[Rescore, ...]) -> None:
    table = grid(_("ring"), numbers=(_("score before"), _("after"), _("fund before, yuan"), _("after"), _("records")))
    for one in found:
        scores, sums = (f"{one.before.score:.3f}", f"{one.after.score:.3f}"), (one.before.fund, one.after.fund)
        table.add_row(one.ring, *scores, *map(yuan, sums), str(len(one.touched)))
    console.print(table)


def register(app: typer.Typer) -> None:
    """The commands are added to `cases`; `ui.commands.cases` adds that."""
