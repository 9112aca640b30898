"""What an export form is, and what it is told about the subgraph besides the subgraph itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from graph.model import NodeRef
from graph.store import Subgraph


@dataclass(frozen=True)
class About:
    """What the file says about itself; nothing here comes from the clock."""

    version_at: datetime | None = None  # when the data version was made, UTC
    focus: NodeRef | None = None  # the node that was asked about, as it is shown
    masked: bool = True


class Form(Protocol):
    """One way to write a subgraph; `graph.exports.FORMS` lists them in order of their documentation.

    `render` is a pure function: the same subgraph and `about` give the same bytes on any day and
    machine. It returns one entry per file; the key goes between the chosen name and the suffix
    (`ring.csv` becomes `ring.nodes.csv`), empty for a form of one file.
    """

    @property
    def name(self) -> str:
        """Name on the command line."""

    @property
    def suffix(self) -> str:
        """File suffix with its dot."""

    def render(self, subgraph: Subgraph, about: About) -> Mapping[str, bytes]:
        """Return the content of each file."""
