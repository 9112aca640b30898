"""Rings as tables for people: the columns that CSV and XLSX share, headed in the language in force."""

from collections.abc import Iterator, Mapping, Sequence

from cases.handout.form import Batch, Cell
from cases.model import STATUS_TITLES
from claims.language import N_, language, translate
from detectors.finding import ROLE_TITLES, Grade, Statement
from graph.titles import node_title

Table = tuple[Sequence[str], list[Sequence[Cell]]]

_RINGS = (
    N_("ring"), N_("kind"), N_("score"), N_("status"), N_("people"), N_("fund (yuan)"), N_("account (yuan)"),
    N_("claims"), N_("certain (yuan)"), N_("probable (yuan)"), N_("contested (yuan)"), N_("lawful (yuan)"),
    N_("first seen"), N_("last seen"), N_("data version"), N_("statement"),
)  # fmt: skip
_MEMBERS = (N_("ring"), N_("type"), N_("number"), N_("name"), N_("role"), N_("why"))
_FINDINGS = (
    N_("ring"), N_("detector"), N_("version"), N_("score"), N_("corrected p-value"), N_("records"), N_("statement"),
)  # fmt: skip
_RECORDS = (N_("ring"), N_("settlement"), N_("how sure"))

GRADE_TITLES: Mapping[Grade, str] = {
    Grade.CERTAIN: N_("certain"),
    Grade.PROBABLE: N_("probable"),
    Grade.CONTESTED: N_("contested"),
    Grade.LAWFUL: N_("lawful"),
}


def spoken(statement: Statement) -> str:
    """The sentence in the language in force."""
    return statement.zh if language() == "zh_CN" else statement.en


def tables_of(batch: Batch) -> Mapping[str, Table]:
    """Return the tables by name: rings, members, findings, records."""
    return {
        "rings": (_heads(_RINGS), list(_rings(batch))),
        "members": (_heads(_MEMBERS), list(_members(batch))),
        "findings": (_heads(_FINDINGS), list(_findings(batch))),
        "records": (_heads(_RECORDS), list(_records(batch))),
    }


def _heads(keys: Sequence[str]) -> Sequence[str]:
    return [translate(key) for key in keys]


def _rings(batch: Batch) -> Iterator[Sequence[Cell]]:
    for sheet in batch.sheets:
        picture, exposure = sheet.ring.picture, sheet.ring.picture.exposure
        yield (
            sheet.ring.id,
            picture.kind,
            round(picture.score, 4),
            translate(STATUS_TITLES[sheet.ring.status]),
            picture.people,
            exposure.fund,
            exposure.account,
            exposure.claims,
            exposure.certain,
            exposure.probable,
            exposure.contested,
            exposure.lawful,
            str(picture.first_seen or ""),
            str(picture.last_seen or ""),
            picture.data_version,
            spoken(sheet.statement),
        )


def _members(batch: Batch) -> Iterator[Sequence[Cell]]:
    for sheet in batch.sheets:
        for m in sheet.members:
            yield sheet.ring.id, node_title(m.type), m.id, m.name, translate(ROLE_TITLES[m.role]), spoken(m.reason)


def _findings(batch: Batch) -> Iterator[Sequence[Cell]]:
    for sheet in batch.sheets:
        for f in sheet.findings:
            spelled = f"{f.chance.p_value:.3g}"
            yield (
                sheet.ring.id, f.detector, f.version, round(f.score, 4), spelled, len(f.records), spoken(f.statement),
            )  # fmt: skip


def _records(batch: Batch) -> Iterator[Sequence[Cell]]:
    for sheet in batch.sheets:
        for record, grade in sheet.ring.picture.records.items():
            yield sheet.ring.id, record, translate(GRADE_TITLES[grade])
