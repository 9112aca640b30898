// One canvas: built once per element, brought up to date with every answer of the server.
import cytoscape from "cytoscape";
import { expand, moved } from "./acts.js";
import { dialogs, showCounts } from "./dialogs.js";
import { keyboard } from "./keys.js";
import { applyOff, fillLegend, legendOf, overviewOf } from "./legend.js";
import { styleOf, themeOf } from "./looks.js";
import { acknowledge, memoryOf } from "./memory.js";
import { menus } from "./menu.js";
import { make } from "./parts.js";
import { fit, follow, lighten } from "./sight.js";
import { sync } from "./sync.js";
import { applyWindow, paint, readTimes, stop, timebar } from "./timebar.js";
import { tips } from "./tip.js";
import { enable, granted, lassoLayer, tools } from "./tools.js";

const SELECT_MS = 200;
const MANY_NODES = 250;

export function mount(component) {
  const { data, parentElement } = component;
  const board = {
    component, data, t: data.t, root: parentElement, readOnly: !!data.readOnly, off: new Set(), stats: {},
    memory: memoryOf(data.draft, data.ack), host: make("div", "rh-host"), wrap: make("div", "rh"),
  };
  const drawing = make("div", "rh-cy");
  board.host.append(drawing, lassoLayer(board));
  board.wrap.append(tools(board), board.host);
  parentElement.append(board.wrap);
  // Bar, canvas and time bar fit into one window below the search.
  board.host.style.height = `${data.height || Math.max(380, innerHeight - 290)}px`;
  board.theme = themeOf(board.wrap);
  board.cy = cytoscape({
    container: drawing, style: styleOf(board.theme), boxSelectionEnabled: true, selectionType: "single",
    minZoom: 0.05, maxZoom: 4,
  });
  board.host.append(legendOf(board), overviewOf(board));
  board.legend.hidden = !!data.compact;
  board.wrap.append(timebar(board));
  dialogs(board);
  menus(board);
  tips(board);
  keyboard(board);
  listen(board);
  globalThis.__ringhoundCanvas = board;
  return board;
}

function listen(board) {
  const { cy } = board;
  cy.on("dbltap", "node", (event) => expand(board, event.target));
  cy.on("dragfree", "node", (event) => moved(board, event.target.selected() ? cy.$("node:selected") : event.target));
  let timer = 0;
  cy.on("select unselect", "node", () => {
    clearTimeout(timer);
    timer = setTimeout(() => report(board), SELECT_MS);
  });
  board.resized = () => paint(board);
  follow(board);
}

// While an event is under way the selection waits: a second message would make the server begin anew.
function report(board) {
  if (board.memory.outbox.length) { board.unreported = true; return; }
  board.unreported = false;
  const ids = board.cy.$("node:selected").filter((node) => !["more", "memo"].includes(node.data("type"))).map((node) => node.id());
  const known = JSON.stringify(ids);
  if (known === board.reported || !board.component.setStateValue) return;
  board.reported = known;
  board.component.setStateValue("selected", ids);
}

export function update(board, component) {
  const started = performance.now();
  const was = board.data;
  board.component = component;
  board.data = unpacked(component.data);
  board.t = board.data.t;
  acknowledge(board);
  restyle(board);
  if (was.draft !== board.data.draft || board.data.refit !== was.refit) board.fitted = board.theirs = false;
  const added = sync(board);
  lighten(board);
  board.off = new Set(board.data.relations.filter((entry) => !entry.on).map((entry) => entry.type));
  applyOff(board);
  fillLegend(board);
  readTimes(board);
  applyWindow(board);
  if (!board.fitted) board.fitted = fit(board);
  showCounts(board);
  enable(board);
  granted(board);
  finish(board, started, added);
}

// Edges come as rows that name nodes by number.
function unpacked(data) {
  const edges = data.edges.map(([kind, from, to, count, fund, first, last, style, mark, tip]) => {
    const source = data.nodes[from].id, target = data.nodes[to].id;
    return { id: `${kind}|${source}|${target}`, kind, source, target, count, fund, first, last, style, mark, tip };
  });
  return { ...data, edges };
}

function restyle(board) {
  const theme = themeOf(board.wrap), plain = board.data.nodes.length > MANY_NODES;
  const known = JSON.stringify([theme, plain]);
  if (known === board.styled) return;
  board.styled = known;
  board.theme = theme;
  board.cy.style(styleOf(theme, plain));
}

function finish(board, started, added) {
  const now = performance.now();
  Object.assign(board.stats, { update: now - started, readyAt: performance.timeOrigin + now, ack: board.data.ack, added });
  if (board.sentAt && !board.memory.outbox.length) { board.stats.roundTrip = now - board.sentAt; board.sentAt = 0; }
  if (board.unreported) report(board);
  board.stats.updates = (board.stats.updates || 0) + 1;
}

export function unmount(board) {
  stop(board);
  clearTimeout(board.retry);
  board.watch.disconnect();
  board.cy.destroy();
  board.wrap.remove();
}
