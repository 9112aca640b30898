"""Groups that look like rings and are not; each kind with the reason why it is innocent."""

from collections.abc import Mapping
from typing import Final

from claims.simulator.innocents.family import accounts, collectors, couples, namesakes, twins, ward_errands
from claims.simulator.innocents.scheduled import checkups, dialysis, rehabilitation, screening
from claims.simulator.innocents.village import bus, discount_days, dormitories, nursing_homes, village_doctors
from claims.simulator.planting import Plant

INNOCENTS: Final[tuple[Plant, ...]] = (
    dialysis,
    rehabilitation,
    nursing_homes,
    village_doctors,
    bus,
    checkups,
    screening,
    dormitories,
    discount_days,
    couples,
    collectors,
    accounts,
    twins,
    namesakes,
    ward_errands,
)

REASONS: Final[Mapping[str, str]] = {
    "dialysis_shift": "treated three times a week on the same machines by appointment",
    "rehabilitation_series": "a course of sessions at an appointed hour",
    "nursing_home": "live at one address and are escorted to the doctor together",
    "village_doctor_agent": "the village doctor fetches medicine for elders and lends the telephone",
    "village_bus": "one bus brings them to the township hospital on market days",
    "company_checkup": "an employer's check-up at one hospital",
    "vaccination_day": "a vaccination morning",
    "screening_day": "a screening day for elders",
    "company_dormitory": "employees of one firm at one address, with one pharmacy next door",
    "membership_day": "regulars who come on the pharmacy's discount day",
    "couple_refills": "partners who refill together",
    "family_collector": "one of the family collects for all",
    "family_account": "a registered family account pays",
    "twins": "two persons, born together",
    "namesakes": "two persons, one name",
    "escorted_scan": "taken from the ward to a higher hospital for a scan",
    "refill_during_stay": "the family fetched a chronic refill during a stay",
}
