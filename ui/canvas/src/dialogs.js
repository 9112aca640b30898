// Two small dialogs over the canvas: counts by type before an expansion, and the text of a note.
import { send } from "./memory.js";
import { button, fill, make, placeIn } from "./parts.js";

export function dialogs(board) {
  board.dialog = make("div", "rh-dialog");
  board.dialog.setAttribute("role", "dialog");
  board.host.append(board.dialog);
  board.dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") { dismiss(board); }
  });
}

export function closeDialog(board) {
  board.dialog.style.display = "none";
  board.dialog.dataset.of = "";
}

function dismiss(board) {
  if (board.data.counts) send(board, "close");
  board.data.counts = null;
  closeDialog(board);
  board.host.focus();
}

// The server counted: show how many of which kind, and let the person choose before anything is added.
export function showCounts(board) {
  const { counts } = board.data;
  if (!counts) { if (board.dialog.dataset.kind === "counts") closeDialog(board); return; }
  if (board.dialog.dataset.of === counts.id && board.dialog.dataset.kind === "counts" && board.dialog.style.display === "block") {
    board.named(counts); // asked again with other choices: only the names are new
    return;
  }
  const node = board.cy.getElementById(counts.id);
  if (node.empty()) return;
  const form = make("form", "rh-form");
  const boxes = counts.rows.map((row) => countRow(board, row));
  const order = choice(board.t.order, counts.orders);
  const limit = field(board.t.at_most, { type: "number", min: 1, max: counts.most, value: counts.most });
  const least = field(board.t.min_yuan, { type: "number", min: 0, step: "any", value: "" });
  const greatest = field(board.t.max_yuan, { type: "number", min: 0, step: "any", value: "" });
  const windowed = field(board.t.windowed, { type: "checkbox" });
  const add = make("button", "rh-b rh-main", board.t.add);
  add.type = "submit";
  const names = make("div", "rh-names"), budget = make("div", "rh-budget");
  let named = [];
  board.named = (now) => {
    if (form.dataset.seq === String(now.seq)) return;
    form.dataset.seq = now.seq;
    named = now.names.map(nameRow);
    names.replaceChildren(...(named.length ? [make("h5", "", board.t.first), ...named.map((one) => one.row)] : []));
    budget.textContent = now.budget;
  };
  const kinds = () => boxes.filter((box) => box.input.checked).map((box) => box.kind);
  const asked = () => ({ ids: [counts.id], kinds: kinds().length === boxes.length ? [] : kinds(), order: order.input.value, limit: Number(limit.input.value) || counts.most, min_yuan: least.input.value || null, max_yuan: greatest.input.value || null, windowed: windowed.input.checked });
  for (const input of [...boxes.map((box) => box.input), order.input, limit.input, least.input, greatest.input, windowed.input]) {
    input.addEventListener("change", () => { if (kinds().length) send(board, "counts", asked()); });
  }
  board.named(counts);
  form.append(make("h4", "", counts.title), ...boxes.map((box) => box.row), names, budget, order.row, limit.row, least.row, greatest.row, windowed.row, foot(add, button(board.t.close, "close", () => dismiss(board))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!kinds().length) { board.say(board.t.choose_kind); return; }
    send(board, "expand", { ...asked(), without: named.filter((one) => !one.input.checked).map((one) => one.id) });
    board.data.counts = null;
    closeDialog(board);
    board.host.focus();
  });
  show(board, form, node.renderedPosition(), "counts", counts.id);
  add.focus({ preventScroll: true });
}

function nameRow(one) {
  const row = make("label", "rh-name"), input = make("input");
  input.type = "checkbox";
  input.checked = true;
  row.append(input, make("span", "rh-grow", one.name), make("i", "", one.about));
  return { row, input, id: one.id };
}

function countRow(board, row) {
  const label = make("label", "rh-count");
  const input = make("input");
  input.type = "checkbox";
  input.checked = row.total > row.present;
  input.disabled = !row.total;
  const numbers = row.present ? fill(board.t.of_present, { total: row.total.toLocaleString("en-US"), present: row.present.toLocaleString("en-US") }) : row.total.toLocaleString("en-US");
  label.append(input, make("span", "rh-grow", row.title), make("b", "", numbers));
  return { row: label, input, kind: row.kind };
}

function field(title, values) {
  const row = make("label", "rh-field"), input = make("input");
  Object.assign(input, values);
  row.append(make("span", "rh-grow", title), input);
  return { row, input };
}

function choice(title, options) {
  const row = make("label", "rh-field"), input = make("select");
  for (const [value, text] of options) { const option = make("option", "", text); option.value = value; input.append(option); }
  row.append(make("span", "rh-grow", title), input);
  return { row, input };
}

export function askNote(board, node, position = null) {
  const memo = !node || node.data("type") === "memo";
  const form = make("form", "rh-form"), text = make("textarea"), keep = make("button", "rh-b rh-main", board.t.keep);
  keep.type = "submit";
  text.rows = 3;
  text.maxLength = 400;
  text.value = node ? (memo ? node.data("label") : node.data("note")) : "";
  form.append(make("h4", "", node && !memo ? node.data("label") : board.t.memo), text, foot(keep, button(board.t.close, "close", () => dismiss(board))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    closeDialog(board);
    if (!memo) send(board, "note", { ids: [node.id()], text: text.value });
    else if (node) send(board, "memo", { memo: node.id().slice(5), text: text.value });
    else send(board, "memo", { text: text.value, x: position.x, y: position.y });
  });
  const pan = board.cy.pan(), zoom = board.cy.zoom();
  const place = node ? node.renderedPosition() : { x: position.x * zoom + pan.x, y: position.y * zoom + pan.y };
  show(board, form, place, "note", "");
  text.focus({ preventScroll: true });
}

function foot(...buttons) {
  const row = make("div", "rh-foot");
  row.append(...buttons);
  return row;
}

function show(board, form, place, kind, of) {
  board.dialog.replaceChildren(form);
  board.dialog.dataset.kind = kind;
  board.dialog.dataset.of = of;
  placeIn(board.host, board.dialog, place.x + 24, place.y - 20);
}
