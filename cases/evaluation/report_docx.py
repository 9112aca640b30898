"""The report as DOCX in the layout of official documents, on the styles and feet of the referral templates."""

from collections.abc import Iterator, Sequence
from itertools import chain

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from cases.evaluation import chinese as words
from cases.evaluation import groups
from cases.evaluation.model import Evaluation, Line, Mark
from cases.evaluation.report import Order
from cases.exports.docx_file import packed, text_of
from cases.exports.layout import WIDTH, Block
from cases.exports.papers import TEMPLATES
from cases.exports.words import NOT_GUILT, printable, yuan

_BASE = "summary.docx"  # its page, styles and feet; its text is taken out
_MOST = 60  # institutions in each table of the document; the workbook holds them all
_RANKING = (("名次区间", 15), ("机构", 40), ("等级", 19), ("查实线索", 13), ("预期数", 13), ("校正比值（90%区间）", 31),
            ("最高一成概率", 16), ("判断", 27))  # fmt: skip
_FACTS = (("机构", 40), ("结算笔数", 17), ("基金支付（元）", 25), ("查实线索", 13), ("查实记录", 13),
          ("每万笔查实记录", 18), ("查实记录基金（元）", 22), ("排除", 11), ("证据不足", 13),
          ("未审核", 12))  # fmt: skip
_MIX = (("机构", 40), ("年龄", 44), ("就诊类别", 44), ("主诊断章节", 44))
_TRENDS = (("机构", 46), ("每季度变化倍数（90%区间）", 52), ("各季度查实／预期", 76))


def docx_of(evaluation: Evaluation, order: Order) -> bytes:
    """Write the report."""
    document = _blank(order)
    _write(document, Block.TITLE, f"定点医药机构{evaluation.quarter.year}年第{evaluation.quarter.number}季度评析")
    _write(document, Block.NUMBER, f"{printable(order.authority)}　{words.until(evaluation)}".strip("　"))
    _summary(document, evaluation)
    _tables(document, evaluation)
    _write(document, Block.HEADING, "六、名词解释")
    for name, meaning in words.DEFINITIONS:
        _write(document, Block.BODY, f"{name}：{meaning}")
    return packed(document, text_of(document))


def _summary(document: Document, evaluation: Evaluation) -> None:
    _write(document, Block.HEADING, "一、总体情况")
    _write(document, Block.BODY, f"比较范围：{words.scope(evaluation)}。")
    _write(document, Block.BODY, words.told(evaluation))
    run = f"，第{evaluation.run}次检测" if evaluation.run else "，尚未检测"
    _write(document, Block.BODY, f"依据：第{evaluation.data_version}版数据{run}；{words.until(evaluation)}。")
    _write(document, Block.BODY, "使用本评析时应当注意：")
    for number, caution in enumerate(words.CAUTIONS, 1):
        _write(document, Block.BODY, f"{number}.{caution}")


def _tables(document: Document, evaluation: Evaluation) -> None:
    lines = evaluation.lines[:_MOST]
    left = len(evaluation.lines) - len(lines)
    _write(document, Block.HEADING, "二、机构比较")
    if evaluation.compared:
        _table(document, _RANKING, map(_ranked, lines), numbers=(3, 4, 6))
    else:
        _write(document, Block.BODY, words.told(evaluation))
    _write(document, Block.HEADING, "三、审核情况")
    _table(document, _FACTS, map(_facts, lines), numbers=range(1, 10))
    _write(document, Block.HEADING, "四、病例结构")
    _table(document, _MIX, map(_mix, lines))
    _write(document, Block.HEADING, "五、各季度变化")
    _table(document, _TRENDS, map(_trend, lines))
    if left:
        _write(document, Block.BODY, f"以上各表列比值最高的{len(lines)}家，其余{left}家见电子表格。")


def _ranked(line: Line) -> Sequence[str]:
    ratio = line.ratio
    assert ratio is not None  # noqa: S101 - drawn of compared evaluations only
    return (words.ranks(line), line.name, words.TIERS[line.tier], str(line.observed), f"{line.expected:.2f}",
            words.interval(line), f"{ratio.worst:.0%}", words.STANDINGS[line.standing])  # fmt: skip


def _facts(line: Line) -> Sequence[str]:
    fund = sum((line.tallies[mark].fund for mark in (Mark.CONFIRMED, Mark.PARTLY)), start=line.fund * 0)
    counts = (line.tallies[mark].rings for mark in (Mark.CLEARED, Mark.UNPROVEN, Mark.OPEN))
    return (line.name, f"{line.settlements:,}", yuan(line.fund).rstrip("元"), str(line.observed),
            str(line.held_records), f"{line.per_10k:.1f}", yuan(fund).rstrip("元"), *map(str, counts))  # fmt: skip


def _mix(line: Line) -> Sequence[str]:
    return (line.name, words.largest(line.mix.ages, groups.age), words.largest(line.mix.care, groups.care),
            words.largest(line.mix.chapters, groups.chapter))  # fmt: skip


def _trend(line: Line) -> Sequence[str]:
    steps = "；".join(f"{step.quarter} {step.observed}／{step.expected:.1f}" for step in line.trend.steps)
    return line.name, words.trend(line), steps


def _blank(order: Order) -> Document:
    """An empty document with the styles and feet of the templates."""
    document = docx.Document(str(TEMPLATES / _BASE))
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)
    section = document.sections[0]
    said = {"{{ not_guilt }}": NOT_GUILT, "{{ footer }}": order.footer}
    for paragraph in chain(section.footer.paragraphs, section.even_page_footer.paragraphs):
        for run in paragraph.runs:
            if run.text in said:  # setting the text of the others would take the page number's field away
                run.text = said[run.text]
    document.core_properties.title = "定点医药机构季度评析"
    return document


def _write(document: Document, block: Block, text: str) -> Paragraph:
    return document.add_paragraph(text, style=block.value)


def _table(
    document: Document, columns: Sequence[tuple[str, int]], rows: Iterator[Sequence[str]], numbers: Sequence[int] = ()
) -> None:
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.autofit = False
    scale = WIDTH / sum(width for _title, width in columns)
    for number, (_title, width) in enumerate(columns):
        table.columns[number].width = table.rows[0].cells[number].width = Mm(width * scale)
    _fill(document, table.rows[0], [title for title, _width in columns], {}, Block.COLUMN)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for row in rows:
        _fill(document, _added(table), row, dict.fromkeys(numbers, Block.AMOUNT))
    document.add_paragraph(style=Block.CELL.value)


def _added(table: Table) -> _Row:
    row: _Row = table.add_row()  # type: ignore[no-untyped-call]
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    return row


def _fill(
    document: Document, row: _Row, texts: Sequence[str], blocks: dict[int, Block], otherwise: Block = Block.CELL
) -> None:
    for number, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.paragraphs[0].text = printable(text)
        cell.paragraphs[0].style = document.styles[blocks.get(number, otherwise).value]
