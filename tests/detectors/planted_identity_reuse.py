"""Planted worlds of the identity-reuse detectors: one ring each among ordinary people, and its look-alikes."""

import random
from datetime import date, timedelta

from tests.detectors.worlds import Planted
from tests.scenarios import Row, World, certno, settlement

REGION = "999901"  # no district has this code
_GIVEN = "安宝春德恩芳桂红吉佳康兰梅宁平勤荣生泰文香雅志"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_FIRST = date(2026, 1, 5)


def person(number: str, name: str, born: str, serial: str, **columns: object) -> dict[str, object]:
    """One enrolment whose certificate, birth date and sex agree (odd serial number: male)."""
    return {
        "psn_no": number,
        "psn_name": name,
        "certno": certno(REGION, born.replace("-", ""), serial),
        "gend": "1" if int(serial) % 2 else "2",
        "brdy": born,
        "insutype": "390",
    } | columns


def visit(number: str, who: str, day: int, place: str, *, total: str = "50.00", **columns: str) -> Row:
    """One settlement at nine and some minutes on a day of the period; every number its own minute."""
    time = f"{_FIRST + timedelta(days=day)} 09:{sum(map(ord, number)) % 60:02d}:00"
    return settlement(number, who, time, place, fund=total, total=total) | columns


def crowd(count: int = 240, seed: int = 7) -> World:
    """Ordinary people of twenty villages: every one their own telephone, account, address and days."""
    rng = random.Random(seed)
    world: World = {"insured": [], "settlements": [], "institutions": []}
    places = [f"H{n}" for n in range(12)]
    world["institutions"] = [
        {"fixmedins_code": place, "fixmedins_name": f"示例{place}", "fixmedins_type": "1"} for place in places
    ]
    for n in range(count):
        born = str(date(1940, 1, 1) + timedelta(days=rng.randrange(24_000)))
        name = rng.choice(_SURNAMES) + rng.choice(_GIVEN) + rng.choice(_GIVEN)
        contact = {"tel": f"1380000{n:04d}", "bankacct": f"62000000{n:08d}", "addr": f"示例村{n % 20}组{n}号"}
        world["insured"].append(person(f"N{n:04d}", name, born, f"{rng.randrange(100, 999)}", **contact))  # type: ignore[arg-type]
        for k in range(6):
            row = visit(
                f"V{n:04d}{k}",
                f"N{n:04d}",
                rng.randrange(150),
                rng.choice(places),
                total=f"{rng.randrange(20, 400)}.00",
            )
            world["settlements"].append(row | {"diag_code": rng.choice(["I10.x00", "J06.900", "K29.500", "M54.500"])})
    return world


def joined(*worlds: World) -> World:
    """All rows of some worlds."""
    names = sorted({name for world in worlds for name in world})
    return {name: [row for world in worlds for row in world.get(name, [])] for name in names}


def in_turn(numbers: list[str], times: int, *, gap: int = 3, places: tuple[str, ...] = ("H1", "H2")) -> list[Row]:
    """Visits by turns: today under one enrolment, some days later under the next."""
    return [
        visit(f"T{number}{k}", number, (k * len(numbers) + n) * gap % 150, places[k % len(places)])
        for k in range(times)
        for n, number in enumerate(numbers)
    ]


def one_after_the_other(first: str, second: str) -> list[Row]:
    """The second enrolment is used only after the first."""
    early = [visit(f"E{first}{k}", first, k * 5, "H1") for k in range(6)]
    return early + [visit(f"L{second}{k}", second, 60 + k * 5, "H1") for k in range(6)]


TWO = [
    person("D1", "欧阳晓明", "1966-05-12", "127", tel="13911110001", addr="示例镇甲路1号"),
    person("D2", "欧阳晓铭", "1966-05-12", "127", tel="13911110001", addr="示例镇乙路2号"),
]
TWO[1]["certno"] = str(TWO[1]["certno"])[:12] + "21" + str(TWO[1]["certno"])[14:]  # the day's digits are swapped


def doubles(times: int = 5) -> World:
    """One man enrolled twice, used in turn."""
    return {"insured": TWO, "settlements": in_turn(["D1", "D2"], times)}  # type: ignore[dict-item]


def twins() -> World:
    """Two men born on one day, registered one after the other, one telephone."""
    pair = [
        person("D1", "欧阳晓明", "1966-05-12", "127", tel="13911110001"),
        person("D2", "欧阳晓亮", "1966-05-12", "129", tel="13911110001"),
    ]
    return {"insured": pair, "settlements": in_turn(["D1", "D2"], 5)}  # type: ignore[dict-item]


def namesakes() -> World:
    """Two strangers with one name, born years apart."""
    pair = [
        person("D1", "欧阳晓明", "1966-05-12", "127", tel="13911110001"),
        person("D2", "欧阳晓明", "1981-11-30", "355", tel="13911110002"),
    ]
    return {"insured": pair, "settlements": in_turn(["D1", "D2"], 5, places=("H3",))}  # type: ignore[dict-item]


def father_and_son() -> World:
    """One telephone, account and address, one surname, one life."""
    shared = {"tel": "13911110001", "bankacct": "6299000000000001", "addr": "示例镇甲路1号"}
    pair = [
        person("D1", "欧阳晓明", "1950-05-12", "127", **shared),
        person("D2", "欧阳明", "1978-02-03", "353", **shared),
    ]
    return {"insured": pair, "settlements": in_turn(["D1", "D2"], 5)}  # type: ignore[dict-item]


SHARED_NUMBER = [
    person(f"C{n}", name, "1971-03-09", "331", tel=f"1392222000{n}", addr=f"示例镇{n}路{n}号")
    for n, name in enumerate(("尤泰文", "许志平", "秦吉安"))
]


def one_number(times: int = 4) -> World:
    """Three names under one certificate number, used in turn."""
    return {"insured": SHARED_NUMBER, "settlements": in_turn(["C0", "C1", "C2"], times)}  # type: ignore[dict-item]


def moved() -> World:
    """Enrolled again after moving: the first enrolment ended before the second began."""
    rows = [SHARED_NUMBER[0], SHARED_NUMBER[1] | {"psn_name": "尤泰文"}]
    return {"insured": rows, "settlements": one_after_the_other("C0", "C1")}  # type: ignore[dict-item]


def mistyped() -> World:
    """One of two rows holds another's number: its own birth date and sex contradict it."""
    rows = [SHARED_NUMBER[0], SHARED_NUMBER[1] | {"brdy": "1988-08-08", "gend": "2"}]
    far = in_turn(["C0"], 4, places=("H1",)) + in_turn(["C1"], 4, gap=7, places=("H9",))
    return {"insured": rows, "settlements": far}  # type: ignore[dict-item]


def one_account(count: int = 12, address: str = "", visits: int = 3) -> World:
    """Strangers of many villages with one account (or of one home, with `address`)."""
    people: World = {"insured": [], "settlements": []}
    for n in range(count):
        born = str(date(1950, 1, 1) + timedelta(days=577 * n))
        name = _SURNAMES[n % 20] + _GIVEN[n % 20] + _GIVEN[(7 * n) % 20]
        row = person(
            f"A{n:02d}",
            name,
            born,
            f"{211 + n}",
            bankacct="6299000000000077",
            addr=address or f"示例{_GIVEN[n % 20]}屯{n}号",
        )
        people["insured"].append(row)  # type: ignore[arg-type]
        people["settlements"] += [
            visit(f"A{n:02d}{k}", f"A{n:02d}", 11 * k + 3 * n, f"H{n % 12}") for k in range(visits)
        ]
    return people


def ghosts(count: int = 8, days: int = 6, *, elsewhere: int = 0, alike: bool = True) -> World:
    """Holders of one telephone at one clinic on the same days with the same claim; `elsewhere` visits of their own."""
    world: World = {"insured": [], "settlements": []}
    for n in range(count):
        born = str(date(1948, 3, 1) + timedelta(days=613 * n))
        name = _SURNAMES[(3 * n) % 20] + _GIVEN[(5 * n) % 20] + _GIVEN[n % 20]
        row = person(f"G{n}", name, born, f"{401 + n}", tel="13933330000", addr=f"示例{n}寨{n}号")
        world["insured"].append(row)  # type: ignore[arg-type]
        for k in range(days):
            total = "87.50" if alike else f"{40 + 13 * n + 7 * k}.00"
            row = visit(f"G{n}x{k}", f"G{n}", 10 + 17 * k, "H5", total=total) | {
                "diag_code": "R42.x00" if alike else f"I{10 + n}.x00"
            }
            world["settlements"].append(row)
        world["settlements"] += [
            visit(f"G{n}y{k}", f"G{n}", 5 + 9 * k + n, f"H{(n + k) % 5}") for k in range(elsewhere)
        ]
    return world


def faces(world: World, same: tuple[str, ...], width: int = 64) -> World:
    """Templates for everybody in a world; those of `same` are of one face."""
    rng = random.Random(11)
    one = [rng.gauss(0, 1) for _ in range(width)]
    rows = []
    for row in world["insured"]:
        base = one if row["psn_no"] in same else [rng.gauss(0, 1) for _ in range(width)]
        rows.append({"psn_no": row["psn_no"], "method": "face", "template": [x + rng.gauss(0, 0.1) for x in base]})
    return world | {"bio_templates": rows}  # type: ignore[dict-item]


def _people(*numbers: str) -> frozenset[tuple[str, str]]:
    return frozenset(("person", number) for number in numbers)


_CROWD = crowd()
_STRANGERS = {
    "insured": [person("Z1", "褚雅宁", "1990-10-10", "124"), person("Z2", "卫康", "1959-01-31", "555")],
    "settlements": [visit("Z11", "Z1", 3, "H7"), visit("Z21", "Z2", 100, "H8")],
}


def _among(world: World) -> World:
    return joined(_CROWD, world)


PLANTED: dict[str, Planted] = {
    "duplicate_identity": Planted(
        rows=_among(doubles()),
        ring=_people("D1", "D2"),
        worse=_among(doubles(10)),
        innocents={
            "twins": _among(twins()),
            "namesakes": _among(namesakes()),
            "father_and_son": _among(father_and_son()),
            "changed_scheme": _among({"insured": TWO, "settlements": one_after_the_other("D1", "D2")}),  # type: ignore[dict-item]
        },
        strangers=_STRANGERS,  # type: ignore[arg-type]
    ),
    "same_certificate": Planted(
        rows=_among(one_number()),
        ring=_people("C0", "C1", "C2"),
        worse=_among(one_number(8)),
        innocents={"moved": _among(moved()), "mistyped": _among(mistyped())},
        strangers=_STRANGERS,  # type: ignore[arg-type]
    ),
    "shared_handle": Planted(
        rows=_among(one_account()),
        ring=_people(*(f"A{n:02d}" for n in range(12))),
        worse=_among(one_account(visits=6)),
        innocents={"home": _among(one_account(address="示例养老院1号")), "few": _among(one_account(3))},
        strangers=_STRANGERS,  # type: ignore[arg-type]
    ),
    "one_hand_ghosts": Planted(
        rows=_among(ghosts()),
        ring=_people(*(f"G{n}" for n in range(8))),
        worse=_among(ghosts(days=8)),
        innocents={
            "elders_with_a_life": _among(ghosts(elsewhere=9)),
            "one_telephone_own_illnesses": _among(ghosts(alike=False)),
        },
        strangers=_STRANGERS,  # type: ignore[arg-type]
    ),
    "same_template": Planted(
        rows=faces(_among(one_number()), ("C0", "C1", "C2")),
        ring=_people("C0", "C1", "C2"),
        worse=faces(_among(one_number(8)), ("C0", "C1", "C2")),
        innocents={
            "twins": faces(_among(twins()), ("D1", "D2")),
            "device_alone": faces(_among({}), ("N0003", "N0100")),
        },
        strangers=_STRANGERS,  # type: ignore[arg-type]
    ),
}
