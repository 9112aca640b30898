"""What most forms say: sender, lead, amounts, people, records, law; all in Chinese and as far as it may be shown."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from cases.exports.destinations import BY_NAME
from cases.exports.facts import Place, Record
from cases.exports.forms.form import Row
from cases.exports.legal import law, said
from cases.exports.meter import reading_of
from cases.exports.paper import Errand
from cases.exports.words import (
    BLANK,
    GRADE_MEANINGS,
    GRADE_WORDS,
    NOT_GUILT,
    capital,
    day,
    moment,
    printable,
    shortened,
    yuan,
)
from cases.exports.words import hole as blank
from cases.kinds import kind_title
from claims.language import speaking, translate
from detectors.finding import ROLE_TITLES, Grade
from graph.model import NodeType
from graph.titles import node_title

MOST_ROWS = 300  # records in a letter; the tables hold all
ZERO = Decimal("0.00")
_MED_TYPES = {"11": "普通门诊", "13": "急诊", "14": "门诊慢特病", "21": "住院", "41": "药店购药"}


def shared(errand: Errand) -> dict[str, object]:
    """What every form may use."""
    dossier = errand.dossier
    return {
        "authority": reading_of(dossier, "authority").shown,
        "sender": printable(dossier.authority.name),
        "contact": reading_of(dossier, "contact").shown,
        "number": reading_of(dossier, "number").shown,
        "recipient": _recipient(errand),
        "lead": dossier.ring.id,
        "case": printable(dossier.case.number) if dossier.case else "未立案件",
        "kind": kind(dossier.ring.picture.kind),
        "source": printable(reading_of(dossier, "source").shown),
        "period": reading_of(dossier, "period").shown,
        "count": len(said(dossier)),
        "refunded": len(dossier.refunded),
        "statement": errand.naming.text(dossier.ring.picture.statement.zh),
        "today": day(None),
        "blank": BLANK,
        "not_guilt": NOT_GUILT,
        "footer": footer(errand),
        "officers": reading_of(dossier, "officers").shown,
        "approval": reading_of(dossier, "approval").shown,
        "deadline": reading_of(dossier, "deadline").shown,
        "notice": law().notice,
    }


def footer(errand: Errand) -> str:
    """Who took the document out, when and why: at the foot of every page."""
    handling = errand.dossier.handling
    reason = shortened(printable(handling.reason), 40) or "未填写"
    user = shortened(printable(handling.user), 20)
    return f"{errand.dossier.ring.id}｜导出人：{user}｜{moment(handling.at)}｜用途：{reason}"


def _recipient(errand: Errand) -> str:
    receiver = BY_NAME[errand.destination].receiver
    if errand.institution:
        place = errand.dossier.place(errand.institution)
        return printable(place.name or place.code)
    region = errand.dossier.authority.region
    if receiver.startswith("医疗") or not region:
        return blank(f"接收机关（{receiver}）全称", "承办人员")
    return printable(f"{region}{receiver}")


def kind(name: str) -> str:
    """A ring's kind in Chinese."""
    with speaking("zh_CN"):
        return kind_title(name).replace("/", "：")


def amounts(records: Sequence[Record]) -> dict[str, object]:
    """The bracket: what is certain, what is added by each less sure grade, and the sums with their capitals."""
    sums = {grade: sum((r.fund for r in records if r.grade is grade), ZERO) for grade in Grade}
    counts = {grade: sum(r.grade is grade for r in records) for grade in Grade}
    rows: list[Row] = []
    total = ZERO
    for grade in (Grade.CERTAIN, Grade.PROBABLE, Grade.CONTESTED):
        total += sums[grade]
        rows.append(
            {
                "grade": GRADE_WORDS[grade],
                "meaning": GRADE_MEANINGS[grade],
                "count": counts[grade],
                "fund": f"{sums[grade]:,.2f}",
                "total": f"{total:,.2f}",
            }
        )
    likely = sums[Grade.CERTAIN] + sums[Grade.PROBABLE]
    return {
        "amounts": rows,
        "certain": yuan(sums[Grade.CERTAIN]),
        "likely": yuan(likely),
        "upper": yuan(total),
        "upper_capital": capital(total),
        "lawful_count": counts[Grade.LAWFUL],
        "account": yuan(sum((r.account for r in records if r.grade is not Grade.LAWFUL), ZERO)),
    }


def people(errand: Errand, types: Iterable[NodeType] = (NodeType.PERSON, NodeType.DOCTOR)) -> list[Row]:
    """The ring's people with what each is suspected to have done, most records first."""
    naming, wanted = errand.naming, frozenset(types)
    members = [member for member in errand.dossier.members if member.type in wanted]
    members.sort(key=lambda member: (-member.records, member.alias))
    with speaking("zh_CN"):
        return [
            {
                "no": number,
                "name": naming.name(member.key),
                "type": node_title(member.type),
                "certificate": naming.certificate(member.key) or naming.number(member.key) or "—",
                "role": "疑似" + translate(ROLE_TITLES[member.role]) if member.role else "",
                "records": member.records,
                "fund": f"{member.fund:,.2f}",
                "unit": naming.text(member.unit) or "—",
            }
            for number, member in enumerate(members, 1)
        ]


def institutions(errand: Errand, places: Iterable[Place]) -> list[Row]:
    """Institutions with what the ring's records at them sum to."""
    members = {member.id for member in errand.dossier.members if member.type is NodeType.INSTITUTION}
    counted = said(errand.dossier)
    rows: list[Row] = []
    for place in places:
        own = [record for record in counted if record.place == place.code]
        if not own:
            continue
        rows.append(
            {
                "no": len(rows) + 1,
                "code": printable(place.code),
                "name": printable(place.name) or "（登记中无名称）",
                "legal": printable(place.legal) if place.code in members and place.legal else "—",
                "part": "线索成员" if place.code in members else "结算发生地",
                "records": len(own),
                "fund": f"{sum((record.fund for record in own), ZERO):,.2f}",
            }
        )
    return rows


def records(errand: Errand, chosen: Sequence[Record]) -> list[Row]:
    """Settlements, key records first, then in order of time; at most `MOST_ROWS`."""
    order = sorted(chosen, key=lambda record: (not record.key_record, record.time, record.id))[:MOST_ROWS]
    return [record_row(errand, record, number) for number, record in enumerate(order, 1)]


def record_row(errand: Errand, record: Record, number: int) -> Row:
    """One settlement as a row."""
    return {
        "no": number,
        "id": record.id,
        "time": f"{record.time:%Y-%m-%d %H:%M}",
        "person": errand.naming.name((NodeType.PERSON, record.person)),
        "place": errand.naming.name((NodeType.INSTITUTION, record.place)),
        "type": _MED_TYPES.get(record.med_type, record.med_type),
        "total": f"{record.total:,.2f}",
        "fund": f"{record.fund:,.2f}",
        "grade": GRADE_WORDS[record.grade],
        "key": "★" if record.key_record else "",
        "line": f"{record.file}:{record.line}",
    }
