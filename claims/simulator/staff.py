"""Who works at the institutions: physicians by department, pharmacists, nurses, cashiers."""

from dataclasses import dataclass

import numpy as np

from claims.simulator.catalogue import DEPARTMENT_ORDER
from claims.simulator.dice import Floats, GroupedChoice, Ints, stream, unlike_numbers
from claims.simulator.places import PlaceKind, Places
from claims.simulator.settings import Settings

DEPARTMENT_COUNT = len(DEPARTMENT_ORDER)
# physicians, pharmacists, nurses, technicians, cashiers by kind of place (per unit of popularity)
_NUMBERS = ((26, 4, 10, 5, 8), (7, 2, 4, 1, 3), (6, 2, 3, 1, 2), (1, 0, 0, 0, 0), (0, 2, 0, 0, 2))
_COMMON = (0, 0, 0, 1, 2, 3, 4, 5, 5, 6, 7, 8)  # departments physicians work in, general medicine most


@dataclass(frozen=True)
class Staff:
    """Contracts: person `who` works at `place`; several rows where somebody practises twice.

    `who` indexes practitioners (codes, names, phones are theirs); `fits` chooses a contract of
    (place, department), `anyone` of a place; `clerks` of a place sit at its tills.
    """

    who: Ints
    place: Ints
    department: Ints
    kind: Ints  # 1 physician .. 5 cashier, as prac_type
    codes: tuple[str, ...]
    fits: GroupedChoice
    anyone: GroupedChoice
    clerks: GroupedChoice

    def doctor(self, place: Ints, department: Ints, uniform: Floats) -> Ints:
        """A practitioner of the place, of the department where it has one."""
        group = place * DEPARTMENT_COUNT + department
        fits = self.fits.has(group)
        safe = np.where(fits, group, self.fits_somewhere())
        return self.who[np.where(fits, self.fits.pick(safe, uniform), self.anyone.pick(place, uniform))]

    def fits_somewhere(self) -> int:
        """A (place, department) group that is not empty: stands in where the answer is not used."""
        return int(self.place[0]) * DEPARTMENT_COUNT + int(self.department[0])

    def physicians(self, place: int) -> Ints:
        """Physicians of one place."""
        return np.asarray(self.who[(self.place == place) & (self.kind == 1)], np.int64)


def build_staff(settings: Settings, places: Places) -> Staff:
    """Draw staff; big places have more, some physicians also practise elsewhere."""
    rng = stream(settings.seed, "staff")
    place, kind = [], []
    load = np.clip(settings.persons / 60_000, 1, 6)
    for index, k in enumerate(places.kind):
        grow = load if k == PlaceKind.COUNTY_HOSPITAL else 1.0
        for role, typical in enumerate(_NUMBERS[k], start=1):
            count = typical if k >= PlaceKind.CLINIC else max(1, round(typical * grow * rng.uniform(0.7, 1.4)))
            place += [index] * count
            kind += [role] * count
    at, role_of = np.array(place), np.array(kind)
    first = role_of == 1
    department = np.where(first, rng.choice(_COMMON, len(at)), 0)
    department[(places.kind[at] == PlaceKind.CLINIC)] = 0
    people = len(at)
    second = rng.choice(np.flatnonzero(first), max(1, int(first.sum() * 0.04)), replace=False)
    hosts = rng.choice(places.of(PlaceKind.TOWNSHIP_HOSPITAL, PlaceKind.COMMUNITY_CENTRE), len(second))
    second, hosts = second[hosts != at[second]], hosts[hosts != at[second]]
    who = np.concatenate([np.arange(people), second])
    at, role_of = np.concatenate([at, hosts]), np.concatenate([role_of, role_of[second]])
    department = np.concatenate([department, department[second]])
    weight = np.where(role_of == 1, rng.lognormal(0, 0.5, len(at)), 0.0)
    # A pharmacy's settlements name its pharmacist where a hospital's name the physician.
    weight = np.where((places.kind[at] == PlaceKind.PHARMACY) & (role_of == 2), 1.0, weight)
    treats = np.flatnonzero(weight > 0)
    numbers = unlike_numbers(rng, people, 10**9)
    return Staff(
        who=who,
        place=at,
        department=department,
        kind=role_of,
        codes=tuple(f"D{places.codes[0][1:7]}{number:09d}" for number in numbers),
        fits=_only(treats, at * DEPARTMENT_COUNT + department, weight, len(places.kind) * DEPARTMENT_COUNT),
        anyone=_only(treats, at, weight, len(places.kind)),
        clerks=GroupedChoice(at, np.where(role_of == 5, 1.0, 0.001), len(places.kind)),
    )


def _only(rows: Ints, groups: Ints, weights: Floats, count: int) -> GroupedChoice:
    """Choice among all rows where those not in `rows` weigh nothing."""
    weight = np.zeros(len(groups))
    weight[rows] = weights[rows]
    return GroupedChoice(groups, weight, count)
