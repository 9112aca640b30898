"""The panels beside the canvas: facts and reveal, style, saving, comparing, files."""

from collections.abc import Mapping

import streamlit as st

from claims.errors import RinghoundError
from claims.language import N_, _
from graph.model import NodeType
from graph.titles import edge_title, node_title
from ui.canvas import asset
from ui.pages.navigation import link, reachable
from ui.pages.sheet import draw, table, whole
from ui.pages.words import plain
from ui.scene.compare import versions
from ui.scene.desk import SceneDesk
from ui.scene.edits import COLOURS, SIZES
from ui.scene.expand import KindCount, preview
from ui.scene.exports import EXPORTS, export
from ui.scene.grouping import GROUPINGS, grouping_of
from ui.scene.looking import sight_of
from ui.scene.model import Key
from ui.scene.payload import ARROWS
from ui.scene.shelf import Shelf
from ui.scene.store import Saved
from ui.scene.wording import label_of, node_facts

MOST_SAVED = 12
SHELF = "explorer.shelf"
MOST_FACTS = 3  # nodes whose facts stand in the panel at once


def facts_panel(desk: SceneDesk) -> None:
    """Facts of what is selected, counts by type, and the way to see it unmasked."""
    if not desk.selected:
        st.caption(_("Select a node to see its facts here."))
        return
    sight = sight_of(desk)
    for key in [one for one in desk.selected if one in sight.faces][:MOST_FACTS]:
        face, bare = sight.faces[key], key in sight.bare
        with st.container(border=True):
            st.markdown(f"**{plain(label_of(face, bare=bare))}**  \n{node_title(face.ref.type)}")
            facts = [(name, value) for name, value in node_facts(face, bare=bare)][1:]
            draw(table((_("Fact"), _("Value")), ((name, whole(value)) for name, value in facts)))
            _counts(desk, key)
            if face.ref.type is not NodeType.RING and reachable("entity"):
                link("entity", _("All about it →"), type=face.ref.type.value, id=face.ref.id)
    if len(desk.selected) > MOST_FACTS:
        st.caption(_("{count} selected; the table below shows them all.", count=len(desk.selected)))
    if desk.context.may("reveal"):
        _reveal(desk)


def _counts(desk: SceneDesk, key: Key) -> None:
    if desk.frozen:
        return
    counts = preview(desk.context.reader, key, desk.facts)
    with st.expander(_("Neighbours by kind: {total}", total=f"{sum(count.total for count in counts):,}")):
        for count in counts:
            st.caption(_kind(count))


def _kind(count: KindCount) -> str:
    arrow, name, other = ARROWS[count.direction.value], edge_title(count.kind.type), node_title(count.other)
    return f"{arrow} {name} · {other}: **{count.total:,}**" + (f" ({count.present:,})" if count.present else "")


def _reveal(desk: SceneDesk) -> None:
    with st.popover(_("Show personal data…"), width="stretch", icon=":material/visibility:"):
        reason = st.text_input(_("Reason (kept in the audit)"), key="explorer.reason", max_chars=500)
        st.button(_("Show"), key="explorer.reveal", type="primary", on_click=_show, args=(desk, reason))
        if desk.faces.revealed:
            st.button(_("Mask again"), key="explorer.conceal", on_click=desk.faces.conceal)


def _show(desk: SceneDesk, reason: str) -> None:
    try:
        desk.context.check("reveal")
        count = desk.faces.reveal(desk.selected, reason, desk.facts.version)
        st.toast(_("{count} nodes are shown unmasked; this was entered in the audit.", count=count))
    except RinghoundError as error:
        st.toast(plain(str(error)), icon=":material/error:")


def style_panel(desk: SceneDesk) -> None:
    """What colour and size tell, and how nodes are grouped."""
    with st.expander(_("Style and groups")):
        scene = desk.scene
        _choice(desk, _("Colour tells"), COLOURS, scene.colour_by, "style", "colour")
        _choice(desk, _("Size tells"), SIZES, scene.size_by, "style", "size")
        _choice(desk, _("Group by"), {"": N_("not at all"), **GROUPINGS}, scene.group_by, "group", "by")
        key = f"explorer.labels.{scene.labels}"
        st.checkbox(_("Names on relations"), scene.labels, key=key, on_change=_flip, args=(desk,), disabled=desk.frozen)
        if grouping_of(scene) and not scene.group_by:
            st.caption(_("More than can be drawn: shown as communities. Double-click a group to open it."))


def _choice(desk: SceneDesk, label: str, options: Mapping[str, str], value: str, op: str, name: str) -> None:
    """A box whose value is the scene's: undo and a colleague's link show in it too."""
    names = list(options)
    key = f"explorer.{op}.{name}.{value}"

    def change() -> None:
        chosen = st.session_state.get(key)
        if chosen in options:
            desk.do(op, **{name: chosen})

    st.selectbox(
        label,
        names,
        index=names.index(value),
        format_func=lambda one: _(options[one]),
        key=key,
        on_change=change,
        disabled=desk.frozen,
    )


def _flip(desk: SceneDesk) -> None:
    desk.do("style", labels=not desk.scene.labels)


def save_panel(desk: SceneDesk) -> None:
    """Keep the scene: for oneself, for colleagues, or frozen with its data."""
    with st.expander(_("Save and share")):
        with st.form("explorer.save", border=False, clear_on_submit=True):
            title = st.text_input(_("Title"), max_chars=120)
            shared = st.checkbox(_("Share with colleagues"))
            frozen = st.checkbox(_("Freeze: keep today's data with it, read only"))
            done = st.form_submit_button(_("Save"), type="primary")
        if done and title.strip():
            saved = desk.save(title.strip(), shared=shared, frozen=frozen)
            st.success(_("Saved. The link:"))
            st.code(f"?scene={saved.id}", language=None)
        for one in _kept(desk)[:MOST_SAVED]:
            mark = "🔒 " if one.frozen else ""
            who = _("shared by {owner}", owner=one.owner) if one.shared else _("private")
            label = plain(f"{one.title} · v{one.data_version} · {who}")
            st.markdown(f"{mark}[{label}](?scene={one.id})")


def _kept(desk: SceneDesk) -> tuple[Saved, ...]:
    shelf = st.session_state.setdefault(SHELF, Shelf())
    assert isinstance(shelf, Shelf)  # noqa: S101 - put there one line above
    return shelf.of(desk.context, desk.store)


def compare_panel(desk: SceneDesk) -> None:
    """Mark what an earlier data version said otherwise."""
    others = [one for one in versions(desk.context.workspace) if one != desk.facts.version]
    frozen = [one for one in _kept(desk) if one.frozen]
    with st.expander(_("Compare with earlier data")):
        if not others and not frozen:
            st.caption(_("There is no earlier graph and no frozen scene to compare with."))
        for version in others[:6]:
            label = _("Data version {version}", version=version)
            st.button(label, key=f"explorer.v{version}", on_click=desk.compare_with, args=(version,))
        for one in frozen[:6]:
            label = plain(f"{one.title} · v{one.data_version}")
            st.button(label, key=f"explorer.f{one.id}", on_click=desk.compare_with_snapshot, args=(one,))
        if desk.comparison:
            counts = {name: desk.comparison.count(name) for name in ("added", "gone", "changed")}
            st.caption(_("Since then {added} added, {gone} gone, {changed} changed.", **counts))
            st.button(_("Stop comparing"), key="explorer.nocompare", on_click=desk.compare_with, args=(None,))


def export_panel(desk: SceneDesk) -> None:
    """Files of what is seen, masked unless a reason is given."""
    if not desk.context.may("export"):
        return
    with st.expander(_("Export")):
        form = st.selectbox(
            _("File form"), list(EXPORTS), format_func=lambda name: _(EXPORTS[name]), key="explorer.form"
        )
        reason = st.text_input(_("Reason, to leave personal data unmasked"), key="explorer.export_reason")
        wanted = reason.strip() or None
        suffix = {"csv": "zip", "pyvis": "html"}.get(form, form)
        st.download_button(
            _("Download"),
            data=lambda: export(desk, form, asset, reason=wanted).content,
            file_name=f"ringhound-scene.{suffix}",
            key="explorer.download",
            on_click="ignore",
        )
        st.caption(_("Every file is entered in the audit. A picture (PNG) is made above the canvas."))
