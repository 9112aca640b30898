"""How documents spell things: dates, amounts and blanks, in Chinese officialese.

Documents to authorities and institutions are Chinese whatever the language in force, so these
words do not go through the catalogue.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from detectors.finding import Grade

NOT_GUILT = "本件所载均为疑点线索，不是定性结论，须经调查核实"
BLANK = "　　　　　　"  # what a person fills in by hand: names, approvals, dates
GRADE_WORDS = {
    Grade.CERTAIN: "确定",
    Grade.PROBABLE: "很可能",
    Grade.CONTESTED: "存疑",
    Grade.LAWFUL: "有合法解释",
}
GRADE_MEANINGS = {
    Grade.CERTAIN: "单凭该笔记录即与正常使用相矛盾",
    Grade.PROBABLE: "属于偶然性难以解释的规律的一部分",
    Grade.CONTESTED: "也可能是正常就医购药",
    Grade.LAWFUL: "已有合法解释，不计入涉及金额",
}
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
# Characters no document format can hold, and those that turn text around on the page.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def day(value: date | datetime | None) -> str:
    """2026年11月22日; a blank where there is none."""
    return f"{value.year}年{value.month}月{value.day}日" if value else "　　年　月　日"


def moment(value: datetime) -> str:
    """2026年11月22日9时05分."""
    return f"{day(value)}{value.hour}时{value.minute:02d}分"


def yuan(amount: Decimal) -> str:
    """37,665.41元."""
    return f"{amount:,.2f}元"


def share(part: Decimal, whole: Decimal) -> str:
    """12.3%; a dash where there is no whole."""
    return f"{part / whole * 100:.1f}%" if whole else "—"


def capital(amount: Decimal) -> str:
    """An amount in the capitals of bookkeeping: 1234.50 is 壹仟贰佰叁拾肆元伍角; ValueError above 10^16 yuan."""
    fen = int((abs(amount) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    whole, rest = divmod(fen, 100)
    if whole >= 10**16:
        raise ValueError(amount)
    jiao, cents = divmod(rest, 10)
    text = f"{_whole(whole)}元" if whole or not rest else ""
    if not rest:
        text += "整"
    elif not jiao:
        text += ("零" if whole else "") + f"{_DIGITS[cents]}分"
    else:
        text += f"{_DIGITS[jiao]}角" + (f"{_DIGITS[cents]}分" if cents else "整")
    return ("负" if amount < 0 else "") + text


def _whole(number: int) -> str:
    """Groups of four from the left; one 零 wherever digits are passed over."""
    if not number:
        return "零"
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(text)
            continue
        text += ("零" if text and (gap or group < 1000) else "") + _group(group) + _GROUPS[place]
        gap = False
    return text


def _group(number: int) -> str:
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text


def ordinal(number: int) -> str:
    """一, 十, 十一, 二十三: the numbers of headings, up to 99."""
    tens, ones = divmod(number, 10)
    plain = "零一二三四五六七八九"
    return ("" if not tens else "十" if tens == 1 else f"{plain[tens]}十") + (plain[ones] if ones or not tens else "")


def hole(what: str, who: str) -> str:
    """A visible blank that says what is missing and who can supply it."""
    return f"〔待补：{what}；提供者：{who}〕"


def printable(text: str) -> str:
    """The text without what no document can hold; line ends become spaces."""
    return " ".join(_UNPRINTABLE.sub("\ufffd", text).split("\n")).replace("\r", " ")


def shortened(text: str, most: int) -> str:
    """At most `most` characters, the last of them an ellipsis where something was cut."""
    return text if len(text) <= most else text[: most - 1] + "…"
