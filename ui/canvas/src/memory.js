// What must outlive a remount of the component: the outbox and its numbers, kept on the page by draft.
// Triggers fired during a rerun get lost; a state that repeats every unacknowledged event does not.
const MEMORY = (globalThis.__ringhoundMemory ||= new Map());
const RETRY_MS = 2500;

export function memoryOf(draft, ack) {
  let memory = MEMORY.get(draft);
  if (!memory) MEMORY.set(draft, (memory = { seq: ack, outbox: [], granted: ack, attempt: 0 }));
  // After a browser reload the page counts from nothing while the server does not.
  if (memory.seq < ack) memory.seq = ack;
  memory.outbox = memory.outbox.filter((event) => event.seq > ack);
  return memory;
}

export function send(board, op, values = {}) {
  if (board.readOnly && op !== "window") return;
  const { memory } = board;
  memory.outbox.push({ seq: ++memory.seq, op, ...values });
  board.theirs = true; // whoever works in a view wants to keep it
  board.sentAt = performance.now();
  post(board);
}

function post(board) {
  clearTimeout(board.retry);
  const { memory } = board;
  if (!memory.outbox.length || !board.component.setStateValue) return;
  board.component.setStateValue("outbox", memory.outbox.map((event) => ({ ...event, attempt: memory.attempt, draft: board.data.draft })));
  board.retry = setTimeout(() => { memory.attempt += 1; post(board); }, RETRY_MS);
}

// Called with every answer of the server: what it has applied is forgotten, the rest is sent again in time.
export function acknowledge(board) {
  board.memory = memoryOf(board.data.draft, board.data.ack);
  clearTimeout(board.retry);
  if (board.memory.outbox.length) board.retry = setTimeout(() => { board.memory.attempt += 1; post(board); }, RETRY_MS);
}

// Ids that events under way speak of: what the server says of them is older than what the person did.
export function pending(board, op) {
  const ids = new Map();
  for (const event of board.memory.outbox) {
    if (event.op !== op) continue;
    for (const id of event.ids || Object.keys(event.to || {})) ids.set(id, event);
  }
  return ids;
}

export const isPending = (board, op) => board.memory.outbox.some((event) => event.op === op);
