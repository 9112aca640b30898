"""GEXF 1.2, Gephi's own format, with colours so that the first view can already be read."""

import io
from collections.abc import Mapping
from dataclasses import dataclass

from networkx.readwrite.gexf import GEXFWriter

from graph.exports.flat import to_networkx
from graph.exports.form import About
from graph.exports.looks import LOOKS
from graph.model import NodeType
from graph.store import Subgraph


@dataclass(frozen=True)
class Gexf:
    """One XML file. networkx stamps today's date into it; ours is that of the data version."""

    name: str = "gexf"
    suffix: str = ".gexf"

    def render(self, subgraph: Subgraph, about: About) -> Mapping[str, bytes]:
        """See `Form`."""
        graph = to_networkx(subgraph)
        graph.graph["name"] = f"data version {subgraph.data_version}"
        for _id, data in graph.nodes(data=True):
            red, green, blue = LOOKS[NodeType(data["type"])].rgb
            data["viz"] = {"color": {"r": red, "g": green, "b": blue, "a": 1.0}}
        writer = GEXFWriter(graph)
        meta = writer.xml.find("meta")
        if meta is not None:
            meta.attrib.pop("lastmodifieddate")
            if about.version_at:
                meta.set("lastmodifieddate", about.version_at.date().isoformat())
        stream = io.BytesIO()
        writer.write(stream)
        return {"": stream.getvalue()}
