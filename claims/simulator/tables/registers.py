"""Rows of the registers: insured, relations, institutions, practitioners, cards."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from claims.simulator.catalogue_data import DEPARTMENTS
from claims.simulator.county import SAME_HOUSEHOLD, County
from claims.simulator.dice import Ints, stream
from claims.simulator.people import NEVER
from claims.simulator.tables.settlements import card_numbers, person_numbers
from claims.simulator.text import Dates, Lookup, birthdays, blank, certificates, decimals, filled, names, padded
from claims.simulator.words import FIRM_KINDS, FIRMS, ROADS

SLICE = 250_000


def slices(count: int) -> Iterator[slice]:
    """Cut `count` rows into pieces."""
    for first in range(0, count, SLICE):
        yield slice(first, min(first + SLICE, count))


def _addresses(county: County, person: Ints) -> pl.Series:
    people, identity, land = county.people, county.people.identity, county.land
    towns = Lookup([land.county + town for town in land.town_names])
    house, room = pl.Series(identity.house[person]).cast(pl.String), identity.room[person]
    rural = towns(people.town[person]) + Lookup(land.village_names)(people.village[person]) + house + "号"
    street = Lookup(ROADS)(identity.house[person] % len(ROADS))
    flat = (
        house
        + "号"
        + pl.Series(room // 100).cast(pl.String)
        + "栋"
        + pl.Series(room % 100 + 101).cast(pl.String)
        + "室"
    )
    home = (towns(people.town[person]) + street + flat).zip_with(pl.Series(people.town[person] == 0), rural)
    site = Lookup(county.sites or [""])(identity.site[person])
    return home.zip_with(pl.Series(identity.site[person] < 0), site)


def _firms(county: County) -> list[str]:
    count = int(county.people.employer.max(initial=0)) + 1
    return [
        f"{FIRMS[i % len(FIRMS)]}{FIRM_KINDS[FIRMS[i % len(FIRMS)][2]]}{i // len(FIRMS) or ''}" for i in range(count)
    ]


def insured(county: County, dates: Dates, *, everybody: bool = False) -> Iterator[pl.DataFrame]:
    """Rows of `insured` in order of number, which says nothing about who is who.

    `everybody` adds the people of other regions, whom the register does not hold.
    """
    people, identity = county.people, county.people.identity
    order = np.argsort(identity.number if everybody else identity.number[: people.listed])
    firms = Lookup(_firms(county))
    unit = stream(county.settings.seed, "units").choice(10**6, int(people.employer.max(initial=0)) + 1, replace=False)
    for part in slices(len(order)):
        who = order[part]
        employed, age = people.employed[who], people.age[who]
        employer = np.where(employed & ~people.retired[who], people.employer[who], -1)
        kind = np.where(employed, np.where(people.retired[who], 1, 0), np.where(age < 18, 3, 2))
        unknown = county.dice.uniform("address known", who) < 0.03
        yield pl.DataFrame(
            {
                "psn_no": person_numbers(county, who),
                "psn_name": names(identity, who),
                "psn_cert_type": pl.Series(["01"]).new_from_index(0, len(who)),
                "certno": certificates(identity, who),
                "gend": pl.Series(people.sex[who]).cast(pl.String),
                "brdy": birthdays(identity.birth[who]),
                "tel": filled(identity.phone[who]),
                "addr": blank(_addresses(county, who), pl.Series(unknown)),
                "emp_no": blank("E" + padded(unit[np.maximum(employer, 0)], 7), pl.Series(employer < 0)),
                "emp_name": firms(employer),
                "bankacct": filled(identity.account[who]),
                "insutype": Lookup(("390", "310"))(employed.astype(np.int64)),
                "psn_type": Lookup(("11", "12", "15", "14"))(kind),
                "insu_admdvs": person_numbers(county, who).str.slice(0, 6),
                "die_date": blank(dates.day(people.dies[who]), pl.Series(_unreported(county, who))),
            }
        )


def _unreported(county: County, who: Ints) -> np.typing.NDArray[np.bool_]:
    """Alive at the end, or a death the register has not learned of."""
    dies = county.people.dies[who]
    return np.asarray((dies >= county.settings.days) | (county.dice.uniform("death reported", who) < 0.04))


def relations(county: County, dates: Dates) -> pl.DataFrame:
    """Rows of `relations`: households (most are registered), family accounts, agents."""
    people, rng = county.people, stream(county.settings.seed, "relations")
    other = np.flatnonzero(people.member[: people.residents] > 0)
    registered = rng.random(int(people.household.max()) + 1) < 0.72
    other = other[registered[people.household[other]]]
    head = other - people.member[other]
    columns = [(np.full(len(other), SAME_HOUSEHOLD), head, other, -rng.integers(100, 4000, len(other)))]
    columns += [(np.full(len(r.person), r.kind), r.person, r.other, r.since) for r in county.relations]
    kind, person, relative, since = (np.concatenate([part[i] for part in columns]) for i in range(4))
    listed = (person < people.listed) & (relative < people.listed) & (person != relative)
    frame = pl.DataFrame({"kind": kind, "person": person, "relative": relative, "since": since}).filter(listed)
    frame = frame.unique(["kind", "person", "relative"], keep="first", maintain_order=True).sort(
        "since", "person", "relative", "kind"
    )
    one, two = (frame[name].to_numpy() for name in ("person", "relative"))
    ends = np.where(county.dice.uniform("relation ends", one) < 0.03, county.settings.days + 400, -1)
    return pl.DataFrame(
        {
            "psn_no": person_numbers(county, one),
            "rel_psn_no": person_numbers(county, two),
            "rel_type": frame["kind"].cast(pl.String),
            "begndate": dates.day(frame["since"].to_numpy()),
            "enddate": blank(dates.day(np.maximum(ends, 0)), pl.Series(ends < 0)),
        }
    )


def institutions(county: County, beds: Ints) -> pl.DataFrame:
    """Rows of `institutions` in order of code."""
    places, people, n = county.places, county.people, len(county.places.kind)
    rng = stream(county.settings.seed, "institutions")
    # A chain has one legal representative and one account for all its shops.
    owner = rng.integers(0, people.residents, n)
    chain_owner = rng.integers(0, people.residents, int(places.chain.max(initial=0)) + 1)
    owner = np.where(places.chain >= 0, chain_owner[places.chain], owner)
    town, village = places.town, places.village
    land = county.land
    address = Lookup([land.county + t for t in land.town_names])(town) + Lookup(land.village_names)(village)
    return pl.DataFrame(
        {
            "fixmedins_code": list(places.codes),
            "fixmedins_name": list(places.names),
            "fixmedins_type": Lookup(("1", "1", "1", "1", "2"))(places.kind),
            "hosp_lv": pl.Series(places.level).replace("", None),
            "admdvs": pl.Series([land.region]).new_from_index(0, n),
            "bed_cnt": blank(pl.Series(beds).cast(pl.String), pl.Series(beds == 0)),
            "lnt": decimals(np.rint(places.lon * 1e6).astype(np.int64), 6),
            "lat": decimals(np.rint(places.lat * 1e6).astype(np.int64), 6),
            "legrep_name": names(people.identity, owner),
            "bankacct": pl.Series(31 * 10**17 + county.dice.below("bank", owner, 10**15)).cast(pl.String),
            "tel": "0" + pl.Series(771_000_0000 + rng.integers(0, 10**7, n)).cast(pl.String),
            "addr": address + pl.Series(rng.integers(1, 300, n)).cast(pl.String) + "号",
        }
    ).sort("fixmedins_code")


def practitioners(county: County) -> pl.DataFrame:
    """Rows of `practitioners`: one for each place of practice."""
    staff, identity = county.staff, county.people.identity
    person = county.staff_person[staff.who]
    departments = Lookup(tuple(DEPARTMENTS.values()))
    return (
        pl.DataFrame(
            {
                "dr_code": Lookup(staff.codes)(staff.who),
                "dr_name": names(identity, person),
                "certno": certificates(identity, person),
                "tel": filled(identity.phone[person]),
                "fixmedins_code": Lookup(county.places.codes)(staff.place),
                "dept_codg": departments(np.where(staff.kind == 1, staff.department, -1)),
                "prac_type": pl.Series(staff.kind).cast(pl.String),
                "bankacct": filled(identity.account[person]),
            }
        )
        .unique(["dr_code", "fixmedins_code"], keep="first")
        .sort("dr_code", "fixmedins_code")
    )


def cards(county: County, dates: Dates) -> Iterator[pl.DataFrame]:
    """Rows of `cards`: cards in use, lost ones, and the accounts behind e-credentials."""
    people, identity, dice = county.people, county.people.identity, county.dice
    every = np.arange(len(identity.card_number))
    every = every[identity.card_owner[every] < people.listed]
    token = np.flatnonzero((identity.habit == 1)[: people.listed])
    number = np.concatenate([identity.card_number[every], identity.card_number[token]])
    order = np.argsort(number, kind="stable")
    for part in slices(len(order)):
        chosen = order[part]
        account = chosen >= len(every)
        card = np.where(account, 0, every[np.minimum(chosen, len(every) - 1)])
        who = np.where(account, token[np.clip(chosen - len(every), 0, len(token) - 1)], identity.card_owner[card])
        issued = np.where(account, -30 - dice.below("account since", who, 900), identity.card_issued[card])
        lost = np.where(account, NEVER, identity.card_lost[card])
        stopped = (lost < county.settings.days) & (dice.uniform("stopped", card) < 0.5)
        yield pl.DataFrame(
            {
                "card_no": card_numbers(county, card).zip_with(pl.Series(~account), "EC" + person_numbers(county, who)),
                "psn_no": person_numbers(county, who),
                "card_type": Lookup(("03", "01"))(account.astype(np.int64)),
                "iss_date": dates.day(issued),
                "stop_date": blank(dates.day(np.where(stopped, lost, 0)), pl.Series(~stopped)),
                "loss_date": blank(dates.day(lost), pl.Series(lost >= county.settings.days)),
            }
        )
