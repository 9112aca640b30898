"""`ringhound replay`: a past run once more, compared bit for bit."""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from claims.errors import RinghoundError
from claims.language import N_, _, join_words
from claims.workspace import workspace_at
from jobs.replay import Replay, replay
from ui.commands.options import WorkspaceOption, console

NAMED = 10


class DifferentError(RinghoundError):
    """A repeated run did not find the same."""

    exit_code = 10


def replay_command(
    number: Annotated[int, typer.Argument(metavar="RUN", help=_("Number of the run."))],
    anyway: Annotated[bool, typer.Option("--anyway", help=_("Compare even with another code version."))] = False,
    workspace: WorkspaceOption = None,
    as_text: Annotated[bool, typer.Option("--json", help=_("Print as JSON."))] = False,
) -> None:
    """Repeat a past run on its own data version and compare its findings bit for bit."""
    found = replay(workspace_at(workspace), number, anyway=anyway)
    if as_text:
        plain = json.loads(json.dumps(asdict(found), default=str))
        sys.stdout.write(json.dumps({**plain, "same": found.same}, ensure_ascii=False, indent=1) + "\n")
    else:
        _tell(found)
    if not found.same:
        raise DifferentError(
            N_("Run {run} did not come out the same: {added} findings more, {gone} fewer, {changed} changed."),
            run=number, added=len(found.added), gone=len(found.gone), changed=len(found.changed),
        )  # fmt: skip


def _tell(found: Replay) -> None:
    if found.carried:
        names = join_words(found.carried)
        message = _("In that run these failed and were carried over, not found: {names}", names=names)
        console.print(message, style="yellow")
    if not found.same_code:
        console.print(_("Compared with another code version than the run's."), style="yellow")
    if found.same:
        message = _("Run {run} came out the same to the bit: {count} findings.", run=found.run.id, count=found.findings)
        console.print(message, style="bold green")
        return
    for title, keys in ((_("more"), found.added), (_("fewer"), found.gone), (_("changed"), found.changed)):
        if keys:
            more = " …" if len(keys) > NAMED else ""
            console.print(f"{title}: {join_words(keys[:NAMED])}{more}", soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay", help=_("Repeat a past run and compare its findings bit for bit."))(replay_command)
