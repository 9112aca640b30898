// What shapes and lines mean, with switches for kinds of relations; and the small overview.
import { picture } from "./looks.js";
import { send } from "./memory.js";
import { make, setClass } from "./parts.js";

export function legendOf(board) {
  const panel = make("div", "rh-legend");
  panel.setAttribute("aria-label", board.t.legend);
  board.legend = panel;
  return panel;
}

export function fillLegend(board) {
  const { data, legend, t } = board;
  const known = JSON.stringify([data.legend, data.relations, board.theme.text]);
  if (legend.dataset.known === known) return;
  legend.dataset.known = known;
  const rows = data.legend.map((entry) => {
    const row = make("div", "rh-key");
    row.append(picture(entry.type, entry.colour), make("span", "rh-grow", entry.title), make("i", "", String(entry.count)));
    return row;
  });
  legend.replaceChildren(make("h5", "", t.nodes), ...rows, make("h5", "", t.relation_types), ...data.relations.map((entry) => relation(board, entry)));
}

function relation(board, entry) {
  const row = make("label", "rh-key"), box = make("input"), line = make("span", `rh-line ${entry.style}`);
  box.type = "checkbox";
  box.checked = entry.on && !board.off.has(entry.type);
  box.dataset.relation = entry.type;
  box.addEventListener("change", () => {
    board.off[box.checked ? "delete" : "add"](entry.type);
    applyOff(board);
    send(board, "types", { off: [...board.off] });
  });
  row.append(box, line, make("span", "rh-grow", entry.title), make("i", "", String(entry.count)));
  return row;
}

export function applyOff(board) {
  if (!board.off.size && !board.offed) return;
  board.offed = board.off.size > 0;
  board.cy.batch(() => board.cy.edges().forEach((edge) => setClass(edge, "off", board.off.has(edge.data("kind")))));
}

const WIDE = 150, HIGH = 100;

export function overviewOf(board) {
  const canvas = make("canvas", "rh-overview");
  [canvas.width, canvas.height] = [WIDE, HIGH];
  canvas.hidden = true;
  canvas.title = board.t.overview;
  board.overview = canvas;
  let frame = 0;
  const later = () => { if (!canvas.hidden && !frame) frame = requestAnimationFrame(() => { frame = 0; paint(board); }); };
  board.cy.on("pan zoom add remove position", later);
  new MutationObserver(later).observe(canvas, { attributes: true, attributeFilter: ["hidden"] });
  canvas.addEventListener("pointerdown", (event) => {
    const { box, scale } = board.overviewScale;
    const x = (event.offsetX - 4) / scale + box.x1, y = (event.offsetY - 4) / scale + box.y1;
    board.cy.pan({ x: board.cy.width() / 2 - x * board.cy.zoom(), y: board.cy.height() / 2 - y * board.cy.zoom() });
  });
  return canvas;
}

function paint(board) {
  const { cy, overview, theme } = board, pen = overview.getContext("2d");
  pen.clearRect(0, 0, WIDE, HIGH);
  const nodes = cy.nodes().filter((node) => node.visible());
  if (nodes.empty()) return;
  const box = nodes.boundingBox({ includeLabels: false });
  const scale = Math.min((WIDE - 8) / Math.max(box.w, 1), (HIGH - 8) / Math.max(box.h, 1));
  board.overviewScale = { box, scale };
  nodes.forEach((node) => {
    pen.fillStyle = node.data("colour");
    pen.fillRect(4 + (node.position("x") - box.x1) * scale - 1, 4 + (node.position("y") - box.y1) * scale - 1, 2.5, 2.5);
  });
  const seen = cy.extent();
  pen.strokeStyle = theme.accent;
  pen.strokeRect(4 + (seen.x1 - box.x1) * scale, 4 + (seen.y1 - box.y1) * scale, seen.w * scale, seen.h * scale);
}
