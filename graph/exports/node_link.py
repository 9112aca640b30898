"""JSON in the node-link shape that networkx, D3 and Sigma read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from graph.exports.flat import edge_record, node_record
from graph.exports.form import About
from graph.store import Subgraph


@dataclass(frozen=True)
class NodeLink:
    """`networkx.node_link_graph(data, edges="edges")` reads it back; edge keys are serial numbers."""

    name: str = "json"
    suffix: str = ".json"

    def render(self, subgraph: Subgraph, about: About) -> Mapping[str, bytes]:
        """See `Form`."""
        document = {
            "directed": True,
            "multigraph": True,
            "graph": {
                "data_version": subgraph.data_version,
                "data_version_at": about.version_at.isoformat() if about.version_at else None,
                "masked": about.masked,
            },
            "nodes": [node_record(node) for node in subgraph.nodes],
            "edges": [edge_record(edge) | {"key": f"e{n}"} for n, edge in enumerate(subgraph.edges)],
        }
        return {"": json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"}
