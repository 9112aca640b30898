"""The layout of official documents after GB/T 9704-2012, and what the styles of our templates are called.

A4 with margins 37, 35, 28 and 26 mm; text 三号 (16 pt) in 22 lines of 28 characters a page; title
二号, first headings 黑体, second 楷体; page numbers 四号 between dashes, outside.
"""

from dataclasses import dataclass
from enum import StrEnum

PAGE = (210.0, 297.0)  # mm
TOP, BOTTOM, LEFT, RIGHT = 37.0, 35.0, 28.0, 26.0  # mm
WIDTH = PAGE[0] - LEFT - RIGHT  # 156 mm of text
LINES, CHARACTERS = 22, 28
# Points from line to line, cut to the twentieth so that all 22 fit: 28.95.
PITCH = int((PAGE[1] - TOP - BOTTOM) / LINES * 72 / 25.4 * 20) / 20
CHARACTER = WIDTH / CHARACTERS * 72 / 25.4  # points a character takes, about 15.8

TEXT_SIZE = 16  # 三号

FANGSONG, BIAOSONG, HEITI, KAITI = "仿宋_GB2312", "方正小标宋简体", "黑体", "楷体_GB2312"
RED = "C00000"
GREY = "595959"
HOLE = "FFF2CC"  # behind what somebody has to supply


class Block(StrEnum):
    """What a paragraph is; the value is its style in the template."""

    HEAD = "发文机关标志"
    TITLE = "公文标题"
    NUMBER = "公文字号"
    RECIPIENT = "主送机关"
    BODY = "公文正文"
    HEADING = "一级标题"
    SECOND = "二级标题"
    ENCLOSURE = "附件说明"
    SIGNATURE = "落款"
    CELL = "表格文字"
    AMOUNT = "表格数字"
    COLUMN = "表格表头"


@dataclass(frozen=True)
class Look:
    """How a block is set: font, size in points, indents in characters, alignment, line pitch in points.

    `keep` holds it on the page of what follows; without `grid` its lines do not follow the page's.
    """

    font: str
    size: float
    align: str = "both"
    first: int = 0
    left: int = 0
    right: int = 0
    pitch: float = PITCH
    before: float = 0.0
    colour: str = ""
    keep: bool = False
    grid: bool = True


LOOKS = {
    Block.HEAD: Look(BIAOSONG, 30, "center", pitch=48, colour=RED),
    Block.TITLE: Look(BIAOSONG, 22, "center", pitch=34, before=10, keep=True),
    Block.NUMBER: Look(FANGSONG, 16, "center", keep=True),
    Block.RECIPIENT: Look(FANGSONG, 16, "left"),
    Block.BODY: Look(FANGSONG, 16, first=2),
    Block.HEADING: Look(HEITI, 16, "left", first=2, keep=True),
    Block.SECOND: Look(KAITI, 16, "left", first=2, keep=True),
    Block.ENCLOSURE: Look(FANGSONG, 16, "left", first=2),
    Block.SIGNATURE: Look(FANGSONG, 16, "right", right=4, keep=True),
    Block.CELL: Look(FANGSONG, 9, "left", pitch=13, grid=False),
    Block.AMOUNT: Look(FANGSONG, 9, "right", pitch=13, grid=False),
    Block.COLUMN: Look(HEITI, 9, "center", pitch=13, grid=False),
}
