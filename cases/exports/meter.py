"""The completeness meter: what each destination requires, what the dossier has of it, and who can supply the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cases.exports.destinations import BY_NAME
from cases.exports.dossier import Dossier
from cases.exports.legal import bases_of, held, repeated_boxes, said
from cases.exports.words import day, hole, yuan
from graph.model import NodeType


@dataclass(frozen=True)
class Required:
    """Something a destination asks for; `fill` finds it in the dossier ('' where missing), `who` can supply it."""

    name: str
    title: str
    who: str
    fill: Callable[[Dossier], str]


@dataclass(frozen=True)
class Reading:
    """One line of the meter: `value` is what fills it, empty where it is missing."""

    required: Required
    value: str

    @property
    def filled(self) -> bool:
        """Whether the dossier has it."""
        return bool(self.value)

    @property
    def shown(self) -> str:
        """What stands in a document: the value, or a visible blank with who can supply it."""
        return self.value or hole(self.required.title, self.required.who)


@dataclass(frozen=True)
class Meter:
    """The lines of one destination."""

    readings: tuple[Reading, ...]

    @property
    def filled(self) -> int:
        """Count of what is there."""
        return sum(reading.filled for reading in self.readings)

    @property
    def missing(self) -> tuple[Reading, ...]:
        """What somebody has to supply."""
        return tuple(reading for reading in self.readings if not reading.filled)


def meter_of(dossier: Dossier, destination: str) -> Meter:
    """Read the meter for a destination; KeyError where there is no such destination."""
    required = BY_NAME[destination].requires
    return Meter(tuple(Reading(REQUIRED[name], REQUIRED[name].fill(dossier)) for name in required))


def reading_of(dossier: Dossier, name: str) -> Reading:
    """Read one line, whatever the destination."""
    return Reading(REQUIRED[name], REQUIRED[name].fill(dossier))


def _nobody(_dossier: Dossier) -> str:
    """What only people outside the data can supply."""
    return ""


def _authority(dossier: Dossier) -> str:
    return dossier.authority.name


def _contact(dossier: Dossier) -> str:
    return " ".join(filter(None, (dossier.authority.contact, dossier.authority.telephone)))


def _source(dossier: Dossier) -> str:
    if dossier.case and dossier.case.opened_from:
        return dossier.case.opened_from
    return f"大数据筛查（第{dossier.run.id}次检测，数据版本{dossier.ring.picture.data_version}）"


def _people(dossier: Dossier) -> str:
    people = [member for member in dossier.members if member.type in (NodeType.PERSON, NodeType.DOCTOR)]
    known = [member for member in people if member.name and member.certificate]
    return f"{len(known)}名人员的登记身份" if people and len(known) == len(people) else ""


def _places(dossier: Dossier) -> str:
    return "、".join(place.name for place in dossier.places if place.name and place.legal)


def _facts(dossier: Dossier) -> str:
    return f"{len(dossier.findings)}条疑点" if dossier.findings else ""


def _period(dossier: Dossier) -> str:
    times = [record.time for record in said(dossier)]
    return f"{day(min(times))}至{day(max(times))}" if times else ""


def _amount(dossier: Dossier) -> str:
    exposure = dossier.exposure
    return f"{yuan(exposure.certain)}至{yuan(exposure.fund)}" if exposure.fund else ""


def _records(dossier: Dossier) -> str:
    traced = [record for record in said(dossier) if record.file and record.line]
    return f"{len(traced)}笔，均可回溯到来源文件和行号" if traced and len(traced) == len(said(dossier)) else ""


def _law(dossier: Dossier) -> str:
    return "；".join(basis.title for basis in bases_of(dossier) if basis.checked)


def _proved(dossier: Dossier) -> str:
    """Filled only where no element of any basis is a hole, which intent and knowledge always are."""
    lines = [line for basis in bases_of(dossier) for line in held(dossier, basis)]
    return f"{len(lines)}个要件" if lines and not any(line.hole for line in lines) else ""


def _trials(dossier: Dossier) -> str:
    return f"{len(dossier.trials)}项合法解释已逐一检验" if dossier.trials else ""


def _goods(dossier: Dossier) -> str:
    boxes = repeated_boxes(dossier)
    return f"{len(boxes)}个药品追溯码（电子数据，非实物）" if boxes else ""


def _review(dossier: Dossier) -> str:
    return dossier.case.outcome if dossier.case else ""


def _answer(dossier: Dossier) -> str:
    return dossier.case.answer if dossier.case else ""


_OFFICE = "办公室"
_HANDLERS = "承办人员"
REQUIRED: Mapping[str, Required] = {
    required.name: required
    for required in (
        Required("authority", "发文机关名称", "系统管理员（工作区设置 letters.authority）", _authority),
        Required("contact", "联系人和联系电话", "系统管理员（工作区设置 letters.contact、telephone）", _contact),
        Required("number", "发文字号", _OFFICE, _nobody),
        Required("source", "线索来源", _HANDLERS, _source),
        Required("people", "涉及人员身份信息", "参保登记、医药人员登记部门", _people),
        Required("places", "涉及机构名称和法定代表人", "定点协议管理部门", _places),
        Required("facts", "疑点事实", _HANDLERS, _facts),
        Required("period", "发生时间", _HANDLERS, _period),
        Required("amount", "涉及金额", _HANDLERS, _amount),
        Required("records", "结算记录及其来源", "信息部门", _records),
        Required("law", "法律依据", "法制审核人员", _law),
        Required("proved", "各要件均有材料证明", "承办人员、公安机关", _proved),
        Required("trials", "合法解释的检验", _HANDLERS, _trials),
        Required("goods", "涉案物品", "承办人员（现场检查、先行登记保存）", _goods),
        Required("review", "案件审核结论", "复审、终审人员", _review),
        Required("answer", "被监管对象陈述申辩", "被监管对象", _answer),
        Required("interviews", "询问笔录", "承办人员（两名以上执法人员）", _nobody),
        Required("documents", "病历、处方、票据等书证", "定点医药机构", _nobody),
        Required("video", "监控录像等视听资料", "定点医药机构", _nobody),
        Required("stock", "药品购进、销售、库存资料", "定点医药机构", _nobody),
        Required("officers", "两名以上承办人员姓名和执法证号", "本机关负责人指定", _nobody),
        Required("approval", "本机关负责人批准意见", "本机关正职负责人或者主持工作的负责人", _nobody),
        Required("deadline", "答复或者整改期限", _HANDLERS, _nobody),
        Required("meeting", "约谈时间、地点和约谈人", _HANDLERS, _nobody),
        Required("decision", "退回决定文号和缴款账户", "承办人员、财务部门", _nobody),
        Required("status", "公职人员身份核实", "组织、人事部门", _nobody),
    )
}


def titles(names: Sequence[str]) -> tuple[str, ...]:
    """Titles of required things, in the order given."""
    return tuple(REQUIRED[name].title for name in names)
