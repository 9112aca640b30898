"""The words the canvas needs, in the language in force: the browser holds none of its own."""

from collections.abc import Mapping

from claims.language import N_, _
from graph.titles import EDGE_TITLES, edge_title

WORDS: Mapping[str, str] = {
    "add": N_("Add"),
    "added": N_("Added since the earlier data version"),
    "all_time": N_("All times"),
    "at_most": N_("At most"),
    "canvas": N_("Relation graph. Tab walks the nodes, Enter expands, arrow keys pan, M opens the menu."),
    "changed": N_("Changed since the earlier data version"),
    "choose_kind": N_("Choose at least one kind."),
    "choose_two": N_("Select two nodes first."),
    "clear": N_("Clear"),
    "close": N_("Close"),
    "collapse": N_("Collapse"),
    "count": N_("Count"),
    "expand": N_("Expand"),
    "expand_by": N_("Expand by kind…"),
    "first": N_("First to be added; untick whom to leave out"),
    "fit": N_("Fit"),
    "fund": N_("Fund (yuan)"),
    "gone": N_("Gone since the earlier data version"),
    "gone_count": N_("{count} nodes are not in the data any more"),
    "hidden_count": N_("{count} hidden"),
    "hide": N_("Hide"),
    "keep": N_("Keep"),
    "keep_only": N_("Keep only the selected"),
    "lasso": N_("Lasso"),
    "layout": N_("Lay out"),
    "legend": N_("Legend"),
    "max_yuan": N_("Up to this sum (yuan)"),
    "memo": N_("Note on the canvas"),
    "min_yuan": N_("From this sum (yuan)"),
    "neighbours": N_("Select neighbours"),
    "no_path": N_("No path is drawn between them."),
    "nodes": N_("Nodes"),
    "note": N_("Note"),
    "of_present": N_("{total} ({present} here)"),
    "open_group": N_("Open the group"),
    "order": N_("First come"),
    "overview": N_("Overview"),
    "path": N_("Path"),
    "pin": N_("Pin"),
    "play": N_("Play"),
    "redo": N_("Redo"),
    "register_fact": N_("Entry of a register, without time or money"),
    "relation_types": N_("Relations"),
    "relations": N_("relations"),
    "remove": N_("Remove"),
    "show_all": N_("Show all"),
    "time_bar": N_("Time window: drag, or use the arrow keys"),
    "tools": N_("Tools of the graph"),
    "undo": N_("Undo"),
    "unpin": N_("Unpin"),
    "windowed": N_("Only in the time window"),
}


def words() -> dict[str, str]:
    """Return every word translated."""
    return {name: _(text) for name, text in WORDS.items()}


def kinds() -> dict[str, str]:
    """Return the names of the relations."""
    return {type_: edge_title(type_) for type_ in EDGE_TITLES} | {"more": ""}
