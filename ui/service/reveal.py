"""Showing one personal field unmasked: with a right, a reason, and an audit entry written first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from claims.aliases import Aliases
from claims.audit import Act, Audit, Detail, checked_reason
from claims.errors import NotFoundError
from claims.language import N_
from claims.workspace import Workspace
from graph.masking import Masks, resolve
from graph.model import NodeRef
from graph.store import GraphReader, Node, Value
from ui.auth.gate import Gate
from ui.auth.roles import Action

LABEL = "label"  # the name of a person or doctor, the number of a telephone
NUMBER = "number"  # the business key, which pages print masked of insured persons


@dataclass(frozen=True)
class RevealService:
    """Fields of nodes behind the guard; `reader` opens the graph when it is first asked."""

    gate: Gate
    workspace: Workspace
    reader: Callable[[], GraphReader]

    def masked(self, ref: NodeRef) -> Node:
        """Return a node as everybody may see it."""
        self.gate.guard(Action.EXPLORE)
        return Masks(Aliases(self.workspace.aliases)).node(self._node(ref))

    def reveal(self, ref: NodeRef, field: str, reason: str) -> Value:
        """Return one field of a node as it is; who asked and why is on the disk before the answer."""
        account = self.gate.guard(Action.REVEAL)
        given = checked_reason(reason)
        reader = self.reader()
        values: Mapping[str, Value] = _fields(self._node(ref))
        if field not in values:
            raise NotFoundError(N_("{node} has no field {field}."), node=ref, field=field)
        details: dict[str, Detail] = {"field": field, "data_version": reader.data_version}
        Audit(self.workspace.audit).append(Act.REVEAL, str(ref), reason=given, details=details, user=account.name)
        return values[field]

    def _node(self, ref: NodeRef) -> Node:
        return self.reader().node(resolve(ref, Aliases(self.workspace.aliases)))


def _fields(node: Node) -> Mapping[str, Value]:
    return {LABEL: node.label, NUMBER: node.ref.id, **node.attributes}
