"""What the page of identity review asks: the queue, one pair, its group, and what people say of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from cases.identities import Entry, IdentityBook, Word, standing
from claims.audit import Act, Audit, checked_reason
from claims.errors import NotFoundError
from claims.language import N_
from claims.masking import mask_certificate, mask_name
from claims.workspace import Workspace
from detectors.identity_reuse.judgements import Ruling
from jobs.identity_pairs import Proposal
from ui.auth.gate import Gate
from ui.auth.model import Account
from ui.auth.roles import Action, in_region
from ui.service.identity_cluster import Cluster, cluster_of
from ui.service.identity_facts import facts_of
from ui.service.identity_paper import PairPaper, paper_of
from ui.service.identity_query import PairQuery, Standing
from ui.service.identity_source import Pairs, book_of, pairs_of

LONGEST_NOTE = 500


@dataclass(frozen=True)
class PairRow:
    """One line of the queue, masked; `last` is what was said of the pair last (a word taken back has no ruling)."""

    id: str
    names: tuple[str, str]
    probability: float
    total: float
    kinds: tuple[str, ...]
    visits: int
    fund: Decimal
    last: Entry | None

    @property
    def ruling(self) -> Ruling | None:
        """What holds now."""
        return self.last.ruling if self.last else None


@dataclass(frozen=True)
class Queue:
    """The pairs asked for, surest first; `done` of `total` pairs of the same kind and weight are judged.

    `undo` is the newest judgement of one's own that still holds; `kinds` are those of all pairs.
    """

    rows: tuple[PairRow, ...]
    done: int
    total: int
    undo: Entry | None
    kinds: tuple[str, ...]

    def after(self, pair: str, step: int = 1) -> str:
        """Return the pair `step` lines on, staying inside the queue; the first where `pair` is not in it."""
        ids = [row.id for row in self.rows]
        if not ids:
            return ""
        return ids[min(len(ids) - 1, max(0, ids.index(pair) + step))] if pair in ids else ids[0]

    def next_open(self, pair: str) -> str:
        """Return the next pair after this one that nobody has judged, from the front again, else the one after it."""
        ids = [row.id for row in self.rows]
        at = ids.index(pair) if pair in ids else -1
        free = [row.id for row in (*self.rows[at + 1 :], *self.rows[: max(0, at)]) if row.ruling is None]
        return free[0] if free else self.after(pair)


@dataclass(frozen=True)
class Unmasked:
    """A permission to see one pair as it is; the reveal is in the audit. For the session of who asked only."""

    pair: str
    account: str


@dataclass(frozen=True)
class IdentityService:
    """Pairs of enrolments behind the guard; both enrolments must lie in one's regions."""

    gate: Gate
    workspace: Workspace
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def queue(self, query: PairQuery) -> Queue:
        """Return the part of the queue that is asked for."""
        account = self.gate.guard(Action.COMPARE_IDENTITIES)
        pairs, histories = pairs_of(self.workspace), self._book.histories()
        visible = [p for p in pairs.proposals.values() if _visible(account, p)]
        chosen = [p for p in visible if (not query.kind or query.kind in _kinds(p)) and query.weighs(p.total)]
        rows = [_row(p, pairs.names, histories.get(p.key, ())) for p in chosen]
        shown = (row for row in rows if _fits(row, query, account.name))
        undo = _undoable(account.name, (histories.get(p.key, ()) for p in visible))
        kinds = tuple(sorted({kind for p in visible for kind in _kinds(p)}))
        return Queue(tuple(shown), sum(row.ruling is not None for row in rows), len(rows), undo, kinds)

    def paper(self, pair: str, unmasked: Unmasked | None = None) -> PairPaper:
        """Return one pair; masked unless `unmasked` was given for it, to this account."""
        account, pairs, proposal = self._open(pair, Action.COMPARE_IDENTITIES)
        bare = unmasked == Unmasked(pair, account.name) and account.may(Action.REVEAL)
        facts = facts_of(self.workspace, pairs.data_version, *proposal.key)
        history = self._book.history(proposal.key)
        return paper_of(proposal, facts, history, pairs.run, pairs.data_version, masked=not bare)

    def cluster(self, pair: str) -> Cluster:
        """Return the group of a pair, as far as one's regions reach."""
        account, pairs, proposal = self._open(pair, Action.COMPARE_IDENTITIES)
        visible = [p for p in pairs.proposals.values() if _visible(account, p)]
        rulings = {key: entries[-1].ruling for key, entries in self._book.histories().items()}
        return cluster_of(proposal, visible, rulings)

    def names(self, pair: str, unmasked: Unmasked | None = None) -> Mapping[str, str]:
        """Return the name and number of every member of the group of a pair, masked but for the pair revealed."""
        account, pairs, proposal = self._open(pair, Action.COMPARE_IDENTITIES)
        bare = proposal.key if unmasked == Unmasked(pair, account.name) and account.may(Action.REVEAL) else ()
        members = self.cluster(pair).members
        return {number: _called(number, pairs.names.get(number, ""), number not in bare) for number in members}

    def judge(self, pair: str, ruling: Ruling, seen: int, reason: str = "") -> Entry:
        """Write what somebody says; JudgedMeanwhileError where `seen` is not the last entry of the pair."""
        account, pairs, proposal = self._open(pair, Action.DECIDE_IDENTITIES)
        note = " ".join(reason.split())[:LONGEST_NOTE]
        word = Word(proposal.key, ruling, account.name, self.clock(), seen, note, pairs.data_version)
        return self._book.judge(word)

    def take_back(self, entry: int) -> tuple[Entry, str]:
        """End one's own judgement `entry`; what held before it holds again. Also returns the pair's id."""
        account = self.gate.guard(Action.DECIDE_IDENTITIES)
        written = self._book.take_back(entry, account.name, self.clock())
        found = next((p.id for p in pairs_of(self.workspace).proposals.values() if p.key == written.pair), "")
        return written, found

    def reveal(self, pair: str, reason: str) -> Unmasked:
        """Let one pair be seen unmasked; who asked and why is on the disk before anything is shown."""
        account, pairs, proposal = self._open(pair, Action.REVEAL)
        details: dict[str, str | int] = {"data_version": pairs.data_version}
        Audit(self.workspace.audit).append(
            Act.REVEAL,
            f"pair:{'|'.join(proposal.key)}",
            reason=checked_reason(reason),
            details=details,
            user=account.name,
        )
        return Unmasked(pair, account.name)

    @property
    def _book(self) -> IdentityBook:
        return book_of(self.workspace)

    def _open(self, pair: str, action: Action) -> tuple[Account, Pairs, Proposal]:
        account = self.gate.guard(action)
        pairs = pairs_of(self.workspace)
        unknown = NotFoundError(N_("There is no pair {pair} among those of the last run."), pair=pair)
        if pair not in pairs.proposals:
            raise unknown
        proposal = pairs.proposals[pair]
        for region in proposal.regions:
            account = self.gate.inside(action, region, unknown)
        return account, pairs, proposal


def _visible(account: Account, proposal: Proposal) -> bool:
    return all(in_region(account.regions, region) for region in proposal.regions)


def _kinds(proposal: Proposal) -> tuple[str, ...]:
    """Kinds of the findings a pair stands in; a pair of none was proposed by the linkage alone."""
    return proposal.kinds or ("linkage",)


def _row(proposal: Proposal, names: Mapping[str, str], history: tuple[Entry, ...]) -> PairRow:
    one, other = (mask_name(names.get(number, "")) for number in proposal.key)
    last = history[-1] if history else None
    return PairRow(
        proposal.id, (one, other), proposal.probability, proposal.total, _kinds(proposal), sum(proposal.visits),
        sum(proposal.fund, Decimal("0.00")), last,
    )  # fmt: skip


def _fits(row: PairRow, query: PairQuery, account: str) -> bool:
    if query.standing is Standing.OPEN:
        return row.ruling is None
    if query.standing is Standing.JUDGED:
        return row.ruling is not None
    mine = row.last is not None and row.last.owner == account and row.ruling is not None
    return query.standing is Standing.ALL or mine


def _undoable(account: str, histories: Iterable[tuple[Entry, ...]]) -> Entry | None:
    """The newest judgement of `account` that is what holds now."""
    alive = (standing(history) for history in histories)
    mine = [rows[-1] for rows in alive if rows and rows[-1].owner == account]
    return max(mine, key=lambda entry: entry.id, default=None)


def _called(number: str, name: str, masked: bool) -> str:
    shown = mask_certificate(number) if masked else number
    return f"{mask_name(name) if masked else name} {shown}".strip()
