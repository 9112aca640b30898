"""Batches of stays: at least two kinds of evidence, and what a ward does lawfully."""

from detectors.collusion.phantom_stays import PhantomStays
from detectors.finding import Finding, Grade
from tests.detectors.planted_collusion import World, batch, changed, merged, moment, places, ward
from tests.detectors.worlds import snapshot_of

WARD = merged(places(), ward())


def phantoms(*worlds: World) -> list[Finding]:
    """Findings over the line."""
    found = PhantomStays().detect(snapshot_of(merged(WARD, *worlds)))
    return [finding for finding in found if finding.score >= 0.5]


def test_a_batch_of_two_families_is_too_few_and_of_three_is_enough() -> None:
    assert not phantoms(batch(2, (20, 60)))
    assert len(phantoms(batch(3, (20, 60)))) == 1


def test_coming_together_alone_proves_nothing() -> None:
    assert not phantoms(batch(12, (20,), copied=False, away=False))


def test_copied_bills_or_errands_beside_it_do() -> None:
    assert phantoms(batch(12, (20,), copied=True, away=False))
    assert phantoms(batch(12, (20,), copied=False, away=True))


def test_nights_shorter_than_two_are_a_day_ward() -> None:
    world = batch(8, (20, 60))
    world["settlements"] = [
        row | {"endtime": row["begntime"][:11] + "20:00:00"} if row["med_type"] == "21" else row
        for row in world["settlements"]
    ]
    assert not phantoms(world)


def test_a_neighbour_who_came_the_same_days_is_left_out() -> None:
    neighbour = batch(1, (20,), copied=False, away=False, who="V")
    finding = phantoms(batch(8, (20, 60)), changed(neighbour, "settlements", adm_bed="Z1"))[0]
    assert "V0" not in {subject.id for subject in finding.subjects}


def checks(result: str, days: tuple[int, ...], persons: int = 12, who: str = "G") -> World:
    """A ward round on the fourth day."""
    return {
        "bio_checks": [
            {
                "check_id": f"{who}{n}-{day}",
                "check_time": moment(day + 3, n),
                "fixmedins_code": "H1",
                "psn_no": f"{who}{n}",
                "method": "face",
                "result": result,
            }
            for n in range(persons)
            for day in days
        ]
    }


def test_an_empty_bed_at_the_round_is_certain() -> None:
    world = batch(12, (20,), copied=False, away=False)
    assert not phantoms(world, checks("match", (20,)))
    finding = phantoms(world, checks("absent", (20,)))[0]
    assert finding.records["G0-20"] is Grade.CERTAIN


def test_one_family_is_explained() -> None:
    ties = [{"psn_no": "G0", "rel_psn_no": f"G{n}", "rel_type": "3"} for n in range(1, 6)]
    assert not phantoms(batch(6, (20, 60)), {"relations": ties})


def test_treatment_by_appointment_is_explained() -> None:
    world = batch(8, (20, 60), away=False)
    assert phantoms(world)
    assert not phantoms(changed(world, "fee_items", med_list_name="血液透析"))
