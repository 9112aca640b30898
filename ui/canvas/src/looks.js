// How nodes and edges look. A type has a shape and a picture of its own, so it is read without colour.
export const SHAPES = {
  person: "ellipse", card: "round-rectangle", doctor: "round-hexagon", institution: "round-diamond",
  terminal: "bottom-round-rectangle", phone: "round-octagon", address: "round-tag", account: "barrel",
  employer: "round-pentagon", drug_box: "cut-rectangle", ring: "round-heptagon", group: "concave-hexagon",
  more: "round-rectangle",
};

const PICTURES = {
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4 21c0-5 4-7 8-7s8 2 8 7z",
  card: "M2 5h20v14H2zM2 9h20v3H2zM5 15h6v1.5H5z",
  doctor: "M9.5 3h5v6.5H21v5h-6.5V21h-5v-6.5H3v-5h6.5z",
  institution: "M4 21V9l8-6 8 6v12h-5v-6H9v6zM11 7h2v2h2v2h-2v2h-2v-2H9V9h2z",
  terminal: "M6 3h12v18H6zM8 5v5h8V5zM8 13h2v2H8zM11 13h2v2h-2zM14 13h2v2h-2zM8 17h2v2H8zM11 17h2v2h-2zM14 17h2v2h-2z",
  phone: "M6 3l4 1 1 5-2.5 2c1 2.5 2 3.5 4.5 4.5l2-2.5 5 1 1 4c-1 2-3 3-5 3C9 20 4 14 3 8c0-2 1-4 3-5z",
  address: "M12 2a7 7 0 0 1 7 7c0 5-7 13-7 13S5 14 5 9a7 7 0 0 1 7-7zm0 4.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  account: "M5 3h3l4 7 4-7h3l-4.8 8H18v2h-4.700v2H18v2h-4.700v4h-2.600v-4H6v-2h4.700v-2H6v-2h3.8z",
  employer: "M9 6V4h6v2h6v14H3V6zm2 0h2V5.5h-2zM3 12h18v1.5H3z",
  drug_box: "M7.5 4a4.5 4.5 0 0 1 3.200 1.300l8 8a4.5 4.5 0 0 1-6.400 6.400l-8-8A4.5 4.5 0 0 1 7.5 4zm3 9.5l3.5 3.5 1-1-3.5-3.5z",
  ring: "M12 3a3 3 0 0 1 1.5 5.5l3 5.5a3 3 0 1 1-1.5 2H9a3 3 0 1 1-1.5-2l3-5.5A3 3 0 0 1 12 3z",
  group: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
};
const FONT = '"Noto Sans CJK SC","Noto Sans SC","Microsoft YaHei","PingFang SC",sans-serif';
const MARKS = { added: "#0a7d38", gone: "#b42318", changed: "#9a6700" };

function dark(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  return 0.2126 * r ** 2.2 + 0.7152 * g ** 2.2 + 0.0722 * b ** 2.2 < 0.36;
}

const ICONS = new Map();
export function icon(type, colour) {
  const ink = dark(colour) ? "#fff" : "#1b1f24";
  const name = type + ink;
  if (!ICONS.has(name) && PICTURES[type]) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="48" height="48"><path fill="${ink}" fill-rule="evenodd" d="${PICTURES[type]}"/></svg>`;
    ICONS.set(name, `data:image/svg+xml,${encodeURIComponent(svg)}`);
  }
  return ICONS.get(name);
}

export function picture(type, colour) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of [["d", PICTURES[type] || ""], ["fill", colour], ["fill-rule", "evenodd"]]) path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

export function themeOf(element) {
  const css = getComputedStyle(element);
  const read = (name, otherwise) => css.getPropertyValue(name).trim() || otherwise;
  return {
    text: read("--st-text-color", "#1f2328"), back: read("--st-background-color", "#ffffff"),
    accent: read("--st-primary-color", "#0b5cad"), line: read("--st-border-color-light", ""),
  };
}

// Many nodes are drawn plainly: outlines around letters cost more than everything else without a graphics card.
export function styleOf(theme, plain = false) {
  const isDark = theme.back.startsWith("#") && dark(theme.back.length === 4 ? theme.back.replace(/[0-9a-f]/gi, "$&$&") : theme.back);
  const edge = isDark ? "#6e7681" : "#a4abb4";
  const faint = isDark ? "#c9d1d9" : "#57606a";
  return [
    { selector: "node", style: {
      "background-color": "data(colour)", label: "data(text)", width: "data(size)", height: "data(size)", shape: "data(shape)",
      "font-size": 11, "font-family": FONT, "min-zoomed-font-size": plain ? 9 : 7, "text-valign": "bottom", "text-margin-y": 3, "text-wrap": "wrap",
      color: theme.text, "text-outline-width": plain ? 0 : 2, "text-outline-color": theme.back, "border-width": 1, "border-color": isDark ? "#f0f6fc" : "#24292f", "border-opacity": 0.55 } },
    { selector: "node[?icon]", style: { "background-image": "data(icon)", "background-width": "58%", "background-height": "58%" } },
    { selector: "node[type='card'], node[type='terminal']", style: { height: "data(low)" } },
    { selector: "node[?placeholder]", style: { "border-style": "dashed", "border-width": 2, "background-opacity": 0.45 } },
    { selector: "node[score]", style: { "border-color": theme.accent, "border-opacity": 1, "border-width": "mapData(score, 0, 1, 1, 5)" } },
    { selector: "node[?pinned]", style: { "underlay-color": theme.text, "underlay-opacity": 0.18, "underlay-padding": 5, "underlay-shape": "ellipse" } },
    { selector: "node[type='more']", style: { "background-color": theme.back, "border-style": "dashed", "border-color": faint, "border-opacity": 1, width: "data(wide)", height: 20, "text-valign": "center", "text-margin-y": 0, "font-size": 11 } },
    { selector: "node[type='group']", style: { "font-size": 13, "font-weight": "bold" } },
    { selector: "node[type='memo']", style: { "background-color": isDark ? "#4b4420" : "#fff6cc", "border-color": isDark ? "#8a7a2a" : "#d4b106", shape: "round-rectangle", width: "data(memo)", height: "data(high)", padding: 4, "text-valign": "center", "text-margin-y": 0, "text-max-width": 170, "text-halign": "center", "text-outline-width": 0 } },
    { selector: "edge", style: { width: "data(width)", "line-color": edge, "curve-style": "haystack", "haystack-radius": 0.25, opacity: 0.75 } },
    { selector: "edge.curved", style: { "curve-style": "bezier", "control-point-step-size": 26, "target-arrow-shape": "triangle", "target-arrow-color": edge, "arrow-scale": 0.65 } },
    { selector: "edge.named, edge.hot, edge:selected", style: { label: "data(text)", "font-size": 9, "font-family": FONT, "min-zoomed-font-size": 6, "text-rotation": "autorotate", color: faint, "text-outline-width": 2, "text-outline-color": theme.back } },
    { selector: "edge[style='inferred']", style: { "line-style": "dashed", "line-dash-pattern": [7, 4], "line-color": theme.accent, opacity: 1 } },
    { selector: "edge[style='lawful']", style: { "line-style": "dotted", "line-color": isDark ? "#7ee2b8" : "#0a7d5c", width: 2.5, opacity: 1 } },
    { selector: "edge[kind='more']", style: { "line-style": "dashed", width: 1, opacity: 0.6 } },
    ...Object.entries(MARKS).flatMap(([mark, colour]) => [
      { selector: `node[mark='${mark}']`, style: { "border-color": colour, "border-width": 4, "border-opacity": 1, "border-style": mark === "gone" ? "dashed" : mark === "changed" ? "double" : "solid" } },
      { selector: `edge[mark='${mark}']`, style: { "line-color": colour, width: 3, opacity: 1, "line-style": mark === "gone" ? "dashed" : "solid" } },
    ]),
    { selector: "node:selected", style: { "overlay-color": theme.accent, "overlay-opacity": 0.22, "overlay-padding": 6 } },
    { selector: "node.focus", style: { "outline-width": 3, "outline-color": theme.accent, "outline-offset": 4 } },
    { selector: "edge:selected, edge.hot", style: { "line-color": theme.accent, opacity: 1 } },
    { selector: ".out, .gone-local, .off", style: { display: "none" } },
    { selector: "node.still", style: { opacity: 0.25 } },
    { selector: ".dim", style: { opacity: 0.14 } },
    { selector: "node.path", style: { "overlay-color": theme.accent, "overlay-opacity": 0.25, "overlay-padding": 7, opacity: 1 } },
    { selector: "edge.path", style: { "line-color": theme.accent, "target-arrow-color": theme.accent, width: 4, opacity: 1 } },
  ];
}
