"""The tables of who and where: insured, cards, relations, institutions, practitioners, templates."""

import numpy as np
import polars as pl

from benchmarks.other_county import words
from benchmarks.other_county.places import CLINIC, HOSPITAL, PHARMACY
from benchmarks.other_county.settings import Ints, Texts
from benchmarks.other_county.world import Member, World

_LEVEL = {0: "09", 1: "06", 2: "11", 3: None, 4: "05"}


class Names:
    """Ids of one county: what the tables and the answers call everybody."""

    def __init__(self, world: World) -> None:
        style, people, places = world.style, world.people, world.places
        mixed = world.settings.dice("numbers").permutation(people.size + len(world.cards))
        if style.long_numbers:
            self.person = np.array([f"{style.area}{n + 3_000_000:012d}" for n in mixed[: people.size]], dtype=object)
        else:
            self.person = np.array([f"R{n:07d}K" for n in mixed[: people.size]], dtype=object)
        self.card = np.array([f"{'EK'[n % 2]}{n * 7 + 10_000_000:09d}" for n in mixed], dtype=object)
        shop = places.pharmacy
        self.place = np.array(
            [f"{'P' if shop[n] else 'H'}{style.area}{n * 3 + 11:05d}" for n in range(len(shop))], dtype=object
        )
        self.doctor = np.array(
            [f"D{style.area}{n * 11 + 5:06d}" for n in range(int(places.doctors.sum()))], dtype=object
        )

    def of(self, member: Member) -> str:
        """Return a member's id."""
        if member.text:
            return member.text
        lists = {"person": self.person, "card": self.card, "institution": self.place, "doctor": self.doctor}
        return str(lists[member.type][member.index])


def _date(days: Ints) -> Texts:
    return np.array([None if day is None else str(day) for day in np.datetime64("1970-01-01") + days], dtype=object)


def insured(world: World, names: Names) -> pl.DataFrame:
    """Everybody enrolled."""
    people, here = world.people, np.flatnonzero(world.people.present)
    start = int((np.datetime64(world.style.start) - np.datetime64("1970-01-01")).astype(int))
    died = [
        None if day < 0 else text for day, text in zip(people.died[here], _date(start + people.died[here]), strict=True)
    ]
    employer = people.employer[here]
    frame = pl.DataFrame(
        {
            "psn_no": list(names.person[here]),
            "psn_name": list(people.name[here]),
            "psn_cert_type": "01",
            "certno": list(people.cert[here]),
            "gend": np.where(people.male[here], "1", "2"),
            "brdy": list(_date(people.born[here])),
            "tel": list(people.tel[here]),
            "addr": list(people.address[here]),
            "emp_no": [None if n < 0 else f"{7000 + n}" for n in employer],
            "emp_name": [None if n < 0 else words.FACTORIES[n] for n in employer],
            "bankacct": list(people.account[here]),
            "insutype": np.where(here % 5 < 2, "310", "390"),
            "insu_admdvs": world.style.area,
            "die_date": died,
        }
    )
    return frame.drop("emp_no", "emp_name", "bankacct") if world.settings.poor else frame


def cards(world: World, names: Names) -> pl.DataFrame:
    """Everybody's card, and the ones reported lost."""
    people, here = world.people, np.flatnonzero(world.people.present)
    start = np.datetime64(world.style.start)
    issued = start - (here * 37 % 2900 + 30).astype("timedelta64[D]")
    holders, numbers = list(names.person[here]), list(names.card[here])
    issue, loss = [str(day) for day in issued], [None] * len(here)
    position = {int(person): k for k, person in enumerate(here)}
    for number, card in enumerate(world.cards):
        issue[position[card.person]] = str(start + np.timedelta64(card.lost + 3, "D"))
        holders.append(names.person[card.person])
        numbers.append(names.card[people.size + number])
        issue.append(str(start + np.timedelta64(card.issued, "D")))
        loss.append(str(start + np.timedelta64(card.lost, "D")))  # type: ignore[arg-type]
    return pl.DataFrame(
        {"card_no": numbers, "psn_no": holders, "card_type": "03", "iss_date": issue, "loss_date": loss}
    )


def relations(world: World, names: Names) -> pl.DataFrame:
    """Registered relations: most households, and what was planted."""
    people, dice = world.people, world.settings.dice("relations")
    next_ = np.arange(1, people.size)
    joined = (
        (people.household[1:] == people.household[:-1])
        & people.present[1:]
        & people.present[:-1]
        & (dice.random(people.size - 1) < 0.6)
    )
    pairs = [(int(a - 1), int(a), 3) for a in next_[joined]] + world.relations
    begun = str(np.datetime64(world.style.start) - np.timedelta64(400, "D"))
    one, two, kind = zip(*dict.fromkeys(pairs), strict=True)
    return pl.DataFrame(
        {
            "psn_no": list(names.person[list(one)]),
            "rel_psn_no": list(names.person[list(two)]),
            "rel_type": [str(k) for k in kind],
            "begndate": begun,
        }
    )


def institutions(world: World, names: Names) -> pl.DataFrame:
    """Hospitals, clinics and pharmacies."""
    places = world.places
    frame = pl.DataFrame(
        {
            "fixmedins_code": list(names.place),
            "fixmedins_name": [
                words.CHAINS[c] + n[-5:] if c >= 0 else n for c, n in zip(places.chain, places.name, strict=True)
            ],
            "fixmedins_type": np.where(places.pharmacy, "2", "1"),
            "hosp_lv": [_LEVEL[int(sort)] for sort in places.sort],
            "admdvs": [f"{int(world.style.area) + t}" for t in places.town],
            "bed_cnt": np.where(places.beds > 0, places.beds, 0),
            "lnt": (104.2 + places.x / 95).round(6),
            "lat": (31.1 + places.y / 111).round(6),
            "legrep_name": [f"法人{n % 9}" if c < 0 else f"{words.CHAINS[c]}法人" for n, c in enumerate(places.chain)],
        }
    )
    return frame if world.style.coordinates else frame.drop("lnt", "lat", "bed_cnt", "legrep_name")


def practitioners(world: World, names: Names) -> pl.DataFrame:
    """Doctors and pharmacists, in order of their places."""
    places = world.places
    place = np.repeat(np.arange(len(places.sort)), places.doctors)
    pharmacist = places.sort[place] == PHARMACY
    surname = [words.SURNAMES[(n * 7) % 60] + words.FEMALE[(n * 3) % 40] for n in range(len(place))]
    ward = np.isin(places.sort[place], (HOSPITAL, CLINIC))
    return pl.DataFrame(
        {
            "dr_code": list(names.doctor),
            "dr_name": surname,
            "fixmedins_code": list(names.place[place]),
            "dept_codg": [
                None if p else f"{'A' if w else 'B'}{n % 12:02d}"
                for n, (p, w) in enumerate(zip(pharmacist, ward, strict=True))
            ],
            "prac_type": np.where(pharmacist, "2", "1"),
        }
    )


def templates(world: World, names: Names) -> pl.DataFrame:
    """Faces of most people, as vectors; some enrolments carry the face of another."""
    dice, here = world.settings.dice("faces"), np.flatnonzero(world.people.present)
    face = dice.normal(0, 1, (world.people.size, 48)).astype(np.float32)
    for enrolment, body in world.same_face:
        face[enrolment] = face[body] + dice.normal(0, 0.16, 48)
    planted = {number for pair in world.same_face for number in pair}
    shown = np.array([n for n in here if n in planted or n % 10 < 6])
    face /= np.linalg.norm(face, axis=1, keepdims=True)
    return pl.DataFrame({"psn_no": list(names.person[shown]), "method": "face", "template": list(face[shown])})
