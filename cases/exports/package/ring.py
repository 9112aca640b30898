"""The ring as `ring.json` holds it: members under keyed names, amounts, the run it comes from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cases.codec import Json, statement_json
from cases.exports.package.pseudonyms import Pseudonyms
from cases.history import Run
from cases.model import Picture, Ring
from detectors.finding import Grade, Statement


@dataclass(frozen=True)
class Origin:
    """Where the numbers begin: midnight before the county's first visit, and the data version read."""

    origin: datetime
    data_version: int


def ring_entry(ring: Ring, run: Run, origin: Origin, refunded: Collection[str], names: Pseudonyms) -> dict[str, Json]:
    """The ring under keyed names."""
    picture = ring.picture
    return {
        "id": ring.id,
        "kind": picture.kind,
        "status": ring.status.value,
        "score": picture.score,
        "p_value": picture.p_value,
        "statement": _spoken(picture.statement, names),
        "people": picture.people,
        "first_seen": picture.first_seen.isoformat() if picture.first_seen else None,
        "last_seen": picture.last_seen.isoformat() if picture.last_seen else None,
        "features": dict(picture.features),
        "members": [
            {
                "type": member.type.value,
                "id": names.name(member.type, member.id),
                "role": member.role.value,
                "reason": _spoken(member.reason, names),
            }
            for member in picture.members
        ],
        "records": {
            grade.value: [names.settlement(r) for r, g in picture.records.items() if g is grade] for grade in Grade
        },
        "refunded": sorted(names.settlement(record) for record in refunded),
        "exposure": _exposure(picture, names),
        "origin": origin.origin.isoformat(),
        "run": {
            "id": run.id,
            "data_version": origin.data_version,
            "code_version": run.code_version,
            "digest": run.digest,
            "started_at": run.started_at.isoformat(),
        },
    }


def _exposure(picture: Picture, names: Pseudonyms) -> Json:
    exposure = picture.exposure
    return {
        "certain": f"{exposure.certain:.2f}",
        "probable": f"{exposure.probable:.2f}",
        "contested": f"{exposure.contested:.2f}",
        "lawful": f"{exposure.lawful:.2f}",
        "fund": f"{exposure.fund:.2f}",
        "account": f"{exposure.account:.2f}",
        "claims": exposure.claims,
        "crossings": [
            [
                crossing.threshold,
                f"{crossing.amount:.2f}",
                crossing.reached.value if crossing.reached else None,
                [names.settlement(record) for record in crossing.movers],
            ]
            for crossing in exposure.crossings
        ],
    }


def _spoken(statement: Statement, names: Pseudonyms) -> Json:
    return [names.text(text) for text in statement_json(statement)]
