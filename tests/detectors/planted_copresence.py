"""Planted worlds of the co-presence family: one pharmacy (or clinic) with its crowd, and a ring in it."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from tests.detectors.worlds import Planted
from tests.scenarios import Row, World, settlement

START = datetime(2026, 1, 1)
DAYS = 60
CLINIC = {"fixmedins_code": "H1", "fixmedins_name": "新河镇卫生室", "fixmedins_type": "1"}
SHOPS = [{"fixmedins_code": f"H{n}", "fixmedins_name": f"示例{n}号大药房", "fixmedins_type": "2"} for n in range(2, 7)]


def person(number: str, address: str = "", certno: str = "") -> Row:
    """An insured person at an address of their own, in one of ten streets."""
    home = address or f"平安县新河镇{'甲乙丙丁戊己庚辛壬癸'[int(number[1:]) % 10]}街{number}号"
    return {"psn_no": number, "psn_name": f"示例{number}", "certno": certno, "addr": home, "brdy": "1970-01-01"}


def visit(who: str, day: int, minute: float, place: str = "H2", *, card: bool = True, **more: str) -> Row:
    """One settlement; the pharmacy's where the place is one."""
    at = START + timedelta(days=day, minutes=minute)
    kind = "11" if place == "H1" else "41"
    bill = f"{20 + (hash_of(who, day, minute) % 9000) / 100:.2f}"
    number = f"S{who}-{day}-{minute:.2f}-{place}"
    shown = f"C{who}" if card else ""
    moment = f"{at:%Y-%m-%d %H:%M:%S}"
    row = settlement(number, who, moment, place, card_no=shown, med_type=kind, fund=bill, total=bill)
    return row | {"opter_id": f"O{hash_of(who, minute) % 2}"} | more


def hash_of(*parts: object) -> int:
    """A number that is the same on every machine."""
    return random.Random("/".join(map(str, parts))).randrange(1_000_000)


def crowd(size: int, place: str = "H2", seed: int = 1, prefix: str = "A") -> list[Row]:
    """Everyday customers, half of whom show a card."""
    dice = random.Random(seed)
    rows = []
    for number in range(size):
        for _ in range(dice.randint(1, 4)):
            who, card = f"{prefix}{number:04}", dice.random() < 0.5
            rows.append(visit(who, dice.randrange(DAYS), dice.uniform(490, 1190), place, card=card))
    return rows


def bursts(members: list[str], days: Iterable[int], gap: float = 2.0, place: str = "H2", **more: object) -> list[Row]:
    """Batches: most of the members one after the other, in an order of the day."""
    dice = random.Random(7)
    rows = []
    for day in days:
        begin = dice.uniform(520, 1000)
        there = dice.sample(members, max(2, round(0.8 * len(members))))
        rows += [visit(who, day, begin + gap * nth, place, **more) for nth, who in enumerate(there)]  # type: ignore[arg-type]
    return rows


def small_batches(members: list[str], days: Iterable[int], seed: int = 3) -> list[Row]:
    """Two or three cards at a time, now these, now those."""
    dice = random.Random(seed)
    rows = []
    for day in days:
        begin = dice.uniform(520, 1150)
        there = dice.sample(members, dice.randint(2, 3))
        rows += [visit(who, day, begin + 1.5 * nth) for nth, who in enumerate(there)]
    return rows


def same_days(members: list[str], days: Iterable[int], seed: int = 5, share: float = 0.9) -> list[Row]:
    """A clinic claims for the same people on the same days, hours apart."""
    dice = random.Random(seed)
    come = ((who, day) for day in days for who in members if dice.random() < share)
    return [visit(who, day, dice.uniform(490, 1050), "H1", card=False) for who, day in come]


def spread(members: list[str], agent: str, each: int, seed: int = 9) -> list[Row]:
    """Cards over five pharmacies and all hours, with one agent's certificate."""
    dice = random.Random(seed)
    places = [shop["fixmedins_code"] for shop in SHOPS]
    when = ((who, dice.randrange(DAYS), dice.uniform(490, 1150)) for who in members for _ in range(each))
    return [visit(who, day, minute, dice.choice(places), agnter_certno=agent) for who, day, minute in when]


def world(settlements: list[Row], *extra: Row, homes: dict[str, str] | None = None) -> World:
    """Make a world of everybody who settles, each at an own address unless `homes` says otherwise."""
    once = {row["setl_id"]: row for row in settlements}
    people = sorted({row["psn_no"] for row in settlements} - {row["psn_no"] for row in extra})
    insured = [person(who, (homes or {}).get(who, "")) for who in people]
    return {
        "insured": [*insured, *extra],
        "institutions": [CLINIC, *SHOPS],
        "settlements": list(once.values()),
    }


def names(prefix: str, count: int) -> list[str]:
    """Numbers of some persons."""
    return [f"{prefix}{number:02}" for number in range(count)]


def persons_and_cards(members: list[str]) -> frozenset[tuple[str, str]]:
    """Subjects of a hoard."""
    return frozenset({("person", who) for who in members} | {("card", f"C{who}") for who in members})


HOARD, GROUP, SENT = names("R", 9), names("G", 14), names("L", 10)
AGENT = person("Z1", certno="450102198001010011")
CROWD = crowd(500)
CLINIC_CROWD = crowd(300, "H1", 2, "B")
STRANGERS = world([visit("X1", 3, 600, "H6", card=False), visit("X2", 9, 700, "H6", card=False)])

NURSING_HOME = world([*CROWD, *bursts(HOARD, range(4, 52, 6))], homes=dict.fromkeys(HOARD, "平安县新河镇敬老院"))
REGULARS = [visit(who, day, hash_of(who, day) % 700 + 490) for who in HOARD for day in range(3, 60, 8)]
VILLAGE_DOCTOR = [row | {"agnter_certno": AGENT["certno"]} for row in bursts(SENT, range(5, 55, 9))]
NEIGHBOURS = spread(SENT[:4], AGENT["certno"], 6)

PLANTED = {
    "hoarded_cards": Planted(
        rows=world([*CROWD, *bursts(HOARD, range(4, 52, 6))]),
        ring=persons_and_cards(HOARD),
        worse=world([*CROWD, *bursts(HOARD, range(4, 52, 3))]),
        innocents={"nursing home": NURSING_HOME, "regulars": world([*CROWD, *REGULARS]), "crowd": world(CROWD)},
        strangers=STRANGERS,
    ),
    "agent_clientele": Planted(
        rows=world([*CROWD, *spread(SENT, AGENT["certno"], 5)], AGENT),
        ring=persons_and_cards(SENT) | {("person", "Z1")},
        worse=world([*CROWD, *spread(SENT, AGENT["certno"], 10)], AGENT),
        innocents={
            "one place": world([*CROWD, *VILLAGE_DOCTOR], AGENT),
            "neighbours": world([*CROWD, *NEIGHBOURS], AGENT),
        },
        strangers=STRANGERS,
    ),
    "lockstep": Planted(
        rows=world([*CLINIC_CROWD, *same_days(GROUP, range(4, 56, 8))]),
        ring=frozenset(("person", who) for who in GROUP),
        worse=world([*CLINIC_CROWD, *same_days(GROUP, range(4, 56, 4))]),
        innocents={
            "one address": world(
                [*CLINIC_CROWD, *same_days(GROUP, range(4, 56, 6))], homes=dict.fromkeys(GROUP, "平安县新河镇敬老院")
            ),
            "crowd": world(CLINIC_CROWD),
        },
        strangers=STRANGERS,
    ),
    "quick_alarm": Planted(
        rows=world([*CROWD, *bursts(HOARD, range(4, 52, 6))]),
        ring=persons_and_cards(HOARD),
        worse=world([*CROWD, *bursts(HOARD, range(4, 52, 3))]),
        innocents={"nursing home": NURSING_HOME, "crowd": world(CROWD)},
        strangers=STRANGERS,
    ),
}
