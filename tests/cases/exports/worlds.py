"""A small county with one ring at a pharmacy, and its dossier as tests want it."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cases.exports.dossier import Dossier, dossier_of
from cases.exports.facts import Authority, Handling, Party
from claims.workspace import Workspace
from jobs.detect import detect
from tests.cases.counties import Says, county

AT = datetime(2026, 11, 22, 10, 30)
RING = "R-2026-000001"
SECRETS = ("王小明", "李秀英", "张伟", "13900000001", "13900000003", "4501021960030712")


def ring_county(folder: Path) -> Workspace:
    """Three persons together at the pharmacy H2 on five mornings, found by one detector."""
    workspace = county(folder)
    workspace.settings.write_text("letters: {authority: 平安县医疗保障局, region: 平安县}\n", "utf-8")
    detect(workspace, detectors=[Says()])
    return workspace


def dossier_at(workspace: Workspace, *, unmasked: bool = False) -> Dossier:
    """The dossier, taken out by 张三."""
    return dossier_of(workspace, RING, handling=Handling("张三", AT, "移送公安机关审查", unmasked))


def renamed(dossier: Dossier, name: str) -> Dossier:
    """The dossier with every person and institution called `name`."""
    parties = tuple(_called(party, name) for party in dossier.parties)
    places = tuple(replace(place, name=name, legal=name) for place in dossier.places)
    sender = Authority(name, name, name, name, name)
    return replace(dossier, parties=parties, places=places, authority=sender)


def _called(party: Party, name: str) -> Party:
    return replace(party, name=name, unit=name)
