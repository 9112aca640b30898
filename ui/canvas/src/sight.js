// What part of the scene is seen: fitting it beside the legend, and moving it as a picture.
const EDGE = 34;
const CLOSEST = 1.2;
const MANY = 250; // nodes and relations: below, the hand never waits for the drawing

// The scene stands beside the legend, not under it; on a narrow canvas the legend is left out of account.
export function fit(board) {
  const { cy, host, legend } = board;
  const nodes = cy.nodes().filter((node) => node.visible());
  if (nodes.empty() || !host.clientWidth) return false;
  cy.resize();
  const column = legend.hidden ? 0 : legend.offsetLeft + legend.offsetWidth;
  const left = column < host.clientWidth / 3 ? column : 0;
  const wide = host.clientWidth - left, high = host.clientHeight, box = nodes.boundingBox();
  const zoom = Math.min((wide - 2 * EDGE) / box.w, (high - 2 * EDGE) / box.h, CLOSEST);
  const level = Math.max(zoom, cy.minZoom());
  cy.viewport({ zoom: level, pan: { x: left + (wide - level * (box.x1 + box.x2)) / 2, y: (high - level * (box.y1 + box.y2)) / 2 } });
  return true;
}

// Until a person moves the view it follows the size of the window; afterwards it is theirs.
// Fitting would also close a menu that is open, as when the facts of what was clicked make the page scroll.
export function follow(board) {
  board.cy.on("dragpan scrollzoom pinchzoom", () => { board.fitted = true; board.theirs = true; });
  board.watch = new ResizeObserver(() => {
    board.cy.resize();
    if (!board.theirs && board.menu.style.display !== "block") board.fitted = fit(board);
    board.resized();
  });
  board.watch.observe(board.host);
  keepPlace(board);
}

// What stands above the canvas may come, grow and go, which moves the canvas without resizing it;
// the library remembers where it stood, and every click would go to the old place.
function keepPlace(board) {
  let known = "";
  for (const kind of ["pointermove", "pointerdown", "wheel"]) {
    board.host.addEventListener(kind, () => {
      const { left, top } = board.host.getBoundingClientRect();
      if (known === `${left},${top}`) return;
      known = `${left},${top}`;
      board.cy.renderer().invalidateContainerClientCoordsCache(); // resize() would also close menus
    }, { capture: true, passive: true });
  }
}

// A scene of some size is moved as a picture, which is drawn anew when the hand lets go.
export function lighten(board) {
  const renderer = board.cy.renderer(), { nodes, edges } = board.data;
  renderer.textureOnViewport = nodes.length + edges.length > MANY;
}
