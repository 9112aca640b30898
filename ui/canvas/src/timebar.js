// The time bar: relations active per week, a window that filters live while it is dragged, and playing.
import { isPending, send } from "./memory.js";
import { button, day, make, setClass } from "./parts.js";

const WEEK = 7 * 86400e3;
const STEP_MS = 350;

export function timebar(board) {
  const row = make("div", "rh-time"), canvas = make("canvas", "rh-tl"), text = make("span", "rh-when");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "slider");
  const play = button("▶", "play", () => toggle(board), board.t.play);
  const all = button(board.t.all_time, "all-time", () => { stop(board); setWindow(board, [null, null], true); });
  row.append(play, all, canvas, text);
  board.time = { row, canvas, text, play, range: null, weeks: [], window: [null, null], timer: 0 };
  drag(board);
  canvas.addEventListener("keydown", (event) => keys(board, event));
  return row;
}

export function readTimes(board) {
  const { time, data } = board;
  let low = Infinity, high = -Infinity;
  for (const edge of data.edges) {
    if (edge.first == null || edge.last == null) continue;
    if (edge.first < low) low = edge.first;
    if (edge.last > high) high = edge.last;
  }
  time.row.style.display = low < high ? "" : "none";
  time.range = low < high ? [low, high + 1] : null;
  if (!time.range) return;
  const count = Math.max(1, Math.min(160, Math.ceil((high - low) / WEEK)));
  const width = (time.range[1] - low) / count;
  const steps = new Array(count + 1).fill(0);
  for (const edge of data.edges) {
    if (edge.first == null || edge.last == null) continue;
    steps[Math.floor((edge.first - low) / width)] += 1;
    steps[Math.min(count, Math.floor((edge.last - low) / width) + 1)] -= 1;
  }
  let sum = 0;
  time.weeks = steps.slice(0, count).map((step) => (sum += step));
  if (!time.dragging && !time.timer && !isPending(board, "window")) time.window = data.window;
  paint(board);
}

// Register facts carry no time and are always drawn; a node whose timed relations are all out of the window fades.
export function applyWindow(board) {
  const { cy, time } = board;
  const started = performance.now();
  const [since, until] = time.window;
  const open = since == null && until == null;
  if (open && !time.filtered) return;
  time.filtered = !open;
  cy.batch(() => {
    const timed = new Set(), active = new Set();
    cy.edges().forEach((edge) => {
      const { first, last, source, target } = edge.data();
      if (first == null || last == null) return;
      const on = (since == null || last >= since) && (until == null || first < until);
      setClass(edge, "out", !on);
      for (const end of [source, target]) { timed.add(end); if (on) active.add(end); }
    });
    cy.nodes().forEach((node) => setClass(node, "still", timed.has(node.id()) && !active.has(node.id())));
  });
  board.stats.window = performance.now() - started;
}

function setWindow(board, window, final) {
  board.time.window = window;
  paint(board);
  cancelAnimationFrame(board.time.frame);
  board.time.frame = requestAnimationFrame(() => applyWindow(board));
  if (final) send(board, "window", { since: window[0], until: window[1] });
}

export function paint(board) {
  const { canvas, range, weeks, window, text } = board.time;
  if (!range) return;
  const wide = (canvas.width = canvas.clientWidth || 600), high = (canvas.height = 40);
  const pen = canvas.getContext("2d"), most = Math.max(...weeks, 1), bar = wide / weeks.length;
  const [from, to] = inside(board);
  weeks.forEach((value, at) => {
    const middle = range[0] + ((at + 0.5) / weeks.length) * (range[1] - range[0]);
    pen.fillStyle = middle >= from && middle <= to ? board.theme.accent : "#9aa4b0";
    pen.fillRect(at * bar, high - (value / most) * (high - 4), Math.max(1, bar - 1), (value / most) * (high - 4));
  });
  if (window[0] != null || window[1] != null) {
    const [a, b] = [from, to].map((value) => ((value - range[0]) / (range[1] - range[0])) * wide);
    pen.strokeStyle = board.theme.text;
    pen.lineWidth = 1.5;
    pen.strokeRect(a + 1, 1, Math.max(3, b - a - 2), high - 2);
  }
  text.textContent = `${day(from)} – ${day(to - 1)}`;
  canvas.setAttribute("aria-label", board.t.time_bar);
  canvas.setAttribute("aria-valuetext", text.textContent);
}

function inside(board) {
  const { range, window } = board.time;
  return [Math.max(range[0], window[0] ?? range[0]), Math.min(range[1], window[1] ?? range[1])];
}

function drag(board) {
  const { time } = board, { canvas } = time;
  const at = (event) => time.range[0] + Math.max(0, Math.min(1, event.offsetX / canvas.clientWidth)) * (time.range[1] - time.range[0]);
  canvas.addEventListener("pointerdown", (event) => { if (time.range) { stop(board); time.dragging = at(event); canvas.setPointerCapture(event.pointerId); } });
  canvas.addEventListener("pointermove", (event) => {
    if (time.dragging == null) return;
    const here = at(event);
    setWindow(board, [Math.round(Math.min(time.dragging, here)), Math.round(Math.max(time.dragging, here))], false);
  });
  canvas.addEventListener("pointerup", (event) => {
    if (time.dragging == null) return;
    const short = Math.abs(at(event) - time.dragging) < (time.range[1] - time.range[0]) / 200;
    time.dragging = null;
    setWindow(board, short ? [null, null] : time.window, true);
  });
}

function shift(board, by) {
  const [from, to] = inside(board), { range } = board.time;
  const wide = to - from, start = Math.max(range[0], Math.min(from + by, range[1] - wide));
  return [Math.round(start), Math.round(start + wide)];
}

function keys(board, event) {
  if (!board.time.range) return;
  const [from, to] = inside(board);
  const moves = {
    ArrowLeft: () => shift(board, -WEEK), ArrowRight: () => shift(board, WEEK),
    ArrowUp: () => [from, Math.min(to + WEEK, board.time.range[1])], ArrowDown: () => [from, Math.max(to - WEEK, from + WEEK)],
    Escape: () => [null, null],
  };
  if (!moves[event.key]) return;
  event.preventDefault();
  event.stopPropagation();
  setWindow(board, moves[event.key](), true);
}

function toggle(board) {
  const { time } = board;
  if (!time.range) return;
  if (time.timer) { stop(board); send(board, "window", { since: time.window[0], until: time.window[1] }); return; }
  const whole = time.window[0] == null && time.window[1] == null;
  const all = time.range[1] - time.range[0];
  const wide = whole ? Math.min(Math.max(WEEK * 2, all / 12), all / 4) : inside(board)[1] - inside(board)[0];
  if (whole || inside(board)[1] >= time.range[1]) time.window = [time.range[0], Math.round(time.range[0] + wide)];
  time.play.textContent = "❚❚";
  time.timer = setInterval(() => {
    setWindow(board, shift(board, wide / 4), false);
    if (inside(board)[1] >= time.range[1]) toggle(board);
  }, STEP_MS);
}

export function stop(board) {
  clearInterval(board.time.timer);
  board.time.timer = 0;
  board.time.play.textContent = "▶";
}
