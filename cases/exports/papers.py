"""All documents of a ring for one destination: each as DOCX and PDF, with its tables, in order of reading."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docx.document import Document as Docx

from cases.exports import cover
from cases.exports.destinations import BY_NAME, Destination
from cases.exports.docx_file import filled, packed, text_of
from cases.exports.dossier import Dossier
from cases.exports.forms import BY_NAME as FORMS
from cases.exports.forms.common import footer
from cases.exports.legal import said
from cases.exports.naming import Naming, Show
from cases.exports.national import lines_of, schema_text
from cases.exports.paper import Document, Errand
from cases.exports.pdf_file import pdf_of
from cases.exports.xlsx_file import xlsx_of
from cases.model import Key, Status
from cases.work.model import Outcome
from claims.errors import RinghoundError
from claims.language import N_, join_words
from graph.model import NodeType

TEMPLATES = Path(__file__).parent / "templates"
# What people or an innocent explanation settled is not sent to anybody as a suspicion.
_SETTLED = frozenset({Status.CLEARED, Status.EXPLAINED})
_UNPROVEN = frozenset({Outcome.CLEARED.value, Outcome.NOT_ENOUGH.value})
_INNER = frozenset({"summary"})  # may be made of any ring: it stays in the house


class DestinationError(RinghoundError):
    """There is no such destination, or this ring cannot go there."""

    exit_code = 2


@dataclass(frozen=True)
class _Sheet:
    """A filled document on its way: its name without suffix, its title, its content."""

    name: str
    title: str
    content: Docx


def documents(
    dossier: Dossier,
    destination: str,
    language: str = "zh_CN",
    *,
    templates: Path | None = None,
    fonts: Path | None = None,
) -> tuple[Document, ...]:
    """Return the documents of a ring for a destination, Chinese always, with an English cover page for `en`.

    `destination` is a name of `destinations`, with `:CODE` for one institution only (`questions:P4202…`).
    `templates` is a folder whose files go before the shipped ones of the same name, `fonts` one of
    further fonts. DestinationError where the ring cannot go there.
    """
    name, _colon, code = destination.partition(":")
    target = _target(dossier, name)
    if name == "platform":
        return Document("违规信息3101.jsonl", lines_of(dossier)), Document("violation.schema.json", schema_text())
    found: list[Document] = []
    for errand in _errands(dossier, target, code):
        sheets = tuple(_sheets(errand, target, language, templates))
        characters = "".join(text_of(sheet.content) for sheet in sheets)
        for sheet in sheets:
            found.append(Document(f"{sheet.name}.pdf", pdf_of(sheet.content, sheet.title, dossier.handling.at, fonts)))
            found.append(Document(f"{sheet.name}.docx", packed(sheet.content, characters)))
        table = f"{_prefix(errand)}{len(target.forms) + 1:02d}-明细表.xlsx"
        found.append(Document(table, xlsx_of(errand, footer(errand))))
    return tuple(found)


def institutions_of(dossier: Dossier) -> tuple[str, ...]:
    """Return the ring's institutions that letters can go to: members with records that count."""
    members = {member.id for member in dossier.members if member.type is NodeType.INSTITUTION}
    counted = {record.place for record in said(dossier)}
    return tuple(place.code for place in dossier.places if place.code in members & counted)


def _target(dossier: Dossier, name: str) -> Destination:
    if name not in BY_NAME:
        message = N_("There is no destination {name}; there are {known}.")
        raise DestinationError(message, name=name, known=join_words(BY_NAME))
    if dossier.ring.status in _SETTLED and name not in _INNER:
        message = N_("{ring} was cleared or has an innocent explanation; it is not sent to anybody.")
        raise DestinationError(message, ring=dossier.ring.id)
    if name not in _INNER and not BY_NAME[name].each and _unproven(dossier):
        message = N_("The case of {ring} ended without enough evidence; open it again before it is referred.")
        raise DestinationError(message, ring=dossier.ring.id)
    if not said(dossier):
        raise DestinationError(N_("No record of {ring} is left that something is said of."), ring=dossier.ring.id)
    return BY_NAME[name]


def _unproven(dossier: Dossier) -> bool:
    """Whether the case was decided and nobody's part in it was confirmed. An institution may still be asked."""
    outcomes = {outcome for _member, outcome in dossier.case.members} if dossier.case else set()
    return bool(outcomes) and outcomes <= _UNPROVEN


def _errands(dossier: Dossier, target: Destination, code: str) -> Iterator[Errand]:
    """One errand, or one for each institution."""
    if not target.each:
        show = target.show if dossier.handling.unmasked else Show.SHORT
        yield Errand(dossier, target.name, Naming.of(dossier, show))
        return
    known = institutions_of(dossier)
    if code and code not in known:
        message = N_("{code} is no institution of {ring}; there are {known}.")
        raise DestinationError(message, code=code, ring=dossier.ring.id, known=join_words(known))
    if not known:
        raise DestinationError(N_("No institution is a member of {ring}."), ring=dossier.ring.id)
    for institution in [code] if code else known:
        yield Errand(dossier, target.name, Naming.of(dossier, Show.ALIAS, _own(dossier, institution)), institution)


def _own(dossier: Dossier, institution: str) -> frozenset[Key]:
    """Whom a letter to an institution may call by name: itself and its tills."""
    tills = {record.terminal for record in dossier.records if record.place == institution}
    return frozenset({(NodeType.INSTITUTION, institution), *((NodeType.TERMINAL, till) for till in tills if till)})


def _sheets(errand: Errand, target: Destination, language: str, templates: Path | None) -> Iterator[_Sheet]:
    forms = tuple(FORMS[name] for name in target.forms)
    if language == "en":
        filled_cover = filled(_template("cover", templates), cover.context(errand, forms))
        yield _Sheet(f"{_prefix(errand)}00-cover", "Cover page", filled_cover)
    for number, form in enumerate(forms, 1):
        content = filled(_template(form.name, templates), form.context(errand))
        yield _Sheet(f"{_prefix(errand)}{number:02d}-{form.title}", form.title, content)


def _template(name: str, templates: Path | None) -> Path:
    own = templates / f"{name}.docx" if templates else None
    return own if own and own.is_file() else TEMPLATES / f"{name}.docx"


def _prefix(errand: Errand) -> str:
    """Letters to institutions are told apart by code; a code is never a path."""
    safe = "".join(character if character.isalnum() else "_" for character in errand.institution)
    return f"{safe}-" if safe else ""
