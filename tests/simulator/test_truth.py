"""Rings and innocent groups: all shapes are planted, all they name exists, nothing gives them away."""

from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from claims.simulator.innocents import INNOCENTS, REASONS
from claims.simulator.rings import SHAPES
from tests.simulator.counties import lines, make, table

FAMILIES = {"shared_card", "collusion", "identity_reuse"}


def registered(folder: Path) -> dict[str, set[str]]:
    return {
        "person": set(table(folder, "insured")["psn_no"]),
        "card": set(table(folder, "cards")["card_no"]),
        "institution": set(table(folder, "institutions")["fixmedins_code"]),
        "doctor": set(table(folder, "practitioners")["dr_code"]),
    }


def test_every_shape_and_family_is_planted(clean: Path) -> None:
    rings = lines(clean, "truth")
    assert {ring["family"] for ring in rings} == FAMILIES
    assert len({ring["kind"] for ring in rings}) == len(SHAPES)
    assert all(ring["kind"].split("/")[0] == ring["family"] for ring in rings)
    assert {group["kind"] for group in lines(clean, "innocent")} <= set(REASONS)
    assert len({group["kind"] for group in lines(clean, "innocent")}) >= len(INNOCENTS) - 2


@pytest.mark.parametrize("key", ["truth", "innocent"])
def test_members_and_settlements_exist(clean: Path, key: str) -> None:
    known, numbers = registered(clean), set(table(clean, "settlements")["setl_id"])
    for group in lines(clean, key):
        assert group["members"]
        assert all(member["id"] in known[member["type"]] for member in group["members"]), group["kind"]
        assert set(group["settlements"]) <= numbers
        assert len(group["settlements"]) >= (2 if key == "truth" else 0), group["kind"]


def test_ring_settlements_name_a_member(clean: Path) -> None:
    rows = table(clean, "settlements").select("setl_id", "psn_no", "fixmedins_code", "chfpdr_code", "prsc_dr_code")
    by_number = {row[0]: set(row[1:]) for row in rows.rows()}
    for ring in lines(clean, "truth"):
        members = {member["id"] for member in ring["members"]}
        strangers = [number for number in ring["settlements"] if not by_number[number] & members]
        assert not strangers, ring["kind"]


def test_rings_share_no_person(clean: Path) -> None:
    owners = Counter(
        member["id"] for ring in lines(clean, "truth") for member in ring["members"] if member["type"] == "person"
    )
    assert owners.most_common(1)[0][1] == 1


def test_numbers_give_nobody_away(dirty: Path) -> None:
    people = table(dirty, "insured").drop_nulls("psn_no")["psn_no"].to_list()
    rings = lines(dirty, "truth")
    for family, spread in (("", 0.08), ("identity_reuse", 0.25)):
        chosen = [ring for ring in rings if ring["kind"].startswith(family)]
        members = {m["id"] for ring in chosen for m in ring["members"] if m["type"] == "person"}
        ranks = [rank / len(people) for rank, number in enumerate(people) if number in members]
        assert len(ranks) > 10
        assert abs(sum(ranks) / len(ranks) - 0.5) < spread, family
    assert people == sorted(people)
    rank_of = {number: rank for rank, number in enumerate(people)}
    homes = table(dirty, "relations").filter(pl.col("rel_type") == "3").select("psn_no", "rel_psn_no").rows()
    apart = [abs(rank_of[one] - rank_of[two]) for one, two in homes if one in rank_of and two in rank_of]
    assert sum(gap < 10 for gap in apart) < 0.02 * len(apart)  # families are not enrolled in a row


def test_members_live_an_ordinary_life_too(dirty: Path) -> None:
    rows = table(dirty, "settlements").filter(pl.col("refd_setl_flag") == "0")
    planted = {number for ring in lines(dirty, "truth") for number in ring["settlements"]}
    recruits = {m["id"] for r in lines(dirty, "truth") for m in r["members"] if m["role"] in ("lender", "recruit")}
    own = rows.filter(pl.col("psn_no").is_in(list(recruits)) & ~pl.col("setl_id").is_in(list(planted)))
    assert own["psn_no"].n_unique() > 0.6 * len(recruits)


def test_hard_is_smaller_and_rarer(tmp_path: Path) -> None:
    sizes = {}
    for hard in (False, True):
        folder = make(tmp_path / str(hard), hard=hard, persons=6000, days=60)
        rings = lines(folder, "truth")
        sizes[hard] = (
            sum(len(ring["members"]) for ring in rings),
            sum(len(ring["settlements"]) for ring in rings),
        )
    assert sizes[True][0] < 0.85 * sizes[False][0]
    assert sizes[True][1] < 0.6 * sizes[False][1]


@pytest.mark.parametrize(("rings", "planted"), [(0, 0), (5, 5), (None, len(SHAPES))])
def test_the_number_of_rings_can_be_set(tmp_path: Path, rings: int | None, planted: int) -> None:
    folder = make(tmp_path / "county", persons=900, days=30, rings=rings)
    assert len(lines(folder, "truth")) == planted
    assert lines(folder, "innocent")


def test_the_face_behind_several_enrolments_is_one(clean: Path) -> None:
    faces = pl.read_parquet(clean / "bio_templates.parquet")
    vectors = dict(faces.select("psn_no", "template").rows())
    ring = next(ring for ring in lines(clean, "truth") if ring["kind"] == "identity_reuse/same_face")
    one, two = (vectors[member["id"]] for member in ring["members"][:2])
    stranger = next(vector for number, vector in vectors.items() if number not in {m["id"] for m in ring["members"]})
    assert alike(one, two) > 0.6
    assert alike(one, stranger) < 0.5


def alike(one: list[float], two: list[float]) -> float:
    return sum(a * b for a, b in zip(one, two, strict=True))
