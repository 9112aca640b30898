"""Which article, which fact: each element of a legal basis is held against the ring's records, or is a hole.

The bases are data (`law/legal.yaml`): paraphrases of our own with source, date in force, and whether
they were compared with the text. An element that records can bear on points to them; one that only
people can establish (intent, knowledge) is always a hole with who can supply it. Nothing here says
that an article applies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from cases.exports.dossier import Dossier
from cases.exports.facts import Record
from cases.exports.words import day, yuan
from detectors.finding import ALERT_LINE, Grade, Role
from graph.model import NodeType

INVESTIGATORS = "经办人员（补充调查）"


@dataclass(frozen=True)
class Element:
    """One thing an article asks for; `test` names how records can show it, `who` can supply what they do not."""

    id: str
    text: str
    test: str
    who: str = INVESTIGATORS
    threshold: str = ""


@dataclass(frozen=True)
class Basis:
    """One article in our own words; `kinds` are patterns of ring kinds it is looked at for."""

    id: str
    source: str
    number: str
    in_force: date
    article: str
    checked: bool
    subject: str
    kinds: tuple[str, ...]
    paraphrase: str
    elements: tuple[Element, ...]

    @property
    def title(self) -> str:
        """Source and article."""
        return f"{self.source}{self.article}"


@dataclass(frozen=True)
class Law:
    """The bases of one version."""

    version: str
    notice: str
    bases: tuple[Basis, ...]


@dataclass(frozen=True)
class Showing:
    """What shows an element: the records and a sentence; without records it is a hole."""

    records: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Held:
    """An element held against a ring; `hole` says that nothing in the data shows it."""

    element: Element
    showing: Showing

    @property
    def hole(self) -> bool:
        """Whether people have to supply it."""
        return not self.showing.records


@cache
def law() -> Law:
    """Return the bases as shipped."""
    content = law_data("legal.yaml")
    return Law(content["version"], content["notice"], tuple(map(_basis, content["bases"])))


# Any: what a YAML file holds; whoever reads it builds typed values at once.
def law_data(name: str) -> Mapping[str, Any]:
    """Return the content of one of the shipped files."""
    content = yaml.safe_load((files("cases.exports.law") / name).read_text("utf-8"))
    assert isinstance(content, dict)  # noqa: S101 - a shipped file
    return content


def bases_of(dossier: Dossier) -> tuple[Basis, ...]:
    """Return the bases looked at for the ring: those named for the kind of one of its findings above the line."""
    kinds = {finding.kind for finding in dossier.findings if finding.score >= ALERT_LINE} or {dossier.ring.picture.kind}
    return tuple(basis for basis in law().bases if any(_fits(kind, basis.kinds) for kind in kinds))


def held(dossier: Dossier, basis: Basis) -> tuple[Held, ...]:
    """Hold every element of a basis against the ring."""
    return tuple(Held(element, _TESTS[element.test](dossier, basis, element)) for element in basis.elements)


def said(dossier: Dossier) -> tuple[Record, ...]:
    """The ring's records that no lawful explanation holds for."""
    return tuple(record for record in dossier.records if record.grade is not Grade.LAWFUL)


def repeated_boxes(dossier: Dossier) -> Mapping[str, tuple[str, ...]]:
    """Trace codes on two or more of the ring's settlements, and those settlements in their order."""
    counted = {record.id for record in said(dossier)}
    boxes: dict[str, dict[str, None]] = {}
    for item in dossier.items:
        if item.trace and item.settlement in counted:
            boxes.setdefault(item.trace, {})[item.settlement] = None
    return {code: tuple(found) for code, found in sorted(boxes.items()) if len(found) > 1}


def _basis(content: Mapping[str, Any]) -> Basis:
    elements = tuple(Element(**element) for element in content["elements"])
    return Basis(**{**content, "kinds": tuple(content["kinds"]), "elements": elements})


def _fits(kind: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in patterns)


def _ids(records: tuple[Record, ...]) -> tuple[str, ...]:
    return tuple(record.id for record in records)


def _institution(dossier: Dossier, _basis: Basis, _element: Element) -> Showing:
    codes = {member.id for member in dossier.members if member.type is NodeType.INSTITUTION}
    found = tuple(record for record in said(dossier) if record.place in codes)
    names = "、".join(place.name or place.code for place in dossier.places if place.code in codes)
    return Showing(_ids(found), f"{names}：{len(found)}笔结算" if found else "线索成员中没有定点医药机构")


def _kinds(dossier: Dossier, basis: Basis, _element: Element) -> Showing:
    fitting = [
        finding for finding in dossier.findings if finding.score >= ALERT_LINE and _fits(finding.kind, basis.kinds)
    ]
    graded = {r for finding in fitting for r, grade in finding.records.items() if grade is not Grade.LAWFUL}
    found = tuple(record for record in said(dossier) if record.id in graded)
    return Showing(_ids(found), f"{len(fitting)}条疑点指及，涉及{len(found)}笔结算" if found else "没有疑点指及")


def _fund(dossier: Dossier, _basis: Basis, _element: Element) -> Showing:
    found = tuple(record for record in said(dossier) if record.fund > 0)
    exposure = dossier.exposure
    return Showing(_ids(found), f"基金支付{yuan(exposure.certain)}至{yuan(exposure.fund)}，见涉及金额表")


def _persons(dossier: Dossier, _basis: Basis, _element: Element) -> Showing:
    people = {member.id for member in dossier.members if member.type is NodeType.PERSON}
    found = tuple(record for record in said(dossier) if record.person in people)
    return Showing(_ids(found), f"{len(people)}名参保人名下{len(found)}笔结算" if found else "线索成员中没有参保人")


def _staff(dossier: Dossier, _basis: Basis, _element: Element) -> Showing:
    staff = {member.id for member in dossier.members if member.type is NodeType.DOCTOR}
    found = tuple(record for record in said(dossier) if {record.doctor, record.prescriber} & staff)
    if not found:
        return Showing((), "记录未指向具体医药人员")
    return Showing(_ids(found), f"{len(staff)}名医药人员署名{len(found)}笔结算；是否知情须另行查明")


def _collector(dossier: Dossier, _basis: Basis, _element: Element) -> Showing:
    wanted = (Role.COLLECTOR, Role.ORGANISER)
    hands = {member.key for member in dossier.members if member.role in wanted}
    found = tuple(record for record in said(dossier) if hands & set(record.keys))
    return Showing(_ids(found), f"疑似实际使用人{len(hands)}名，待核实" if found else "数据未能指向实际使用人")


def _amount(dossier: Dossier, _basis: Basis, element: Element) -> Showing:
    reached = [c for c in dossier.exposure.crossings if c.threshold == element.threshold and c.reached is not None]
    if not reached:
        return Showing((), "未达到该起点")
    sure = [crossing for crossing in reached if crossing.reached is Grade.CERTAIN]
    amounts = "、".join(f"{crossing.amount:,.0f}元" for crossing in reached)
    grade = "仅计确定部分即达到" if sure else "计入很可能或者存疑部分后达到"
    return Showing(_ids(said(dossier)), f"{grade}（起点幅度内的{amounts}）；各行为人数额须分别认定")


def _since(dossier: Dossier, basis: Basis, _element: Element) -> Showing:
    found = tuple(record for record in said(dossier) if record.time.date() >= basis.in_force)
    return Showing(
        _ids(found),
        f"{day(basis.in_force)}以后{len(found)}笔" if found else f"全部记录早于{day(basis.in_force)}，不适用",
    )


def _traces(dossier: Dossier, _basis: Basis, _element: Element) -> Showing:
    found = repeated_boxes(dossier)
    settlements = tuple(dict.fromkeys(settlement for box in found.values() for settlement in box))
    return Showing(settlements, f"{len(found)}个追溯码在两笔以上结算中出现" if found else "没有可比对的追溯码")


def _hole(_dossier: Dossier, _basis: Basis, _element: Element) -> Showing:
    return Showing((), "结算数据不能证明")


_TESTS: Mapping[str, Callable[[Dossier, Basis, Element], Showing]] = {
    "institution": _institution,
    "kinds": _kinds,
    "fund": _fund,
    "persons": _persons,
    "staff": _staff,
    "collector": _collector,
    "amount": _amount,
    "since": _since,
    "traces": _traces,
    "hole": _hole,
}
