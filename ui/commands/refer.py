"""`ringhound refer`: the package that leaves with a referral, and the key table that goes apart from it."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from cases.exports.dossier import Dossier
from cases.exports.facts import CaseHistory
from cases.exports.meter import meter_of
from cases.exports.package.assembly import Document
from cases.exports.package.book import State
from cases.exports.package.keytable import seal_of
from cases.exports.package.order import INSTITUTION, Order, ReferError, Referred, refer
from cases.exports.papers import documents
from cases.schema import reading
from cases.settings import settings_of
from cases.store import CaseStore
from cases.work.model import CaseFile
from cases.work.rows import read_cases
from cases.work.tables import cases
from claims.audit import checked_reason, system_user
from claims.errors import NotFoundError
from claims.language import N_, _, language, set_language
from claims.workspace import Workspace, workspace_at
from ui.commands.options import WorkspaceOption, console


class Receiver(StrEnum):
    """Who gets the package."""

    POLICE = "police"
    HEALTH = "health"
    MARKET = "market"
    DISCIPLINE = "discipline"
    REGION = "region"
    INSTITUTION = "institution"


class Tongue(StrEnum):
    """Language of the documents."""

    ZH = "zh"
    EN = "en"


LEFT_WORDS = {
    State.PLACED: N_("{name}, interrupted before, is in place now."),
    State.WITHDRAWN: N_("{name}, interrupted before, was withdrawn: its files were gone; the ledger says so."),
    None: N_("{name}, interrupted before it was entered, was removed."),
}
_PREFIXES = ("R-", "T-")  # of rings; everything else is a case
# An institution's documents are those of a letter of rectification.
_DESTINATIONS = {INSTITUTION: "rectification"}


def make(
    subject: Annotated[str, typer.Argument(metavar="RING|CASE", help=_("Number of a ring or of a case."))],
    to: Annotated[Receiver, typer.Option("--to", help=_("Who gets it."))],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help=_("Folder to put the package into."))],
    reason: Annotated[str, typer.Option("--reason", help=_("Why; it stands in the ledger and on every page."))],
    recipient: Annotated[
        list[str] | None,
        typer.Option("--recipient", metavar="age1…", help=_("Public key the key table is encrypted to; repeatable.")),
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", metavar="FILE", help=_("Or a file whose first line is the password.")),
    ] = None,
    tongue: Annotated[Tongue | None, typer.Option("--language", help=_("Language of the documents."))] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Make a package that its receiver can check and recompute without this program."""
    from jobs.detect import code_version  # the detectors take a second to import

    checked_reason(reason)
    seal = seal_of(recipient or (), password_file)
    place = workspace_at(workspace)
    if tongue is not None:
        set_language("zh_CN" if tongue is Tongue.ZH else "en")
    ring, case = _named(place, subject.strip().upper())
    order = Order(ring, to.value, reason, system_user(), seal, out, case, code_version())
    with console.status(_("Recomputing every number of {ring}…", ring=ring)):
        made = refer(place, order, _papers)
    _tell(made, to.value)


def _named(workspace: Workspace, subject: str) -> tuple[str, CaseHistory | None]:
    """Ring and case that a number stands for."""
    if subject.startswith(_PREFIXES):
        return subject, None
    store = CaseStore.open(settings_of(workspace).database)
    with reading(store.engine) as connection:
        found = read_cases(connection, cases.c.id == subject)
    if not found:
        raise NotFoundError(N_("There is no ring and no case {number}."), number=subject)
    case = found[0]
    if len(case.bound) != 1:
        message = N_("Case {case} is about {count} rings; name the one to refer: {rings}.")
        raise ReferError(message, case=case.id, count=len(case.bound), rings=", ".join(case.bound) or "-")
    return case.bound[0], _history(case)


def _history(case: CaseFile) -> CaseHistory:
    return CaseHistory(
        number=case.id,
        opened_at=case.opened_at.astimezone().replace(tzinfo=None),
        opened_from=case.source,
        stage=case.stage.value,
        outcome=case.outcome.value if case.outcome else "",
        lead=case.owner,
    )


def _tell(made: Referred, to: str) -> None:
    """What lies where, what is missing, what goes to whom."""
    errand = made.delivered.errand
    for left in made.left:
        _say(_(LEFT_WORDS[left.state], name=left.errand.name))
    _say(_("Package: {path}", path=errand.folder))
    for folder, count in _folders(made.delivered.files):
        _say(f"  {folder}  {count}")
    report = made.contents.check()
    _say(
        _(
            "Recomputed: {held} numbers and statements hold; {open} cannot be recomputed outside.",
            held=report.count("holds"),
            open=report.count("untested"),
        )
    )
    _missing(made.dossier, to)
    _say(_("Hand over:"))
    _say("  " + _("the package, as a folder or as {zip}", zip=errand.zip.name))
    _say("  " + _("apart from it, the encrypted key table {file}", file=errand.key_table.name))
    _say("  " + _("by another way, on the paper letter: the number of the ledger's key, {key}", key=made.delivered.key))
    _say(_("The receiver checks it with: python verify.py --key {key}", key=made.delivered.key))
    _say(_("Entered in the ledger as leaf {leaf}.", leaf=made.delivered.leaf))


def _folders(files: Sequence[str]) -> list[tuple[str, int]]:
    names = [path.split("/")[0] + ("/" if "/" in path else "") for path in files]
    return [(name, names.count(name)) for name in sorted(set(names))]


def _missing(dossier: Dossier, to: str) -> None:
    meter = meter_of(dossier, _DESTINATIONS.get(to, to))
    total = len(meter.readings)
    _say(_("Complete: {filled} of {total} points of the referral.", filled=meter.filled, total=total))
    for point in meter.missing:
        _say("  " + _("missing: {what} ({who})", what=_(point.required.title), who=_(point.required.who)))


def _papers(dossier: Dossier, to: str) -> Sequence[Document]:
    return documents(dossier, _DESTINATIONS.get(to, to), language())


def _say(text: str) -> None:
    console.print(escape(text), soft_wrap=True)


def register(app: typer.Typer) -> None:
    """Add the command."""
    words = _("Refer a ring or a case: a package its receiver can check and recompute, and the key table apart.")
    app.command("refer", help=words)(make)
