"""A ring as violations in the shape of the national interface 3101: one JSON object a line, one line a member.

Fields and lengths are those of the interface's output node `result` with its
`judge_result_detail_dtos`; code values come from `law/rules.yaml`, where those nobody could compare
with an official table are marked. Leads are never put down as 明确违规. `ring_id` is ours, and ties the
lines of one ring together. Every line is checked against our JSON schema before it leaves.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema

from cases.exports.dossier import Dossier
from cases.exports.facts import Party, Record
from cases.exports.forms.common import kind
from cases.exports.legal import bases_of, law_data, said
from cases.exports.naming import Naming, Show
from cases.exports.words import shortened
from detectors.finding import Grade
from graph.model import NodeType

Json = dict[str, object]


def schema_text() -> bytes:
    """Return the JSON schema of a line as a file."""
    return (files("cases.exports.law") / "violation.schema.json").read_bytes()


@cache
def schema() -> Mapping[str, Any]:
    """Return the JSON schema of a line."""
    content: Mapping[str, Any] = json.loads(schema_text())
    return content


def lines_of(dossier: Dossier) -> bytes:
    """Return the lines of a ring, UTF-8, amounts with two decimals; ValidationError where one breaks the schema."""
    check = jsonschema.Draft202012Validator(schema())
    text = ""
    for line in violations(dossier):
        check.validate(line)
        text += json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"
    return text.encode("utf-8", "replace")


def violations(dossier: Dossier) -> Iterator[Json]:
    """Yield one violation per insured person of the ring who has records that count, in the ring's order."""
    naming = Naming.of(dossier, Show.SHORT)
    for member in dossier.members:
        if member.type is not NodeType.PERSON:
            continue
        own = [record for record in said(dossier) if record.person == member.id]
        if own:
            yield _violation(dossier, naming, member, own)


def _violation(dossier: Dossier, naming: Naming, member: Party, own: list[Record]) -> Json:
    picture = dossier.ring.picture
    codes = law_data("rules.yaml")["codes"]
    sure = [record for record in own if record.grade is not Grade.CONTESTED]
    first = min(own, key=lambda record: (record.time, record.id))
    content = f"疑点线索：{kind(picture.kind)}。{naming.text(picture.statement.zh)}该参保人涉及{len(own)}笔结算。"
    return {
        "ring_id": dossier.ring.id,
        "jr_id": _id(dossier.ring.id, member.id),
        "rule_id": shortened(f"RH.{picture.kind.replace('/', '.')}", 50),
        "rule_name": shortened(kind(picture.kind), 200),
        "vola_cont": shortened(content, 500),
        "patn_id": member.id,
        "mdtrt_id": first.visit or first.id,
        "vola_amt": f"{sum((record.fund for record in own), own[0].fund * 0):.2f}",
        "vola_amt_stas": codes["vola_amt_stas"]["counted"],
        "sev_deg": codes["sev_deg"]["probable" if sure else "contested"],
        "vola_evid": shortened("；".join(basis.title for basis in bases_of(dossier) if basis.checked), 500),
        "vola_bhvr_type": codes["vola_bhvr_type"].get(picture.family, "4"),
        "task_id": f"RUN{dossier.run.id}",
        "judge_result_detail_dtos": [_detail(dossier.ring.id, record, codes["vola_item_type"]) for record in own],
    }


def _detail(ring: str, record: Record, types: Mapping[str, str]) -> Json:
    """One settlement: what the lead rests on, or (contested) what it merely touches."""
    return {
        "jrd_id": _id(ring, record.id),
        "patn_id": record.person,
        "mdtrt_id": record.visit or record.id,
        "rx_id": record.id,
        "vola_item_type": types["other" if record.grade is Grade.CONTESTED else "subject"],
        "vola_amt": f"{record.fund:.2f}",
    }


def _id(*parts: str) -> str:
    """A stable id: the same ring and member give the same line, however often it is sent."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32].upper()
