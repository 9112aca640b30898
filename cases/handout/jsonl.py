"""One ring a line, as the data standard has it: what other programs read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cases.handout.form import Batch
from cases.handout.sheet import RingSheet
from cases.model import Exposure
from detectors.finding import Finding


@dataclass(frozen=True)
class Jsonl:
    """UTF-8, one JSON object a line, keys in the order of the data standard; amounts with two decimals."""

    name: str = "jsonl"
    contract: bool = True

    def render(self, batch: Batch) -> Mapping[str, bytes]:
        """See `Form`."""
        return {"": "".join(f"{_line(sheet)}\n" for sheet in batch.sheets).encode("utf-8", "replace")}


def _line(sheet: RingSheet) -> str:
    ring, picture = sheet.ring, sheet.ring.picture
    parts = {
        "ring_id": _text(ring.id),
        "kind": _text(picture.kind),
        "score": _text(round(picture.score, 6)),
        "status": _text(ring.status.value),
        "first_seen": _text(picture.first_seen.isoformat() if picture.first_seen else None),
        "last_seen": _text(picture.last_seen.isoformat() if picture.last_seen else None),
        "born_run": _text(ring.born_run),
        "members": _text([{"type": m.type.value, "id": m.id, "role": m.role.value} for m in sheet.members]),
        "exposure": _exposure(picture.exposure),
        "findings": _text([_finding(finding) for finding in sheet.findings]),
        "data_version": _text(picture.data_version),
    }
    return "{" + ", ".join(f'"{name}": {value}' for name, value in parts.items()) + "}"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _exposure(exposure: Exposure) -> str:
    """Amounts as JSON numbers with both decimals, never through a float."""
    amounts: dict[str, Decimal | int] = {
        "fund": exposure.fund,
        "account": exposure.account,
        "claims": exposure.claims,
        "certain": exposure.certain,
        "probable": exposure.probable,
        "contested": exposure.contested,
        "lawful": exposure.lawful,
    }
    spelled = {name: f"{v:.2f}" if isinstance(v, Decimal) else str(v) for name, v in amounts.items()}
    return "{" + ", ".join(f'"{name}": {value}' for name, value in spelled.items()) + "}"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "detector": finding.detector,
        "version": finding.version,
        "p_value": float(finding.chance.p_value),
        "strength": round(float(finding.score), 6),
        "statement_zh": finding.statement.zh,
        "statement_en": finding.statement.en,
        "records": list(finding.records),
    }
