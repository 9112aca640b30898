"""A small county in which one man is enrolled twice, a woman three times, and two brothers only look alike."""

from pathlib import Path

from claims.workspace import Workspace
from detectors.identity_reuse.duplicate_identity import DuplicateIdentity
from detectors.identity_reuse.same_certificate import SameCertificate
from jobs.detect import RunResult
from jobs.detect import detect as detect_all
from loaders.load import load
from tests.detectors.planted_identity_reuse import TWO, crowd, in_turn, joined, person
from tests.scenarios import World, write_world

EYES = (DuplicateIdentity(), SameCertificate())
HERE, THERE = "450102", "450221"


def people() -> World:
    """D1 and D2 are one man; T1, T2, T3 one woman, T3 enrolled in another county."""
    woman = [
        person(f"T{n}", "诸葛文兰", "1971-03-09", "246", tel="13922220002", bankacct="6200000099990002",
               addr="示例村7组70号") | {"certno": certificate}
        for n, certificate in enumerate(_spellings(), 1)
    ]  # fmt: skip
    man = [row | {"insu_admdvs": HERE} for row in TWO]
    women = [row | {"insu_admdvs": THERE if n == 2 else HERE} for n, row in enumerate(woman)]
    visits = [*in_turn(["D1", "D2"], 5), *_numbered(in_turn(["T1", "T2", "T3"], 4))]
    return {"insured": [*man, *women], "settlements": visits}  # type: ignore[list-item]


def workspace_of(root: Path) -> Workspace:
    """Load the county below `root` and look for enrolments of one person."""
    write_world(root / "files", joined(crowd(120), people()))
    workspace = Workspace(root / "workspace")
    load(workspace, root / "files")
    detect(workspace)
    return workspace


def detect(workspace: Workspace) -> RunResult:
    """Look again."""
    return detect_all(workspace, detectors=EYES)


def _spellings() -> tuple[str, str, str]:
    """One number, its old spelling of 15 digits, and one with a digit misread."""
    whole = str(person("T", "诸葛文兰", "1971-03-09", "246")["certno"])
    return whole, whole[:6] + whole[8:17], whole[:10] + "30" + whole[12:]


def _numbered(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row | {"setl_id": f"T{row['setl_id']}"} for row in rows]
