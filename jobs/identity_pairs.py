"""The pairs of enrolments that a run proposes for review, with what speaks for and against one body.

They are drawn while the run's snapshot is open, for opening it anew takes as long as a detector, and
kept as one file in the workspace: `identity/pairs-RUN.json`. It holds what follows from the data
version and the judgements the run obeyed, so it can be made again (`prepare`) and only the newest is
kept. Weights are bits of evidence (log 2 of how much likelier something is in one body than in two).
"""

import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from itertools import combinations
from math import exp
from math import log as ln
from pathlib import Path

from cases.codec import Json, Record, canonical
from cases.history import Run
from cases.identities import IdentityBook
from cases.settings import settings_of
from cases.store import CaseStore
from claims.durable import make_folder, store_errors, sync_file, sync_folders
from claims.reader import Claims
from claims.workspace import Workspace
from detectors.contract import Detector, missing
from detectors.finding import Finding, Role, Statement
from detectors.identity_reuse.duplicate_identity import DuplicateIdentity
from detectors.identity_reuse.judgements import hand_over
from detectors.identity_reuse.pairs import Pair, candidates, scored
from detectors.snapshot import Snapshot

log = logging.getLogger(__name__)

FOLDER = "identity"  # in the workspace
PROPOSED = ("duplicate_identity", "same_certificate", "same_face")  # kinds whose pairs people look at
PROPOSED_BY = ("duplicate_identity", "same_certificate", "same_template")  # the detectors of these kinds
LEAST = 0.01  # probability of one body from which a pair is shown though no finding rests on it
_CROWD = 12  # members up to which every pair of a finding is shown; of more, those with its first member


@dataclass(frozen=True)
class Proposal:
    """Two enrolments (psn_no, the smaller first) and what the model says of them.

    `bits` by comparison, `prior`, `lives` and `faces` add up to `total`. `visits` and `fund` (yuan)
    are those of either enrolment; `alike` is the probability that strangers share places and days so.
    """

    one: str
    other: str
    regions: tuple[str, str]
    kinds: tuple[str, ...]
    agreement: Mapping[str, str]
    bits: Mapping[str, float]
    prior: float
    lives: float
    faces: float
    visits: tuple[int, int]
    fund: tuple[Decimal, Decimal]
    turns: int
    together: int
    places: int
    alike: float
    vetoes: tuple[tuple[str, Statement], ...]

    @property
    def key(self) -> tuple[str, str]:
        """Both enrolments."""
        return self.one, self.other

    @property
    def id(self) -> str:
        """Short name for addresses, the same in every run: the enrolments' own numbers may be personal."""
        return sha256("|".join(self.key).encode()).hexdigest()[:12]

    @property
    def total(self) -> float:
        """Bits of evidence for one body, the prior included."""
        return self.prior + sum(self.bits.values()) + self.lives + self.faces

    @property
    def probability(self) -> float:
        """Probability of one body, by the model and before any veto."""
        return 1.0 / (1.0 + exp(min(700.0, -self.total * ln(2.0))))


def propose(snapshot: Snapshot, findings: Iterable[Finding]) -> tuple[Proposal, ...]:
    """Draw the pairs of an open snapshot, surest first."""
    detector = DuplicateIdentity()
    if any(need.vital for need in missing(detector, snapshot)):
        return ()
    named = _named(snapshot, findings)
    found = {(pair.a, pair.b): pair for pair in candidates(snapshot, detector.least)}
    found |= {(pair.a, pair.b): pair for pair in scored(snapshot, named.keys() - found.keys())}
    regions = dict(enumerate(row[0] or "" for row in snapshot.db.execute(_REGIONS).fetchall()))
    drawn = [_proposal(snapshot, pair, named.get(key, ()), regions) for key, pair in found.items()]
    shown = (p for p in drawn if p.kinds or p.probability >= LEAST)
    return tuple(sorted(shown, key=lambda p: (-p.total, p.key)))


_REGIONS = "SELECT insu_admdvs FROM person ORDER BY p"
_CODES = "SELECT psn_no, p FROM person WHERE known AND list_contains($1, psn_no)"


def _named(snapshot: Snapshot, findings: Iterable[Finding]) -> dict[tuple[int, int], tuple[str, ...]]:
    """Pairs that findings rest on (codes p), with the kinds of these findings."""
    groups = [(kind, _members(f)) for f in findings if (kind := f.kind.partition("/")[2]) in PROPOSED]
    numbers = sorted({number for _, members in groups for number in members})
    code = dict(snapshot.db.execute(_CODES, [numbers]).fetchall())
    named: dict[tuple[int, int], set[str]] = {}
    for kind, members in groups:
        rows = [code[number] for number in members if number in code]
        pairs = combinations(rows, 2) if len(rows) <= _CROWD else ((rows[0], row) for row in rows[1:])
        for a, b in pairs:
            named.setdefault((min(a, b), max(a, b)), set()).add(kind)
    return {key: tuple(sorted(kinds)) for key, kinds in named.items()}


def _members(finding: Finding) -> list[str]:
    """Enrolments of a finding, its anchor first."""
    others = [s.id for s in finding.subjects if s.role is Role.ENROLMENT and s.id != finding.anchor.id]
    return [finding.anchor.id, *others]


def _proposal(snapshot: Snapshot, pair: Pair, kinds: tuple[str, ...], regions: Mapping[int, str]) -> Proposal:
    one, other = snapshot.psn_no([pair.a, pair.b])
    rows = [snapshot.rows_of([p]) for p in (pair.a, pair.b)]
    fund = [Decimal(int(snapshot.visits.fund[own].sum())).scaleb(-2) for own in rows]
    return Proposal(
        one=one,
        other=other,
        regions=(regions[pair.a], regions[pair.b]),
        kinds=kinds,
        agreement=dict(pair.agreement),
        bits={name: round(bits, 4) for name, bits in pair.bits.items()},
        prior=round(pair.prior, 4),
        lives=round(pair.lives / ln(2.0), 4),
        faces=round(pair.faces / ln(2.0), 4),
        visits=(len(rows[0]), len(rows[1])),
        fund=(fund[0], fund[1]),
        turns=pair.life.turns,
        together=len(pair.life.together),
        places=len(pair.life.places),
        alike=pair.life.p_value,
        vetoes=tuple((trial.test, trial.result) for trial in pair.vetoes if trial.test != "judged"),
    )


def keep_pairs(
    workspace: Workspace, run: Run, snapshot: Snapshot, findings: Iterable[Finding], detectors: Iterable[Detector]
) -> None:
    """Keep the pairs of a run whose detectors propose any; the run stands without them, so a failure goes to the log.

    Whoever asks for pairs that were not kept has them made again (`prepare`).
    """
    if run.trial or not any(detector.name in PROPOSED_BY for detector in detectors):
        return
    try:
        keep(workspace, run.id, propose(snapshot, findings))
    except Exception:
        log.exception("the pairs of run %s could not be kept", run.id)


def keep(workspace: Workspace, run: int, proposals: Iterable[Proposal]) -> None:
    """Write the pairs of a run and let those of earlier runs go."""
    folder = workspace.root / FOLDER
    path = path_of(workspace, run)
    with store_errors(folder):
        make_folder(folder)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        draft.touch(mode=0o600)
        draft.write_text(canonical([_json(p) for p in proposals]), "utf-8")
        sync_file(draft)
        draft.replace(path)
        for other in folder.glob("pairs-*.json"):
            if other != path:
                other.unlink(missing_ok=True)
        sync_folders([folder])


def path_of(workspace: Workspace, run: int) -> Path:
    """Where the pairs of a run are kept."""
    return workspace.root / FOLDER / f"pairs-{run}.json"


def prepare(workspace: Workspace, run: int) -> None:
    """Make the pairs of a run again, from its data version and the judgements it obeyed; takes a while."""
    store = CaseStore.open(settings_of(workspace).database)
    made = store.run(run)
    snapshot = Snapshot.open(Claims.open(workspace, made.data_version), until=made.until)
    hand_over(snapshot, IdentityBook(store.engine).in_force(made.started_at))
    keep(workspace, run, propose(snapshot, store.findings(run).values()))


def _json(proposal: Proposal) -> Json:
    return {
        **vars(proposal),
        "fund": [str(part) for part in proposal.fund],
        "vetoes": [[test, words.zh, words.en] for test, words in proposal.vetoes],
    }


def proposal_of(row: Record) -> Proposal:
    """Read one pair as `keep` wrote it."""
    given = dict(row)
    pairs = {name: tuple(given[name]) for name in ("regions", "kinds", "visits")}  # type: ignore[arg-type]
    fund = tuple(Decimal(str(part)) for part in given["fund"])  # type: ignore[union-attr]
    vetoes = tuple((test, Statement(str(zh), str(en))) for test, zh, en in given["vetoes"])  # type: ignore[union-attr, misc]
    return Proposal(**{**given, **pairs, "fund": fund, "vetoes": vetoes})  # type: ignore[arg-type]
