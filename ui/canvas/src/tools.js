// The bar above the canvas, the lasso, the line that says what happened, and the picture file.
import { clear, hide, path, pin } from "./acts.js";
import { send } from "./memory.js";
import { fit } from "./sight.js";
import { button, fill, make } from "./parts.js";

export function tools(board) {
  const { t } = board;
  const bar = make("div", "rh-bar"), status = make("span", "rh-status");
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", t.tools);
  status.setAttribute("role", "status");
  board.say = (text) => { status.textContent = text; status.title = text; };
  const chosen = () => board.cy.$("node:selected");
  const groups = [
    [["fit", t.fit, () => fit(board), "F"], ["lasso", t.lasso, () => lasso(board), "L"], ["path", t.path, () => path(board), ""], ["clear", t.clear, () => clear(board), ""]],
    [["hide", t.hide, () => hide(board, chosen()), "Del"], ["pin", t.pin, () => pin(board, chosen(), chosen().some((node) => !node.data("pinned"))), "P"]],
    [["undo", t.undo, () => send(board, "undo"), "Ctrl+Z"], ["redo", t.redo, () => send(board, "redo"), "Ctrl+Y"], ["layout", t.layout, () => send(board, "layout"), ""]],
    [["legend", t.legend, () => board.legend.toggleAttribute("hidden"), ""], ["map", t.overview, () => board.overview.toggleAttribute("hidden"), ""], ["png", "PNG", () => askPicture(board), ""]],
  ];
  const kept = board.readOnly ? [groups[0], groups[3]] : groups;
  for (const group of kept) {
    const part = make("span", "rh-group");
    for (const [act, label, run, key] of group) part.append(button(label, act, run, key ? `${label} (${key})` : label));
    bar.append(part);
  }
  bar.append(status);
  board.bar = bar;
  return bar;
}

export function enable(board) {
  const able = { undo: board.data.undo, redo: board.data.redo };
  for (const [act, on] of Object.entries(able)) {
    const one = board.bar.querySelector(`[data-act=${act}]`);
    if (one) one.disabled = !on;
  }
  const { counts, hidden, gone } = board.data;
  const words = [board.data.message];
  if (!counts && hidden) words.push(fill(board.t.hidden_count, { count: hidden }));
  if (gone) words.push(fill(board.t.gone_count, { count: gone }));
  board.say(words.filter(Boolean).join(" · "));
}

// Nothing leaves before it is entered in the audit: the server grants, then the file is made.
function askPicture(board) {
  if (board.readOnly) savePicture(board);
  else send(board, "grant", { what: "png" });
}

export function granted(board) {
  const { grant } = board.data, { memory } = board;
  if (!grant || grant.seq <= memory.granted) return;
  memory.granted = grant.seq;
  if (grant.what === "png") savePicture(board);
}

function savePicture(board) {
  const blob = board.cy.png({ full: true, scale: 2, maxWidth: 8000, maxHeight: 8000, bg: board.theme.back, output: "blob" });
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${board.data.file || "scene"}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function lassoLayer(board) {
  const layer = make("canvas", "rh-lasso");
  let points = null;
  layer.addEventListener("pointerdown", (event) => {
    [layer.width, layer.height] = [layer.clientWidth, layer.clientHeight];
    points = [[event.offsetX, event.offsetY]];
    layer.setPointerCapture(event.pointerId);
  });
  layer.addEventListener("pointermove", (event) => { if (points) { points.push([event.offsetX, event.offsetY]); outline(board, layer, points); } });
  layer.addEventListener("pointerup", (event) => {
    const drawn = points;
    points = null;
    layer.getContext("2d").clearRect(0, 0, layer.width, layer.height);
    if (drawn && drawn.length > 2) choose(board, drawn, event.shiftKey);
    lasso(board, false);
  });
  board.lassoLayer = layer;
  return layer;
}

export function lasso(board, on = !board.lassoing) {
  board.lassoing = on;
  board.lassoLayer.classList.toggle("on", on);
  board.bar.querySelector("[data-act=lasso]").classList.toggle("on", on);
}

function outline(board, layer, points) {
  const pen = layer.getContext("2d");
  pen.clearRect(0, 0, layer.width, layer.height);
  pen.beginPath();
  points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.closePath();
  pen.globalAlpha = 0.12;
  pen.fillStyle = board.theme.accent;
  pen.fill();
  pen.globalAlpha = 1;
  pen.strokeStyle = board.theme.accent;
  pen.setLineDash([5, 4]);
  pen.stroke();
}

function choose(board, points, more) {
  const inside = (x, y) => points.reduce((odd, [xi, yi], at) => {
    const [xj, yj] = points[(at + points.length - 1) % points.length];
    return yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi ? !odd : odd;
  }, false);
  board.cy.batch(() => {
    if (!more) board.cy.elements().unselect();
    board.cy.nodes().filter((node) => node.visible() && inside(node.renderedPosition("x"), node.renderedPosition("y"))).select();
  });
}
