"""A subgraph as a file for other programs; one file per form, listed in `FORMS`."""

from graph.exports.csv_pair import CsvPair
from graph.exports.cypher import Cypher
from graph.exports.form import About, Form
from graph.exports.gexf import Gexf
from graph.exports.graphml import GraphML
from graph.exports.html import Html
from graph.exports.node_link import NodeLink

FORMS: tuple[Form, ...] = (GraphML(), Gexf(), Cypher(), CsvPair(), NodeLink(), Html())

__all__ = ["FORMS", "About", "Form"]
