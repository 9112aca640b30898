"""Tables that go with a letter: every record, member, finding, explanation and gap, as text no program computes.

The XLSX is written with `write_string` throughout, so nothing is a formula or a link; amounts are
numbers. Names are those the letter may show.
"""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import xlsxwriter

from cases.exports.destinations import BY_NAME
from cases.exports.forms.common import kind, record_row
from cases.exports.forms.reasons import findings, gaps, trial_words
from cases.exports.legal import Held, bases_of, held, repeated_boxes, said
from cases.exports.paper import Errand
from cases.exports.words import NOT_GUILT, printable
from cases.handout.form import Cell, safe
from claims.language import speaking, translate
from detectors.finding import ROLE_TITLES
from graph.titles import node_title

_LONGEST = 32_000  # characters a cell may hold
_MADE = datetime(2026, 1, 1)  # the same dossier gives the same bytes on any day
Sheet = tuple[Sequence[str], Iterator[Sequence[Cell]]]


def xlsx_of(errand: Errand, footer: str) -> bytes:
    """Write the tables of one letter; an institution's holds its own records and nothing else."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _MADE, "comments": NOT_GUILT})
    bold = book.add_format({"bold": True, "text_wrap": True})
    money = book.add_format({"num_format": "#,##0.00"})
    for name, (head, rows) in _sheets(errand).items():
        sheet = book.add_worksheet(name)
        sheet.set_footer(f"&C{printable(NOT_GUILT + '　' + footer).replace('&', '&&')[:200]}")
        sheet.set_landscape()
        sheet.repeat_rows(1)
        sheet.freeze_panes(2, 0)
        sheet.write_string(0, 0, f"{NOT_GUILT}。{footer}")
        for column, title in enumerate(head):
            sheet.write_string(1, column, title, bold)
            sheet.set_column(column, column, max(10, min(44, 2 * len(title) + 6)))
        for number, row in enumerate(rows, 2):
            for column, cell in enumerate(row):
                if isinstance(cell, str) or cell is None:
                    sheet.write_string(number, column, safe(cell or "")[:_LONGEST])
                elif isinstance(cell, int):
                    sheet.write_number(number, column, cell)
                else:
                    sheet.write_number(number, column, float(cell), money)
    book.close()
    return stream.getvalue()


def _sheets(errand: Errand) -> Mapping[str, Sheet]:
    if BY_NAME[errand.destination].each:
        return {"结算记录": (_RECORD_HEAD, _records(errand))}
    return {
        "结算记录": (_RECORD_HEAD, _records(errand)),
        "线索成员": (("称谓", "类型", "证件或编号", "疑似作用", "笔数", "基金支付（元）", "依据"), _members(errand)),
        "疑点": (("序号", "类型", "陈述", "检验", "比较范围", "检测方法", "记录笔数"), _findings(errand)),
        "证据条目": (("疑点", "条目", "结算ID"), _evidence(errand)),
        "合法解释": (("疑点", "解释", "检验结果", "可解释比例"), _trials(errand)),
        "法律要件": (("规定", "要件", "证明情况", "缺少时由谁提供", "结算ID"), _elements(errand)),
        "药品追溯码": (("追溯码", "结算笔数", "结算ID"), _boxes(errand)),
        "材料完备": (("序号", "材料", "状况", "内容", "提供者"), _gaps(errand)),
    }


_RECORD_HEAD = (
    *("序号", "结算ID", "时间", "人员", "机构", "类别"),
    *("费用总额（元）", "基金支付（元）", "个人账户（元）", "程度", "关键记录", "来源"),
)


def _records(errand: Errand) -> Iterator[Sequence[Cell]]:
    chosen = [r for r in errand.dossier.records if not errand.institution or r.place == errand.institution]
    counted = {record.id for record in said(errand.dossier)}
    for number, record in enumerate(record for record in chosen if not errand.institution or record.id in counted):
        row = record_row(errand, record, number + 1)
        texts = [row[name] for name in ("no", "id", "time", "person", "place", "type")]
        yield (*texts, record.total, record.fund, record.account, row["grade"], row["key"], row["line"])


def _members(errand: Errand) -> Iterator[Sequence[Cell]]:
    naming = errand.naming
    for member in errand.dossier.members:
        with speaking("zh_CN"):
            role = translate(ROLE_TITLES[member.role]) if member.role else ""
            type_ = node_title(member.type)
        number = naming.certificate(member.key) or naming.number(member.key)
        reason = naming.text(member.reason.zh)
        yield naming.name(member.key), type_, number, f"疑似{role}", member.records, member.fund, reason


def _findings(errand: Errand) -> Iterator[Sequence[Cell]]:
    for row in findings(errand):
        names = ("no", "kind", "statement", "test", "denominator", "method", "records")
        yield [value if isinstance(value, str | int) else "" for value in (row[name] for name in names)]


def _evidence(errand: Errand) -> Iterator[Sequence[Cell]]:
    for finding, line in errand.dossier.evidence:
        yield kind(finding.kind), errand.naming.text(line.statement.zh), " ".join(line.records)


def _trials(errand: Errand) -> Iterator[Sequence[Cell]]:
    for finding, trial in errand.dossier.trials:
        yield kind(finding.kind), trial_words(trial.test), errand.naming.text(trial.result.zh), f"{trial.explains:.0%}"


def _elements(errand: Errand) -> Iterator[Sequence[Cell]]:
    for basis in bases_of(errand.dossier):
        for line in held(errand.dossier, basis):
            yield basis.title, line.element.text, errand.naming.text(line.showing.note), _who(line), _shown(line)


def _who(line: Held) -> str:
    return line.element.who if line.hole else ""


def _shown(line: Held) -> str:
    return " ".join(line.showing.records)


def _boxes(errand: Errand) -> Iterator[Sequence[Cell]]:
    for code, settlements in repeated_boxes(errand.dossier).items():
        yield printable(code), len(settlements), " ".join(settlements)


def _gaps(errand: Errand) -> Iterator[Sequence[Cell]]:
    for row in gaps(errand):
        yield [row[name] for name in ("no", "title", "state", "value", "who")]
