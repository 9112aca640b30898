// Brings the canvas to what the server says: by id, adding and removing only what differs.
import { icon, SHAPES } from "./looks.js";
import { pending } from "./memory.js";
import { setClass } from "./parts.js";

const MANY_EDGES = 400;

export function sync(board) {
  const { cy, data } = board;
  const started = performance.now();
  const nodes = new Map([...data.nodes, ...data.memos.map(memoNode)].map((node) => [node.id, node]));
  const edges = new Map(data.edges.map((edge) => [edge.id, edge]));
  const moved = pending(board, "move"), hidden = pending(board, "hide");
  let added = 0;
  cy.batch(() => {
    cy.elements().filter((one) => !(one.isNode() ? nodes : edges).has(one.id())).remove();
    added = putNodes(board, nodes, moved, hidden);
    putEdges(board, edges);
  });
  board.stats = { ...board.stats, nodes: nodes.size, edges: edges.size, added, sync: performance.now() - started };
  return added;
}

// Most nodes and edges are as they were: a short sign of each tells without asking the library.
function putNodes(board, nodes, moved, hidden) {
  const signs = new Map(), known = board.nodeSigns || new Map();
  let added = 0;
  for (const node of nodes.values()) {
    const sign = JSON.stringify({ ...node, x: 0, y: 0 });
    signs.set(node.id, sign);
    added += putNode(board, node, moved, hidden, known.get(node.id) === sign);
  }
  board.nodeSigns = signs;
  return added;
}

function putNode(board, node, moved, hidden, same) {
  const { cy } = board;
  const old = cy.getElementById(node.id);
  const values = same && old.nonempty() ? null : nodeValues(node);
  if (old.empty()) {
    cy.add({ group: "nodes", data: values, position: { x: node.x, y: node.y }, classes: hidden.has(node.id) ? "gone-local" : "" });
    if (node.pinned) cy.getElementById(node.id).lock();
    return 1;
  }
  if (values && changed(old.data(), values)) old.data(values);
  setClass(old, "gone-local", hidden.has(node.id));
  if (old.locked() !== !!node.pinned) old[node.pinned ? "lock" : "unlock"](); // said anew it would style the node anew
  const place = old.position();
  if (!moved.has(node.id) && !old.grabbed() && (Math.abs(place.x - node.x) > 0.05 || Math.abs(place.y - node.y) > 0.05)) {
    old.unlock();
    old.position({ x: node.x, y: node.y });
    if (node.pinned) old.lock();
  }
  return 0;
}

function nodeValues(node) {
  const colour = node.colour || "#ffffff";
  const size = node.size || 18;
  const text = node.note ? `${node.label}\n✎ ${clip(node.note)}` : node.label;
  return {
    id: node.id, type: node.type, label: node.label, text, colour, size, low: Math.round(size * 0.76), wide: 14 + textWidth(node.label), memo: Math.min(184, 14 + textWidth(node.label)), high: 12 + 14 * Math.ceil(textWidth(node.label) / 170), shape: SHAPES[node.type] || "ellipse",
    icon: icon(node.type, colour) || null, tip: node.tip, note: node.note || "", of: node.of || null,
    pinned: !!node.pinned, placeholder: !!node.placeholder, score: node.score ?? undefined, mark: node.mark || null,
  };
}

function putEdges(board, edges) {
  const signs = new Map(), known = board.signs || new Map(), curved = edges.size <= MANY_EDGES;
  for (const edge of edges.values()) {
    const sign = `${edge.count}|${edge.fund}|${edge.first}|${edge.last}|${edge.mark}|${curved}|${board.data.labels}|${edge.tip}`;
    signs.set(edge.id, sign);
    if (known.get(edge.id) !== sign) putEdge(board, edge, curved);
  }
  board.signs = signs;
}

function putEdge(board, edge, curved) {
  const { cy, data } = board;
  const old = cy.getElementById(edge.id);
  const values = {
    ...edge, text: data.kinds[edge.kind] || "", mark: edge.mark || null, style: edge.style || null,
    width: edge.count ? Math.min(4, 0.9 + 0.4 * Math.log2(edge.count)) : 1,
  };
  const classes = `${curved ? "curved" : ""} ${data.labels ? "named" : ""}`;
  if (old.empty()) { cy.add({ group: "edges", data: values, classes }); return; }
  if (changed(old.data(), values)) old.data(values);
  setClass(old, "curved", curved);
  setClass(old, "named", data.labels);
}

function changed(old, values) {
  for (const name in values) {
    const a = old[name], b = values[name];
    if (a !== b && (typeof a !== "object" || JSON.stringify(a) !== JSON.stringify(b))) return true;
  }
  return false;
}

// Canvas text has no width before it is drawn: a Chinese character is as wide as it is high, others about half.
function textWidth(text) {
  let sum = 0;
  for (const sign of text) sum += sign > "\u2e7f" ? 11.5 : 6.5;
  return sum;
}

const clip = (text) => (text.length > 24 ? `${text.slice(0, 23)}…` : text);

function memoNode(memo) {
  return { id: `memo:${memo.id}`, type: "memo", label: memo.text, x: memo.x, y: memo.y, tip: [], size: 30 };
}
