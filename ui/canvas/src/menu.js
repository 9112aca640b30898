// The context menu of a node, of several, or of the empty canvas.
import { askNote, closeDialog } from "./dialogs.js";
import { send } from "./memory.js";
import { make, placeIn } from "./parts.js";
import { fit } from "./sight.js";
import { actOn, collapse, expand, hide, pin, preview } from "./acts.js";

export function menus(board) {
  board.menu = make("div", "rh-menu");
  board.menu.setAttribute("role", "menu");
  board.host.append(board.menu);
  board.cy.on("cxttap", (event) => {
    const target = event.target === board.cy ? null : event.target;
    if (target && target.isEdge()) return;
    open(board, target, event.renderedPosition, event.position);
  });
  board.cy.on("tap pan zoom", () => closeMenu(board));
  board.menu.addEventListener("keydown", (event) => walk(board, event));
  // The browser's own menu would cover ours.
  board.host.addEventListener("contextmenu", (event) => event.preventDefault());
}

export function closeMenu(board) {
  board.menu.style.display = "none";
}

export function open(board, node, rendered, position) {
  closeDialog(board);
  board.menu.replaceChildren();
  const entries = !node ? canvasEntries(board, position) : node.data("type") === "memo" ? memoEntries(board, node) : nodeEntries(board, node);
  for (const [name, label, run] of entries) {
    const entry = make("button", "rh-entry", label);
    entry.type = "button";
    entry.dataset.entry = name;
    entry.setAttribute("role", "menuitem");
    entry.addEventListener("click", () => { closeMenu(board); run(); });
    board.menu.append(entry);
  }
  if (!entries.length) return;
  placeIn(board.host, board.menu, rendered.x + 2, rendered.y + 2);
  board.menu.firstChild.focus({ preventScroll: true });
}

function nodeEntries(board, node) {
  const { t } = board;
  const nodes = node.selected() ? board.cy.$("node:selected") : node;
  const one = [
    ["expand", t.expand, () => expand(board, node)],
    ["counts", t.expand_by, () => preview(board, node)],
    ["collapse", t.collapse, () => collapse(board, node)],
  ];
  if (node.data("type") === "more") return board.readOnly ? [] : [one[0]];
  if (node.data("type") === "group") return board.readOnly ? [] : [["open", t.open_group, () => expand(board, node)]];
  const local = [
    ["neighbours", t.neighbours, () => nodes.closedNeighborhood().nodes().select()],
    ["hide", t.hide, () => hide(board, nodes)],
  ];
  if (board.readOnly) return local;
  return [...one, ...asks(board, nodes), ...local,
    ["keep", t.keep_only, () => actOn(board, "keep_only", nodes)],
    ["pin", node.data("pinned") ? t.unpin : t.pin, () => pin(board, nodes, !node.data("pinned"))],
    ["note", t.note, () => askNote(board, node)],
    ["remove", t.remove, () => actOn(board, "remove", nodes)]];
}

function asks(board, nodes) {
  const types = nodes.map((node) => node.data("type"));
  const fits = (template) => types.length >= template.least && types.every((type) => template.types.includes(type));
  return board.data.templates.filter(fits).map((template) => [
    `ask-${template.name}`, template.title, () => send(board, "template", { name: template.name, ids: nodes.map((node) => node.id()) })]);
}

function memoEntries(board, node) {
  if (board.readOnly) return [];
  const memo = node.id().slice(5);
  return [["note", board.t.note, () => askNote(board, node)], ["remove", board.t.remove, () => send(board, "memo", { memo, text: "" })]];
}

function canvasEntries(board, position) {
  const { t } = board;
  const local = [["fit", t.fit, () => fit(board)]];
  if (board.readOnly) return local;
  return [...local,
    ["show", t.show_all, () => send(board, "show_all")],
    ["layout", t.layout, () => send(board, "layout")],
    ["memo", t.memo, () => askNote(board, null, position)]];
}

function walk(board, event) {
  const entries = [...board.menu.children], at = entries.indexOf(board.root.activeElement ?? document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  event.stopPropagation();
  if (step) { event.preventDefault(); entries[(at + step + entries.length) % entries.length].focus(); }
  if (event.key === "Escape") { closeMenu(board); board.host.focus(); }
}
