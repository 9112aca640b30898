"use strict";
// Everything shown comes from the JSON block below and enters the page as text, never as markup.
(function () {
  const source = JSON.parse(document.getElementById("subgraph").textContent);
  const nodes = new vis.DataSet(source.nodes);
  const edges = new vis.DataSet(source.edges);
  const box = document.getElementById("network");
  const network = new vis.Network(box, { nodes: nodes, edges: edges }, source.options);
  const facts = document.getElementById("facts");

  // Physics finds the places once; after that a node stays where it is put.
  network.once("stabilizationIterationsDone", function () {
    network.setOptions({ physics: false });
    network.once("afterDrawing", function () {
      document.body.dataset.ready = "yes";
    });
    network.fit({ maxZoomLevel: 1.6 });
  });
  if (!source.nodes.length) document.body.dataset.ready = "yes";

  function show(lines) {
    facts.replaceChildren();
    for (const line of lines.split("\n")) {
      const cut = line.indexOf("：");
      const name = document.createElement("dt");
      const value = document.createElement("dd");
      name.textContent = cut < 0 ? "" : line.slice(0, cut);
      value.textContent = cut < 0 ? line : line.slice(cut + 1);
      facts.append(name, value);
    }
  }

  network.on("click", function (event) {
    if (event.nodes.length) show(nodes.get(event.nodes[0]).title);
    else if (event.edges.length) show(edges.get(event.edges[0]).title);
  });
  window.ringhound = { network: network, nodes: nodes, edges: edges };
})();
