"""The question sheet as a document: the form 疑点问题单, Chinese always, with insured persons under aliases.

The institution finds its settlements by their numbers; no name and no number of an insured person leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from docx.document import Document

from cases.exports.docx_file import filled, packed, text_of
from cases.exports.meter import REQUIRED
from cases.exports.sender import authority_of, template_folder
from cases.exports.words import BLANK, NOT_GUILT, day, hole, moment, printable, shortened
from cases.handout.sheet import mask_text
from cases.kinds import kind_title
from cases.names import Names
from cases.work.question_sheet import QuestionSheet
from claims.language import speaking
from claims.reader import Claims
from claims.workspace import Workspace
from graph.model import NodeType

FORM = "questions"
SHIPPED = Path(__file__).parents[1] / "exports" / "templates"
_KIND, _TILL = "类别", "终端"  # the sheet tells the terminal where the letter of a referral tells the kind of visit


@dataclass(frozen=True)
class Handling:
    """Who takes the document out (name of the account), when (local time), why: the foot of every page."""

    actor: str
    at: datetime
    reason: str


def question_docx(sheet: QuestionSheet, workspace: Workspace, handling: Handling) -> bytes:
    """Return the sheet as DOCX; the authority's own template of the form goes before the shipped one."""
    folder = template_folder(workspace)
    own = folder / f"{FORM}.docx" if folder else None
    document = filled(own if own and own.is_file() else SHIPPED / f"{FORM}.docx", _context(sheet, workspace, handling))
    _tell_tills(document)
    return packed(document, text_of(document))


def _context(sheet: QuestionSheet, workspace: Workspace, handling: Handling) -> Mapping[str, object]:
    sender = authority_of(workspace)
    aliases = _aliases(sheet)
    times = [record.time for record in sheet.records]
    who, why = shortened(printable(handling.actor), 20), shortened(printable(handling.reason), 40)
    return {
        "lead": sheet.case,
        "number": _given("number", ""),
        "recipient": printable(_called(sheet, workspace)),
        "code": printable(sheet.institution),
        "period": f"{day(min(times))}至{day(max(times))}",
        "count": len(sheet.records),
        "patients": len(aliases),
        "deadline": day(sheet.due) if sheet.due else _given("deadline", ""),
        "kinds": _kinds(sheet, _hidden(aliases, workspace)),
        "questions": [{"no": no, "text": printable(asked.zh)} for no, asked in enumerate(sheet.questions, 1)],
        "records": _records(sheet, aliases),
        "blank": BLANK,
        "authority": _given("authority", printable(sender.name)),
        "contact": _given("contact", printable(" ".join(filter(None, (sender.contact, sender.telephone))))),
        "today": day(None),
        "not_guilt": NOT_GUILT,
        "footer": f"{sheet.case}｜导出人：{who}｜{moment(handling.at)}｜用途：{why}",
    }


def _given(name: str, value: str) -> str:
    """A value, or the visible blank that says who can supply it."""
    return value or hole(REQUIRED[name].title, REQUIRED[name].who)


def _called(sheet: QuestionSheet, workspace: Workspace) -> str:
    key = (NodeType.INSTITUTION, sheet.institution)
    return _names(workspace).of([key]).get(key, sheet.institution)


def _names(workspace: Workspace) -> Names:
    return Names(workspace, Claims.open(workspace).version.id)


def _aliases(sheet: QuestionSheet) -> Mapping[str, str]:
    """Number the insured persons in the order of their first settlement."""
    people = dict.fromkeys(record.person for record in sheet.records)
    return {person: f"参保人{number:02d}" for number, person in enumerate(people, 1)}


def _hidden(aliases: Mapping[str, str], workspace: Workspace) -> Mapping[str, str]:
    """What must not stand in a sentence: numbers and names of the institution's own patients."""
    names = _names(workspace).of((NodeType.PERSON, person) for person in aliases)
    return dict(aliases) | {name: aliases[key[1]] for key, name in names.items() if len(name) > 1}


def _kinds(sheet: QuestionSheet, hidden: Mapping[str, str]) -> list[dict[str, object]]:
    with speaking("zh_CN"):
        return [
            {
                "no": number,
                "kind": f"{kind_title(ground.kind)}。{printable(mask_text(ground.statement.zh, hidden))}",
                "count": ground.records,
                "fund": f"{ground.fund:,.2f}",
            }
            for number, ground in enumerate(sheet.grounds, 1)
        ]


def _records(sheet: QuestionSheet, aliases: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {
            "no": number,
            "id": printable(record.id),
            "time": f"{record.time:%Y-%m-%d %H:%M}",
            "type": printable(record.terminal.rpartition("/")[2]),
            "person": aliases[record.person],
        }
        for number, record in enumerate(sheet.records, 1)
    ]


def _tell_tills(document: Document) -> None:
    """Name the column that holds terminals; another template may have no such column."""
    heads = document.tables[-1].rows[0].cells if document.tables else ()
    for cell in heads:
        if cell.text == _KIND:
            cell.paragraphs[0].runs[0].text = _TILL
