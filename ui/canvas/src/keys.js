// Everything by keyboard: Tab walks the nodes, Enter expands, arrows pan, and the usual letters.
import { actOn, clear, expand, hide, pin } from "./acts.js";
import { closeDialog } from "./dialogs.js";
import { send } from "./memory.js";
import { closeMenu, open } from "./menu.js";
import { fit } from "./sight.js";
import { lasso } from "./tools.js";

const PAN = 60;

export function keyboard(board) {
  const { host, cy } = board;
  host.tabIndex = 0;
  host.setAttribute("role", "application");
  host.setAttribute("aria-label", board.t.canvas);
  host.addEventListener("keydown", (event) => press(board, event));
  host.addEventListener("blur", () => cy.nodes(".focus").removeClass("focus"));
  host.addEventListener("pointerdown", (event) => { if (event.target.tagName === "CANVAS") host.focus({ preventScroll: true }); });
}

function press(board, event) {
  const { cy } = board;
  if (event.target !== board.host) return;
  board.theirs = true;
  const mod = event.ctrlKey || event.metaKey, key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const chosen = cy.$("node:selected"), focus = cy.$("node.focus"), on = chosen.nonempty() ? chosen : focus;
  const pan = (x, y) => cy.panBy({ x, y });
  const plain = {
    ArrowLeft: () => pan(PAN, 0), ArrowRight: () => pan(-PAN, 0), ArrowUp: () => pan(0, PAN), ArrowDown: () => pan(0, -PAN),
    "+": () => zoom(cy, 1.2), "=": () => zoom(cy, 1.2), "-": () => zoom(cy, 1 / 1.2), f: () => fit(board), l: () => lasso(board),
    Enter: () => on.nonempty() && expand(board, on[0]), " ": () => focus.nonempty() && focus.forEach((node) => { node[node.selected() ? "unselect" : "select"](); }),
    Delete: () => hide(board, on), Backspace: () => hide(board, on), h: () => hide(board, on), c: () => on.nonempty() && actOn(board, "collapse", on),
    p: () => pin(board, on, on.some((node) => !node.data("pinned"))),
    ContextMenu: () => on.nonempty() && open(board, on[0], on[0].renderedPosition(), on[0].position()),
    m: () => on.nonempty() && open(board, on[0], on[0].renderedPosition(), on[0].position()),
    Escape: () => { clear(board); closeMenu(board); closeDialog(board); cy.$(":selected").unselect(); cy.nodes(".focus").removeClass("focus"); },
  };
  const withMod = { z: () => send(board, event.shiftKey ? "redo" : "undo"), y: () => send(board, "redo"), a: () => cy.nodes().filter((node) => node.visible()).select() };
  if (event.key === "Tab") { if (!walk(board, event.shiftKey ? -1 : 1)) return; }
  else if (mod && withMod[key]) withMod[key]();
  else if (!mod && plain[key]) plain[key]();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// Past the last node the focus leaves the canvas, so nobody is caught in it.
function walk(board, step) {
  const { cy } = board;
  const nodes = cy.nodes().filter((node) => node.visible()).sort((a, b) => a.position("y") - b.position("y") || a.position("x") - b.position("x"));
  const focused = cy.$("node.focus");
  const at = focused.empty() ? -1 : nodes.indexOf(focused);
  const next = at < 0 ? (step > 0 ? 0 : nodes.length - 1) : at + step;
  focused.removeClass("focus");
  if (next < 0 || next >= nodes.length) { board.tell(null); return false; }
  const node = nodes[next];
  node.addClass("focus");
  const place = node.renderedPosition();
  if (place.x < 20 || place.y < 20 || place.x > cy.width() - 20 || place.y > cy.height() - 20) cy.center(node);
  board.tell(node);
  return true;
}

function zoom(cy, by) {
  cy.zoom({ level: cy.zoom() * by, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
}
