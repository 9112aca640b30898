"""证据材料清单: source files with their hashes, computations, key records, and what is still to be collected."""

from cases.exports.forms.common import MOST_ROWS, kind, records, shared
from cases.exports.forms.form import Context, Form
from cases.exports.legal import said
from cases.exports.meter import meter_of
from cases.exports.paper import Errand
from cases.exports.words import printable

_COLLECTED = ("interviews", "documents", "video", "stock", "goods", "answer", "status")


def context(errand: Errand) -> Context:
    """Fill the places of the form."""
    dossier = errand.dossier
    counted = said(dossier)
    meter = meter_of(dossier, errand.destination)
    return {
        **shared(errand),
        "files": [
            {
                "no": file.id,
                "name": printable(file.name),
                "hash": " ".join(file.sha256[place : place + 16] for place in range(0, 64, 16)),
                "count": sum(record.file == file.id for record in counted),
            }
            for file in dossier.files
        ],
        "run": dossier.run.id,
        "version": dossier.read_version,
        "code": dossier.run.code_version,
        "findings": [
            {
                "no": number,
                "kind": kind(finding.kind),
                "method": f"{finding.detector} {finding.version}",
                "count": len(finding.records),
                "p": f"{finding.chance.p_value:.1e}",
            }
            for number, finding in enumerate(dossier.findings, 1)
        ],
        "records": records(errand, counted),
        "listed": min(len(counted), MOST_ROWS),
        "missing": [
            {"title": reading.required.title, "who": reading.required.who}
            for reading in meter.missing
            if reading.required.name in _COLLECTED
        ],
    }


FORM = Form("evidence", "证据材料清单", "list of evidence", context)
