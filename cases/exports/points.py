"""Points for staff of designated institutions (驾照式记分): a proposal with its reasons, never a decision.

Points follow a penalty or a handling under the agreement. The proposal therefore says which band
would apply *if* the institution were penalised under an article looked at for the ring, and on
which records a member of staff stands; the agency decides after hearing the person.
"""

from dataclasses import dataclass
from decimal import Decimal

from cases.exports.dossier import Dossier
from cases.exports.facts import Party
from cases.exports.legal import bases_of, held, law_data, said
from cases.exports.words import share, yuan
from graph.model import NodeType


@dataclass(frozen=True)
class Band:
    """A band of points and what has to happen before it applies."""

    id: str
    least: int
    most: int
    when: str


@dataclass(frozen=True)
class Forecast:
    """The band proposed for somebody, the records that carry their name, and the reasons in words."""

    party: Party
    band: Band
    records: tuple[str, ...]
    fund: Decimal
    reasons: tuple[str, ...]


def forecasts_of(dossier: Dossier) -> tuple[Forecast, ...]:
    """Return a proposal for every member of staff in the ring, most records first; none without staff."""
    staff = [member for member in dossier.members if member.type is NodeType.DOCTOR]
    found = [_forecast(dossier, party) for party in staff]
    return tuple(sorted(found, key=lambda forecast: (-len(forecast.records), forecast.party.id)))


def _forecast(dossier: Dossier, party: Party) -> Forecast:
    own = [record for record in said(dossier) if party.id in (record.doctor, record.prescriber)]
    fund = sum((record.fund for record in own), Decimal("0.00"))
    band, why = _band(dossier)
    everything = sum((record.fund for record in said(dossier)), Decimal("0.00"))
    reasons = (
        why,
        f"署名接诊或者开方{len(own)}笔，占疑点结算{share(Decimal(len(own)), Decimal(len(said(dossier))))}",
        f"基金支付{yuan(fund)}，占{share(fund, everything)}",
        "责任程度（一般、重要、主要）和主观状态未查明，须经责任认定",
    )
    return Forecast(party, band, tuple(record.id for record in own), fund, reasons)


def _band(dossier: Dossier) -> tuple[Band, str]:
    """The highest band one of whose articles is looked at for the ring and shows more than intent; else the lowest."""
    looked_at = {basis.id: basis for basis in bases_of(dossier) if _acts(dossier, basis.id)}
    entries = law_data("points.yaml")["bands"]
    fitting = [entry for entry in entries if not entry["bases"] or set(entry["bases"]) & set(looked_at)]
    best = max(fitting, key=lambda entry: entry["most"])
    named = [looked_at[id_].article for id_ in best["bases"] if id_ in looked_at]
    why = f"疑点与条例{'、'.join(named)}所列情形相关" if named else "疑点可能涉及违反服务协议"
    return Band(best["id"], best["least"], best["most"], best["when"]), why


def _acts(dossier: Dossier, id_: str) -> bool:
    """Whether records bear on the act itself: institution and kind."""
    for basis in bases_of(dossier):
        if basis.id == id_:
            return not any(line.hole for line in held(dossier, basis) if line.element.test in ("institution", "kinds"))
    return False
