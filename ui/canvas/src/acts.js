// What a person does to nodes: shown at once where it is only ours to know, and told to the server.
import { send } from "./memory.js";

const ids = (nodes) => nodes.map((node) => node.id());

export function expand(board, node, values = {}) {
  const type = node.data("type"), id = node.id();
  if (type === "memo") return;
  if (type === "group") { send(board, "open_group", { group: id }); return; }
  if (type === "more") { send(board, "more", { ids: [node.data("of")] }); return; }
  send(board, "expand", { ids: [id], quick: true, ...values });
}

export const preview = (board, node) => send(board, "counts", { ids: [node.id()] });
export const collapse = (board, node) => send(board, "collapse", { ids: [node.id()] });
export const actOn = (board, op, nodes) => nodes.nonempty() && send(board, op, { ids: ids(nodes) });

export function hide(board, nodes) {
  if (nodes.empty()) return;
  nodes.unselect();
  nodes.addClass("gone-local");
  send(board, "hide", { ids: ids(nodes) });
}

export function pin(board, nodes, on) {
  const some = nodes.filter((node) => !["more", "memo", "group"].includes(node.data("type")));
  if (some.empty()) return;
  some.forEach((node) => { node.data("pinned", on); node[on ? "lock" : "unlock"](); });
  send(board, "pin", { ids: ids(some), on });
}

export function moved(board, nodes) {
  const to = {};
  nodes.forEach((node) => {
    const { x, y } = node.position();
    if (node.data("type") === "memo") send(board, "memo", { memo: node.id().slice(5), text: node.data("label"), x, y });
    else if (!["more", "group"].includes(node.data("type"))) to[node.id()] = { x, y };
  });
  if (Object.keys(to).length) send(board, "move", { to });
}

// The shortest way between the first two selected nodes, over what is drawn.
export function path(board) {
  const { cy } = board, chosen = cy.$("node:selected");
  clear(board);
  if (chosen.length < 2) { board.say(board.t.choose_two); return; }
  const seen = cy.elements().filter((one) => one.visible());
  const found = seen.dijkstra({ root: chosen[0], directed: false }).pathTo(chosen[1]);
  if (!found.length || !found.contains(chosen[1])) { board.say(board.t.no_path); return; }
  cy.batch(() => { cy.elements().addClass("dim"); found.removeClass("dim").addClass("path"); });
}

export const clear = (board) => board.cy.elements(".path, .dim").removeClass("path dim");
