// Facts of what the pointer or the keyboard is on.
import { day, make, placeIn, yuan } from "./parts.js";

export function tips(board) {
  const { cy, host } = board;
  const tip = make("div", "rh-tip"), spoken = make("div", "rh-spoken");
  spoken.setAttribute("aria-live", "polite");
  host.append(tip, spoken);
  const hidden = () => { tip.style.display = "none"; cy.edges(".hot").removeClass("hot"); };
  const show = (one, place) => {
    tip.replaceChildren(...lines(board, one).map((line, at) => make("div", at ? "" : "rh-head", line)));
    if (tip.childElementCount) placeIn(host, tip, place.x + 16, place.y + 14);
  };
  cy.on("mouseover", "node, edge", (event) => { if (event.target.isEdge()) event.target.addClass("hot"); show(event.target, event.renderedPosition); });
  cy.on("mouseout tapstart pan zoom", hidden);
  board.tell = (node) => {
    hidden();
    if (!node) { spoken.textContent = ""; return; }
    show(node, node.renderedPosition());
    spoken.textContent = [...lines(board, node), `${node.degree()} ${board.t.relations}`].join("，");
  };
}

function lines(board, one) {
  const data = one.data();
  if (one.isNode()) return [data.label, ...(data.note ? [`✎ ${data.note}`] : []), ...(data.mark ? [board.t[data.mark]] : []), ...(data.tip || [])].filter(Boolean);
  if (data.kind === "more") return [];
  const name = (id) => board.cy.getElementById(id).data("label");
  const head = [`${name(data.source)} → ${name(data.target)}`, board.data.kinds[data.kind], ...(data.mark ? [board.t[data.mark]] : [])];
  if (data.tip) return [...head, ...data.tip];
  if (data.count == null) return [...head, board.t.register_fact];
  const when = data.first == null ? [] : [`${day(data.first)} – ${day(data.last)}`];
  return [...head, `${board.t.count}：${data.count.toLocaleString("en-US")}`, `${board.t.fund}：${yuan(data.fund)}`, ...when];
}
