"""Packages of planted rings: made once per detector, delivered into a folder of their own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pyrage
import pytest
import sqlalchemy as sa

from cases.exports.package.assembly import Parts
from cases.exports.package.book import Errand
from cases.exports.package.contents import Contents, contents_of
from cases.exports.package.deliver import Delivered, deliver
from cases.exports.package.keytable import Seal
from cases.exports.package.pseudonyms import Pseudonyms
from cases.history import Run
from cases.model import Ring, Status
from cases.picture import Setting, pictures_of
from cases.store import CaseStore
from detectors import DETECTORS
from jobs.facts import facts_of, newest_day
from tests.cases.making import a_run
from tests.detectors.test_every_detector import planted
from tests.detectors.worlds import snapshot_of

PASSWORD = "a password nobody guesses"
KEY = pyrage.x25519.Identity.generate()
REASON = "=cmd|' /C calc'!A0 handed over for checking"


@dataclass(frozen=True)
class Paper:
    """A document as another part of the program makes it."""

    name: str
    content: bytes


@cache
def contents(detector: str) -> Contents:
    """The strongest ring of a detector's planted world, ready to leave; shared, so nobody changes it."""
    snapshot = snapshot_of(planted(detector).rows)
    findings = list(next(one for one in DETECTORS if one.name == detector).detect(snapshot))
    facts = facts_of(snapshot, (record for finding in findings for record in finding.records))
    picture = pictures_of(findings, Setting(facts, 1, newest_day(snapshot)))[0]
    ring = Ring("R-2026-000001", 1, 1, 1, Status.NEW, picture)
    return contents_of(snapshot, ring, the_run(), [findings[n] for n in picture.numbers], Pseudonyms())


def the_run() -> Run:
    return replace(a_run(), id=1)


def errand(out: Path, name: str = "R-2026-000001-police-20261122-aaaaaa") -> Errand:
    at = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    return Errand(name, "R-2026-000001", "", "police", "tester", REASON, at, out)


def delivered(engine: sa.Engine, made: Contents, to: Errand) -> Delivered:
    """Put a package in place."""
    papers = (Paper("letter.txt", "移送书".encode()),)
    return deliver(engine, to, lambda proofs: Parts(made, the_run(), papers, proofs, Seal((str(KEY.to_public()),))),
                   (1, made))  # fmt: skip


Deliver = Callable[[str], Delivered]


@pytest.fixture
def ship(tmp_path: Path) -> Deliver:
    """Deliver the package of a detector's planted ring."""

    def shipped(detector: str) -> Delivered:
        engine = CaseStore.open(tmp_path / "house" / "cases.db").engine
        return delivered(engine, contents(detector), errand(tmp_path / "out"))

    return shipped
