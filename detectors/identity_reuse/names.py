"""Names as they are compared: one spelling, and how they sound."""

import unicodedata
from collections.abc import Sequence
from functools import cache

from pypinyin import Style, lazy_pinyin

# Traditional and variant characters that registers of several decades mix; the rest sounds alike anyway.
_VARIANTS = str.maketrans(
    "國華東張劉陳楊趙黃吳孫馬羅鄭謝許鄧馮蕭葉蘇呂盧蔣賈鄒陸龍萬錢湯黎喬賀賴龔麗麥蘭鳳榮偉強軍傑寶慶貴紅玉艷豔雲愛萍濤鵬飛輝義",
    "国华东张刘陈杨赵黄吴孙马罗郑谢许邓冯萧叶苏吕卢蒋贾邹陆龙万钱汤黎乔贺赖龚丽麦兰凤荣伟强军杰宝庆贵红玉艳艳云爱萍涛鹏飞辉义",
)
_IGNORED = " \u3000\t·•・.．-—'’`"
_BREAK = "\uffff"  # no character, so nothing is folded or read together across it
_SPELLING = _VARIANTS | dict.fromkeys(map(ord, _IGNORED))


def plain(name: str) -> str:
    """One spelling: full-width and compatibility forms folded, signs and blanks dropped, variants replaced.

    >>> plain("张　伟"), plain("ZHANG Wei"), plain("阿依古丽·买买提")
    ('张伟', 'zhangwei', '阿依古丽买买提')
    """
    return unicodedata.normalize("NFKC", name).lower().translate(_SPELLING)


@cache
def _sound(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL)[0].replace("ü", "v")


def sound(name: str) -> str:
    """Toneless pinyin of a plain name; each character has one reading, so equal characters sound equal.

    >>> sound("张玮") == sound("章伟") == sound("zhangwei")
    True
    """
    return name.translate({ord(character): _sound(character) for character in set(name)})


def spelled(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Plain form and sound of each name: of all names as one text, for a register holds hundreds of thousands."""
    text = _BREAK.join(names)
    if text.count(_BREAK) >= len(names):  # a name that holds the sign itself
        plains = [plain(name) for name in names]
        return plains, [sound(name) for name in plains]
    text = plain(text)
    return text.split(_BREAK), sound(text).split(_BREAK)
