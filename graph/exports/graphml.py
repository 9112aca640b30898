"""GraphML, as networkx, Gephi, yEd and igraph read it; `weight` repeats the count for them."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

import networkx as nx

from graph.exports.flat import to_networkx
from graph.exports.form import About
from graph.store import Subgraph


@dataclass(frozen=True)
class GraphML:
    """One XML file with typed keys (long, boolean, double, string)."""

    name: str = "graphml"
    suffix: str = ".graphml"

    def render(self, subgraph: Subgraph, about: About) -> Mapping[str, bytes]:
        """See `Form`."""
        graph = to_networkx(subgraph)
        graph.graph["masked"] = about.masked
        if about.version_at:
            graph.graph["data_version_at"] = about.version_at.isoformat()
        stream = io.BytesIO()
        # write_graphml would take lxml where it is installed, whose bytes differ
        nx.write_graphml_xml(graph, stream, named_key_ids=True)
        return {"": stream.getvalue()}
