"""The report as XLSX: every institution, written as text and numbers; nothing in it is a formula."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import xlsxwriter

from cases.evaluation import chinese as words
from cases.evaluation import groups
from cases.evaluation.case_mix import AGES, CHAPTERS, UNKNOWN
from cases.evaluation.model import Evaluation, Line, Mark
from cases.evaluation.report import Order
from cases.exports.words import NOT_GUILT, printable
from cases.handout.form import Cell, safe

_MADE = datetime(2026, 1, 1)  # the same evaluation and order give the same bytes on any day
Sheet = tuple[Sequence[str], Iterable[Sequence[Cell]]]


def xlsx_of(evaluation: Evaluation, order: Order) -> bytes:
    """Write the workbook."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": _MADE, "comments": NOT_GUILT})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    forms = {Decimal: book.add_format({"num_format": "#,##0.00"}), float: book.add_format({"num_format": "0.00"})}
    for name, (head, rows) in _sheets(evaluation).items():
        sheet = book.add_worksheet(name)
        sheet.set_footer(f"&C{(NOT_GUILT + '　' + order.footer).replace('&', '&&')[:200]}")
        sheet.set_landscape()
        sheet.repeat_rows(1)
        sheet.freeze_panes(2, 2 if head[0] == "机构编号" else 0)
        sheet.write_string(0, 0, f"{NOT_GUILT}。{order.footer}")
        for column, title in enumerate(head):
            sheet.write_string(1, column, title, bold)
            sheet.set_column(column, column, 90 if title == "说明" else max(11, min(30, 2 * len(title) + 4)))
        for number, row in enumerate(rows, 2):
            for column, cell in enumerate(row):
                if isinstance(cell, str) or cell is None:
                    sheet.write_string(number, column, safe(printable(cell or "")))
                else:
                    sheet.write_number(number, column, float(cell), forms.get(type(cell)))
    book.close()
    return stream.getvalue()


def _sheets(evaluation: Evaluation) -> Mapping[str, Sheet]:
    lines = evaluation.lines
    quarters = [str(one) for one in sorted({step.quarter for line in lines for step in line.trend.steps})]
    steps = tuple(f"{quarter} {what}" for quarter in quarters for what in ("查实", "预期"))
    return {
        "机构比较": (_COMPARED, map(_compared, lines)),
        "审核情况": (_TALLIES, map(_tallies, lines)),
        "病例结构": (_mix_head(), map(_mix, lines)),
        "各季度变化": (
            (*_NAMED, "每季度倍数", "下限", "上限", "判断", *steps),
            (_trend(line, quarters) for line in lines),
        ),
        "说明": (("项目", "说明"), _notes(evaluation)),
    }


_NAMED = ("机构编号", "机构名称")
_COMPARED = (*_NAMED, "区划", "等级", "结算笔数", "参保人数", "基金支付（元）", "查实线索", "预期数",
             "未收缩比值", "校正比值", "90%下限", "90%上限", "最高一成概率", "名次自", "名次至", "判断")  # fmt: skip
_ORDER = (Mark.CONFIRMED, Mark.PARTLY, Mark.CLEARED, Mark.UNPROVEN, Mark.OPEN)
_TALLIES = (
    *_NAMED, "结算笔数", "每万笔查实记录", "已审核线索", "全部线索",
    *(f"{words.MARKS[mark]}{what}" for mark in _ORDER for what in ("线索", "记录", "基金（元）")),
)  # fmt: skip
_CARE = ("11", "13", "14", "21", "41")


def _named(line: Line) -> tuple[str, str]:
    return line.code, line.name


def _compared(line: Line) -> Sequence[Cell]:
    ratio = line.ratio
    numbers: Sequence[Cell] = (
        (ratio.raw, ratio.shrunk, ratio.low, ratio.high, ratio.worst, ratio.first, ratio.last) if ratio else [None] * 7
    )
    facts = (line.region, words.TIERS[line.tier], line.settlements, line.persons, line.fund, line.observed)
    return *_named(line), *facts, line.expected if ratio else None, *numbers, words.STANDINGS[line.standing]


def _tallies(line: Line) -> Sequence[Cell]:
    own = [line.tallies[mark] for mark in _ORDER]
    cells = [cell for tally in own for cell in (tally.rings, tally.records, tally.fund)]
    return *_named(line), line.settlements, line.per_10k, *line.reviewed, *cells


def _mix_head() -> Sequence[str]:
    named = (*_names(groups.age, (*AGES, UNKNOWN)), *_names(groups.care, _CARE), *_names(groups.chapter, CHAPTERS))
    return *_NAMED, *(f"{group}占比" for group in named)


def _names(name: Callable[[str, bool], str], codes: Iterable[str]) -> Iterable[str]:
    return (name(code, True) for code in codes)


def _mix(line: Line) -> Sequence[Cell]:
    mix = line.mix
    facets = [(mix.ages, (*AGES, UNKNOWN)), (mix.care, _CARE), (mix.chapters, CHAPTERS)]
    return *_named(line), *(float(shares.get(code, 0.0)) for shares, codes in facets for code in codes)


def _trend(line: Line, quarters: Sequence[str]) -> Sequence[Cell]:
    found, steps = line.trend, {str(step.quarter): step for step in line.trend.steps}
    cells: list[Cell] = []
    for quarter in quarters:
        step = steps.get(quarter)
        cells += [step.observed, step.expected] if step else [None, None]
    return *_named(line), found.factor, found.low, found.high, words.COURSES[found.course], *cells


def _notes(evaluation: Evaluation) -> Iterable[Sequence[Cell]]:
    yield "季度", str(evaluation.quarter)
    yield "比较范围", words.scope(evaluation)
    yield "结论", words.told(evaluation)
    yield "数据", f"第{evaluation.data_version}版数据；{words.until(evaluation)}"
    yield "检测", f"第{evaluation.run}次检测" if evaluation.run else "尚未检测"
    yield from words.DEFINITIONS
    yield from (("注意", caution) for caution in words.CAUTIONS)
