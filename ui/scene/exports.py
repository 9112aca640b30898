"""The scene as a file: what is seen (window, relations, hidden nodes) and not more; audited before it is handed out."""

import hashlib
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from claims.audit import Act, Detail, checked_reason
from claims.language import N_, _
from graph.exports import FORMS, About
from graph.store import Subgraph
from ui.scene.desk import SceneDesk
from ui.scene.facts import subgraph_of
from ui.scene.looking import bare_sight, sight_of
from ui.scene.offline import page
from ui.scene.payload import packed, payload
from ui.scene.rows import rows_of
from ui.scene.sheet import workbook
from ui.scene.svg import heading, svg
from ui.scene.view import Sight, draw, in_window
from ui.scene.words import kinds

Asset = Callable[[str], str]  # text of a built file of the canvas


@dataclass(frozen=True)
class File:
    """What is handed out."""

    name: str
    mime: str
    content: bytes


EXPORTS: Mapping[str, str] = {
    "html": N_("Page with time bar (HTML, offline)"),
    "svg": N_("Drawing (SVG)"),
    "xlsx": N_("Workbook (XLSX)"),
    "graphml": "GraphML",
    "gexf": "GEXF",
    "json": "JSON",
    "csv": N_("Tables (CSV, zipped)"),
    "pyvis": N_("Plain page (pyvis, HTML)"),
}
_MIMES = {
    "html": "text/html",
    "svg": "image/svg+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "csv": "application/zip",
    "pyvis": "text/html",
}
_SUFFIXES = {"csv": "zip", "pyvis": "html"}
_FORMS = {form.name: form for form in FORMS}


def export(desk: SceneDesk, form: str, asset: Asset, *, reason: str | None = None) -> File:
    """Make a file, masked unless a reason is given; the audit entry with its hash is on the disk first."""
    desk.context.check("export")
    checked = None
    if reason is not None:
        desk.context.check("reveal")
        checked = checked_reason(reason)
    sight = sight_of(desk, revealed=False) if reason is None else bare_sight(desk)
    content = _content(desk, form, sight, asset, masked=reason is None)
    name = f"ringhound-{desk.draft.id[:8]}-v{sight.facts.version}.{_SUFFIXES.get(form, form)}"
    _enter(desk, form, name, content, checked)
    return File(name, _MIMES.get(form, "application/xml"), content)


def _content(desk: SceneDesk, form: str, sight: Sight, asset: Asset, *, masked: bool) -> bytes:
    title = heading(sight.facts.version, masked=masked)
    match form:
        case "svg":
            return svg(draw(sight), title, kinds())
        case "html":
            drawing = {**payload(desk), **packed(draw(sight)), "counts": None, "grant": None, "message": ""}
            texts = {"script": asset("page.js"), "style": asset("canvas.css")}
            return page(drawing, title, _about(sight), language=desk.context.language.replace("_", "-"), **texts)
        case "xlsx":
            return workbook(rows_of(sight), _subgraph(desk, sight, masked=masked), [(title, ""), (_about(sight), "")])
        case "csv":
            return _zipped(_FORMS["csv"].render(_subgraph(desk, sight, masked=masked), About(masked=masked)))
    chosen = _FORMS["html" if form == "pyvis" else form]
    return chosen.render(_subgraph(desk, sight, masked=masked), About(masked=masked))[""]


def _subgraph(desk: SceneDesk, sight: Sight, *, masked: bool) -> Subgraph:
    whole = subgraph_of(sight.facts, sight.scene.shown)
    edges = tuple(
        edge
        for edge in whole.edges
        if edge.kind.type not in sight.scene.types_off and in_window(edge, sight.scene.window)
    )
    seen = replace(whole, edges=edges)
    return desk.faces.masks.subgraph(seen) if masked else seen


def _about(sight: Sight) -> str:
    shown = len(sight.scene.shown)
    return _("{nodes} nodes, {edges} relations among them", nodes=shown, edges=len(sight.facts.edges))


def _zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"scene{part}.csv", (1980, 1, 1, 0, 0, 0)), content)
    return stream.getvalue()


def _enter(desk: SceneDesk, form: str, name: str, content: bytes, reason: str | None) -> None:
    details: dict[str, Detail] = {
        "form": form,
        "masked": reason is None,
        "data_version": desk.facts.version,
        "nodes": len(desk.scene.shown),
        "files": {name: hashlib.sha256(content).hexdigest()},
    }
    desk.context.audit.append(Act.EXPORT, "explorer", reason=reason or "", details=details, user=desk.context.user)
