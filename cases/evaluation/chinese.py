"""The words of the report: definitions, columns and sentences in officialese, and how numbers are spelled."""

from collections.abc import Callable, Mapping

from cases.evaluation.model import Course, Evaluation, Kind, Line, Mark, Standing, Tier
from cases.evaluation.ratios import LEAST_COMPARED, LEAST_EXPECTED
from cases.exports.words import day
from cases.people import EVERYWHERE

TIERS = {
    Tier.TERTIARY: "三级医院",
    Tier.SECONDARY: "二级医院",
    Tier.PRIMARY: "一级机构",
    Tier.OTHER: "未定级机构",
    Tier.PHARMACY: "零售药店",
}
KINDS = {Kind.ALL: "全部定点医药机构", Kind.MEDICAL: "定点医疗机构", Kind.PHARMACY: "定点零售药店"}
MARKS = {
    Mark.CONFIRMED: "查实",
    Mark.PARTLY: "部分查实",
    Mark.CLEARED: "排除",
    Mark.UNPROVEN: "证据不足",
    Mark.OPEN: "未审核",
}
STANDINGS = {
    Standing.ABOVE: "高于预期",
    Standing.BELOW: "低于预期",
    Standing.ALIKE: "与平均水平无法区分",
    Standing.TOO_SMALL: "规模过小，无法区分",
    Standing.NOT_COMPARED: "未作比较",
}
COURSES = {Course.RISING: "上升", Course.FALLING: "下降", Course.UNCLEAR: "看不出趋势"}

DEFINITIONS = (
    ("结算笔数", "本季度净结算（已扣除退费）笔数，按结算时间归入季度。"),
    (
        "查实线索",
        "经人工审核查实或部分查实、且查实记录发生在该机构的团伙线索数。一条线索在同一机构同一季度只计一次；"
        "未经审核的线索单列，不计入，也不说明任何问题。",
    ),
    ("查实记录", "上述线索中逐笔查实（含部分查实）的结算。存疑、已有合法解释的记录不计入。"),
    ("每万笔查实记录", "查实记录数÷结算笔数×10000，未作任何校正，仅供了解规模。"),
    (
        "预期数",
        "按参保人年龄段、就诊类别、主诊断章节和机构等级间接标化：若该机构与比较范围内平均水平相同，按其病例结构和"
        "业务量应有的查实线索数。采用带惩罚项的泊松回归估计。",
    ),
    (
        "校正比值",
        "查实线索数÷预期数，经Gamma–Poisson经验贝叶斯法收缩（Clayton、Kaldor，1987）：数量越少，越向1靠拢。"
        "1为平均水平。",
    ),
    ("90%区间", "真实比值有90%的把握落在其中。区间包含1的，不能说该机构高于或低于平均水平。"),
    ("名次区间", "随机模拟4000次（种子固定）所得名次的90%区间，1为比值最高。任何单一名次都不可靠，故不列。"),
    ("最高一成概率", "真实比值位于比较范围内最高一成的概率。"),
    (
        "规模过小",
        f"预期数不足{LEAST_EXPECTED:g}条：即使一条查实线索也没有，也不能与平均水平区分。",
    ),
    ("趋势", "近8个季度内，查实数相对预期数每季度变化的倍数及其90%区间；区间包含1的，看不出趋势。"),
)
CAUTIONS = (
    "线索发生在某机构，不等于该机构参与其中；有的机构是受害方。",
    "审核力度不同会影响查实数，比较时应同时看已审核比例；近期线索多数尚未审结，本季度数字以后会增加。",
    "同一条线索可能涉及多家机构，各机构的数字并不完全独立。",
    "本评析用于安排核查和服务的先后，不能作为处理、处罚或协议考核的依据。",
)


def scope(evaluation: Evaluation) -> str:
    """What was compared with what."""
    where = "全部统筹区" if EVERYWHERE in evaluation.regions else "区划" + "、".join(sorted(evaluation.regions))
    kind = TIERS[evaluation.tier] if evaluation.tier else KINDS[evaluation.kind]
    return f"{where}内本季度有结算的{kind}，共{len(evaluation.lines)}家"


def told(evaluation: Evaluation) -> str:
    """The finding of the report in one or two sentences."""
    if not evaluation.confirmed:
        return "本季度发生的结算中尚无经审核查实的线索，无从比较；下表只列事实，不排名次。"
    if not evaluation.compared:
        return f"比较范围内不足{LEAST_COMPARED}家机构，不作比较；下表只列事实，不排名次。"
    apart = {standing: [one for one in evaluation.lines if one.standing is standing] for standing in Standing}
    above, small = apart[Standing.ABOVE], apart[Standing.TOO_SMALL]
    first = f"{len(above)}家机构的查实线索有把握高于预期" if above else "没有机构的查实线索能够有把握地说高于预期"
    return (
        f"各机构查实线索合计{evaluation.confirmed}条次。{first}；{len(apart[Standing.BELOW])}家低于预期；"
        f"{len(apart[Standing.ALIKE])}家与平均水平无法区分；{len(small)}家规模过小，无法区分。"
    )


def until(evaluation: Evaluation) -> str:
    """How far the data reach."""
    reach = f"数据截至{day(evaluation.newest)}"
    return reach if evaluation.complete else f"{reach}，本季度尚不完整"


def interval(line: Line) -> str:
    """2.3（1.0～4.4）; a dash where nothing was compared."""
    ratio = line.ratio
    return f"{ratio.shrunk:.2f}（{ratio.low:.2f}～{ratio.high:.2f}）" if ratio else "—"


def ranks(line: Line) -> str:
    """3～17; a dash where nothing was compared."""
    return f"{line.ratio.first}～{line.ratio.last}" if line.ratio else "—"


def trend(line: Line) -> str:
    """×1.10（0.90～1.40）看不出趋势."""
    found = line.trend
    if found.factor is None:
        return "不足两个季度"
    return f"×{found.factor:.2f}（{found.low:.2f}～{found.high:.2f}）{COURSES[found.course]}"


def largest(shares: Mapping[str, float], name: Callable[[str, bool], str], count: int = 3) -> str:
    """The largest groups with their shares."""
    return "、".join(f"{name(code, True)}{share:.0%}" for code, share in list(shares.items())[:count])
