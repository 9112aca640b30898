"""A page of its own that draws the subgraph, with nothing fetched from anywhere.

pyvis makes the network and brings vis-network along. Its own page template is not used: even with
`cdn_resources="in_line"` it asks a CDN for Bootstrap, and it cannot carry a content-security
policy. Ours has one that allows exactly the two scripts and the style in the file, by their
hashes, and no connection at all; labels are JSON text that never becomes markup.
"""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from pyvis.network import Network

from graph.exports.form import About
from graph.exports.looks import LOOKS
from graph.exports.marks import PATHS, edge_mark, node_mark
from graph.model import NodeRef, NodeType
from graph.store import Subgraph
from graph.titles import EDGE_TITLES, NODE_TITLES

FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif'
OPTIONS = {
    "layout": {"randomSeed": 7, "improvedLayout": False},
    "physics": {
        "solver": "forceAtlas2Based",
        "forceAtlas2Based": {
            "gravitationalConstant": -75,
            "centralGravity": 0.016,
            "springLength": 60,
            "springConstant": 0.08,
            "avoidOverlap": 0.5,
        },
        "minVelocity": 0.5,
        "stabilization": {"iterations": 600, "updateInterval": 50, "fit": True},
    },
    "interaction": {"hover": True, "tooltipDelay": 150, "multiselect": True, "keyboard": {"bindToWindow": False}},
    "nodes": {"borderWidth": 1.2, "font": {"size": 17, "strokeWidth": 4, "strokeColor": "#ffffff", "face": FONT}},
    "edges": {
        "color": {"color": "#8c959f", "highlight": "#24292f", "hover": "#57606a"},
        "font": {"size": 11, "color": "#444c56", "strokeWidth": 3, "strokeColor": "#ffffff", "face": FONT},
        "arrows": {"to": {"enabled": True, "scaleFactor": 0.4}},
        "scaling": {"label": {"drawThreshold": 9}},  # labels of lines appear when one comes closer
    },
}


@dataclass(frozen=True)
class Html:
    """One file for a browser, on- or offline; Chinese and English side by side."""

    name: str = "html"
    suffix: str = ".html"

    def render(self, subgraph: Subgraph, about: About) -> Mapping[str, bytes]:
        """See `Form`."""
        assets = _assets()
        page = _environment().get_template("page.html")
        text = page.render(
            policy=_policy(assets),
            style=assets["style"],
            library=assets["library"],
            program=assets["program"],
            subgraph=_network(subgraph, about),
            **_words(subgraph, about),
        )
        return {"": text.encode("utf-8", "replace")}


def _network(subgraph: Subgraph, about: About) -> dict[str, object]:
    network = Network(directed=True, cdn_resources="in_line")
    for node in subgraph.nodes:
        network.add_node(str(node.ref), **node_mark(node, focus=node.ref == about.focus))
    between: Counter[frozenset[NodeRef]] = Counter()
    for edge in subgraph.edges:
        ends = frozenset((edge.source, edge.target))
        network.add_edge(str(edge.source), str(edge.target), **edge_mark(edge, beside=between[ends]))
        between[ends] += 1
    network.set_options(json.dumps(OPTIONS))
    nodes, edges, _heading, _height, _width, options = network.get_network_data()
    return {"nodes": nodes, "edges": edges, "options": json.loads(options)}


def _words(subgraph: Subgraph, about: About) -> dict[str, object]:
    focus = next((node for node in subgraph.nodes if node.ref == about.focus), None)
    times = [time for edge in subgraph.edges for time in (edge.first, edge.last) if time]
    return {
        "heading": "关系图 Graph" + (f" · {focus.label or focus.ref.id}" if focus else ""),
        "data_version": subgraph.data_version,
        "version_at": about.version_at.strftime("%Y-%m-%d %H:%M UTC") if about.version_at else "",
        "nodes": len(subgraph.nodes),
        "edges": len(subgraph.edges),
        "span": f"{min(times):%Y-%m-%d} – {max(times):%Y-%m-%d}" if times else "",
        "masked": about.masked,
        "legend": list(_legend(subgraph)),
        "relations": list(_relations(subgraph)),
    }


def _legend(subgraph: Subgraph) -> Iterator[dict[str, str | int]]:
    counts = Counter(node.ref.type for node in subgraph.nodes)
    for type_ in (type_ for type_ in NodeType if type_ in counts):
        zh, en = NODE_TITLES[type_]
        look = LOOKS[type_]
        yield {"zh": zh, "en": en, "colour": look.colour, "path": PATHS[look.shape], "count": counts[type_]}


def _relations(subgraph: Subgraph) -> Iterator[dict[str, str | int]]:
    counts = Counter(edge.kind.type for edge in subgraph.edges)
    for type_, (zh, en) in EDGE_TITLES.items():
        if type_ in counts:
            yield {"zh": zh, "en": en, "count": counts[type_]}


def _policy(assets: Mapping[str, str]) -> str:
    scripts = " ".join(_hash_source(assets[name]) for name in ("library", "program"))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {_hash_source(assets['style'])}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash_source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _assets() -> Mapping[str, Markup]:
    page = files("graph.exports") / "page"
    library = files("pyvis") / "templates" / "lib" / "vis-9.1.2" / "vis-network.min.js"
    texts = {
        "style": (page / "page.css").read_text("utf-8"),
        "program": (page / "page.js").read_text("utf-8"),
        # the source map is a file beside the library that a browser would ask for
        "library": library.read_text("utf-8").replace("//# sourceMappingURL=vis-network.min.js.map", ""),
    }
    # Browsers normalise line ends before they hash a script. All three are shipped files, no data.
    return {name: Markup(text.replace("\r\n", "\n").replace("\r", "\n")) for name, text in texts.items()}  # noqa: S704


@cache
def _environment() -> Environment:
    loader = PackageLoader("graph.exports", "page")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=False)
