"""What identifies a person: names, certificate, telephone, address, account, card, credential."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from claims.simulator.dice import Ints, stream, unlike_numbers
from claims.simulator.places import Land
from claims.simulator.settings import Settings
from claims.simulator.words import GIVEN_FEMALE, GIVEN_MALE, SOUNDS_LIKE, SURNAMES

EPOCH = date(1970, 1, 1)
_ALSO = "".join(dict.fromkeys("".join(SOUNDS_LIKE)))  # characters that only mishearing brings in
GIVEN = (*GIVEN_MALE, *GIVEN_FEMALE, *(c for c in _ALSO if c not in (*GIVEN_MALE, *GIVEN_FEMALE)))
CERT_18, CERT_15, CERT_SWAPPED = 0, 1, 2
_SURNAME_WEIGHTS = 1 / (np.arange(len(SURNAMES)) + 6.0)
_SURNAME_WEIGHTS /= _SURNAME_WEIGHTS.sum()


@dataclass(frozen=True)
class Names:
    """Indexes into the lists of surnames and given characters; `second` -1 for short names."""

    surname: Ints
    first: Ints
    second: Ints


@dataclass(frozen=True)
class Identity:
    """Columns by person; identity rings rewrite single entries while the county is planned.

    `birth` is days since 1970; `form` says how the certificate is written (18 digits, 15 digits,
    two digits swapped at `swapped`); a telephone or account 0 is missing; `site` >= 0 replaces
    the address by that of a nursing home or dormitory. Cards beyond the persons are lost ones.
    """

    names: Names
    birth: Ints
    region: Ints
    serial: Ints
    form: Ints
    swapped: Ints
    phone: Ints
    house: Ints
    room: Ints
    site: Ints
    account: Ints
    number: Ints
    card_number: Ints
    card_owner: Ints
    card_issued: Ints
    card_lost: Ints
    habit: Ints

    def copy_certificate(self, source: Ints | int, target: Ints | int) -> None:
        """Give `target` the certificate of `source`."""
        for column in (self.birth, self.region, self.serial, self.form, self.swapped):
            column[target] = column[source]

    def copy_names(self, source: Ints | int, target: Ints | int) -> None:
        """Give `target` the name of `source`."""
        for column in (self.names.surname, self.names.first, self.names.second):
            column[target] = column[source]


def draw_names(rng: np.random.Generator, sex: Ints, age: Ints, member: Ints, head: Ints) -> Names:
    """Names: children and elders bear the head's surname, partners their own."""
    n = len(sex)
    own = rng.choice(len(SURNAMES), n, p=_SURNAME_WEIGHTS)
    start = np.where(sex == 1, 0, len(GIVEN_MALE))
    size = np.where(sex == 1, len(GIVEN_MALE), len(GIVEN_FEMALE))
    # Fashion: a generation draws on its own part of the list.
    favourite = (rng.random((2, n)) ** 1.4 + age / 140) % 1.0
    first, second = start + (favourite * size).astype(np.int64)
    short = rng.random(n) < np.interp(age, [0, 30, 45, 70], [0.08, 0.2, 0.3, 0.1])
    return Names(np.where(member == 1, own, own[head]), first, np.where(short, -1, second))


def _serials(rng: np.random.Generator, region: Ints, birth: Ints, sex: Ints) -> Ints:
    """Serial numbers, distinct within region, birth date and sex; odd for men."""
    order = np.lexsort((rng.random(len(birth)), sex, birth, region))
    key = np.stack([region, birth, sex])[:, order]
    new = np.concatenate([[True], (key[:, 1:] != key[:, :-1]).any(axis=0)])
    start = np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))
    rank = np.arange(len(order)) - start
    offset = (birth[order] * 7919 + sex[order] * 104_729) % 500
    serial = np.empty(len(order), np.int64)
    serial[order] = ((offset + rank * 137) % 500) * 2 + (sex[order] == 1)
    return serial


def _phones(rng: np.random.Generator, member: Ints, age: Ints, head: Ints) -> Ints:
    """Own telephones; elders and children often have that of someone in the household."""
    n = len(age)
    prefix = rng.choice([130, 135, 136, 138, 139, 150, 151, 152, 158, 159, 177, 180, 182, 187, 189, 191], n)
    phone = prefix * 10**8 + rng.integers(0, 10**8, n)
    borrowed = (member > 0) & (rng.random(n) < np.interp(age, [0, 14, 18, 60, 70, 85], [1, 0.9, 0.15, 0.1, 0.5, 0.7]))
    phone = np.where(borrowed, phone[head], phone)
    return np.where(rng.random(n) < 0.05, 0, phone)


def _cards(rng: np.random.Generator, people: int, settings: Settings) -> tuple[Ints, Ints, Ints]:
    """Owner, day of issue and day of loss of each card: everybody's, then lost ones since replaced."""
    lost = rng.choice(settings.persons, max(30, settings.persons // 30), replace=False)
    owner = np.concatenate([np.arange(people), lost])
    issued = -rng.integers(40, 4000, len(owner))
    loss = np.concatenate([np.full(people, 10**6), rng.integers(-500, settings.days, len(lost))])
    issued[lost] = np.minimum(loss[people:] + rng.integers(3, 40, len(lost)), settings.days - 1)
    issued[people:] = np.minimum(issued[people:], loss[people:] - 60)
    return owner, issued, loss


def build_identity(
    settings: Settings, land: Land, names: Names, household: Ints, member: Ints, age: Ints, sex: Ints, village: Ints
) -> Identity:
    """Draw identifying columns for everybody."""
    rng = stream(settings.seed, "identity")
    n, head = len(age), np.searchsorted(household, household)
    birth = (settings.start - EPOCH).days - age * 365 - age // 4 - rng.integers(0, 365, n)
    foreign = int(land.region) // 100 * 100 + rng.integers(21, 40, n)
    region = np.where(rng.random(n) < 0.12, foreign, int(land.region))
    pension = (age >= 60) & (member <= 1) & (rng.random(n) < 0.35)
    account = 62 * 10**17 + rng.integers(0, 10**17, n)
    account = np.where(pension, account[head], np.where(rng.random(n) < 0.4, 0, account))
    owner, issued, loss = _cards(rng, n, settings)
    habits = np.where(
        rng.random(n) < np.interp(age, [0, 18, 35, 60, 75], [0.3, 0.75, 0.65, 0.3, 0.1]),
        1,
        rng.choice([2, 3, 4], n, p=[0.08, 0.84, 0.08]),
    )
    return Identity(
        names=names,
        birth=birth,
        region=region,
        serial=_serials(rng, region, birth, sex),
        form=np.where((age > 62) & (rng.random(n) < 0.02), CERT_15, CERT_18),
        swapped=np.zeros(n, np.int64),
        phone=_phones(rng, member, age, head),
        house=rng.integers(1, 400, household[-1] + 1)[household],
        room=rng.integers(101, 1800, household[-1] + 1)[household],
        site=np.full(n, -1),
        account=account,
        number=unlike_numbers(rng, n, 10**10),
        card_number=unlike_numbers(rng, len(owner), 10**8),
        card_owner=owner,
        card_issued=issued,
        card_lost=loss,
        habit=habits,
    )
