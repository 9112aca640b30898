"""Two CSV files, nodes and edges, for people who open them in Excel.

UTF-8 with a byte-order mark, so that Excel shows Chinese. No cell is ever a live formula, and no
code loses digits: text that Excel would compute, or read as a number and shorten, gets a leading
apostrophe. Programs should read the JSON instead.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from graph.exports.flat import EDGE_FIELDS, NODE_FIELDS, Plain, Record, edge_record, node_record
from graph.exports.form import About
from graph.store import Subgraph

_EDGE_COLUMNS = tuple("fund_yuan" if name == "fund_fen" else name for name in EDGE_FIELDS)
# Spreadsheet programs also compute after white space and after full-width signs.
_LIVE = re.compile(r"[\s\x00-\x1f\ufeff']*[=+\-@＝＋－＠|%]|[\t\r\n\x00]")
_LOOKS_NUMERIC = re.compile(r"\s*(?:0\d+|\d{12,}|\d+(?:\.\d*)?[eE]\d+)\s*")


@dataclass(frozen=True)
class CsvPair:
    """`NAME.nodes.csv` and `NAME.edges.csv`; money in yuan with two decimals."""

    name: str = "csv"
    suffix: str = ".csv"

    def render(self, subgraph: Subgraph, about: About) -> Mapping[str, bytes]:
        """See `Form`."""
        version = {"data_version": subgraph.data_version}
        nodes = [node_record(node) | version for node in subgraph.nodes]
        edges = [_in_yuan(edge_record(edge)) | version for edge in subgraph.edges]
        return {".nodes": _table(nodes, NODE_FIELDS), ".edges": _table(edges, _EDGE_COLUMNS)}


def _in_yuan(record: Record) -> Record:
    yuan = Decimal(int(record["fund_fen"])).scaleb(-2)
    return {("fund_yuan" if name == "fund_fen" else name): value for name, value in record.items()} | {
        "fund_yuan": _Yuan(yuan)
    }


class _Yuan(str):
    """An amount already written out: text for the csv module, a number for whoever opens it."""

    def __new__(cls, amount: Decimal) -> "_Yuan":
        return super().__new__(cls, f"{amount:.2f}")


def _table(records: Sequence[Record], first: Iterable[str]) -> bytes:
    rest = sorted({name for record in records for name in record} - set(first) - {"data_version"})
    header = [*first, *rest, "data_version"]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_cell(record.get(name, "")) for name in header] for record in records)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def _cell(value: Plain) -> Plain:
    if not isinstance(value, str) or isinstance(value, _Yuan):
        return value
    text = value.replace("\x00", "\ufffd")
    return "'" + text if _LIVE.match(text) or _LOOKS_NUMERIC.fullmatch(text) else text
