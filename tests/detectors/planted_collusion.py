"""Planted worlds of doctors, pharmacies, wards and boxes: rings, look-alikes, strangers. All of it is invented."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.detectors.worlds import Planted, Rows

Row = dict[str, str]
World = dict[str, list[Row]]
START = datetime(2026, 1, 5, 8, 0, 0)


def moment(day: int, minute: int = 0) -> str:
    """Local time `minute` minutes after eight on a day of the world."""
    return str(START + timedelta(days=day, minutes=minute))


def settled(setl_id: str, psn_no: str, time: str, place: str, med_type: str = "41", **more: str) -> Row:
    """One settlement of 100 yuan."""
    return {
        "setl_id": setl_id,
        "psn_no": psn_no,
        "mdtrt_cert_type": "02",
        "fixmedins_code": place,
        "med_type": med_type,
        "begntime": time,
        "setl_time": time,
        "diag_code": "I10.x00",
        "medfee_sumamt": "100.00",
        "fund_pay_sumamt": "70.00",
        **more,
    }


def sold(setl_id: str, serial: int, code: str = "", drug: str = "XA01", **more: str) -> Row:
    """One box."""
    return {
        "setl_id": setl_id,
        "bkkp_sn": str(serial),
        "med_list_codg": drug,
        "med_list_name": "示例药品" + drug,
        "cnt": "1",
        "pric": "50.00",
        "det_item_fee_sumamt": "50.00",
        "drug_trac_codg": code,
        "trdn_flag": "0",
        **more,
    }


def merged(*worlds: Mapping[str, object]) -> World:
    """All rows of several worlds, in order."""
    names = sorted({name for world in worlds for name in world})
    return {name: [row for world in worlds for row in world.get(name, ())] for name in names}  # type: ignore[attr-defined]


def places(pharmacies: int = 8) -> World:
    """Two hospitals and some pharmacies; the last pharmacy lies ten kilometres off."""
    rows = [
        {"fixmedins_code": f"H{n}", "fixmedins_name": f"示例医院{n}", "fixmedins_type": "1", "bed_cnt": "40"}
        | {"lnt": "110.000000", "lat": f"30.0{n}0000"}
        for n in (1, 2)
    ]
    for n in range(pharmacies):
        far = "30.100000" if n == pharmacies - 1 else f"30.01{n}000"
        rows.append(
            {
                "fixmedins_code": f"R{n}",
                "fixmedins_name": f"示例药房{n}",
                "fixmedins_type": "2",
                "legrep_name": f"某甲{n}",
            }
            | {"lnt": "110.000000", "lat": far}
        )
    return {"institutions": rows}


def box_code(number: int) -> str:
    """A code of twenty digits."""
    return f"{81357924680000000000 + number * 7919:020d}"


def customers(count: int = 60, first: int = 0) -> World:
    """Ordinary people who buy scanned boxes here and there."""
    world: World = {"settlements": [], "fee_items": []}
    for n in range(first, first + count):
        for k in range(3):
            key = f"C{n}-{k}"
            world["settlements"].append(settled(key, f"N{n}", moment(k * 30 + n % 29, n % 400), f"R{(n + k) % 7}"))
            world["fee_items"].append(sold(key, 1, box_code(500_000 + n * 10 + k), f"XB0{n % 5}"))
    return world


def returning(
    buyers: int, times: int, sources: int, receiver: str = "R6", gap: int = 12, back: str = "", first: int = 0
) -> World:
    """Boxes bought at `sources` pharmacies that are settled again at the receiver, or, if `back`, by the buyer."""
    world: World = {"settlements": [], "fee_items": []}
    for b in range(buyers):
        for k in range(times):
            number = first + b * 100 + k
            day, code = 2 + k * 6 + b % 3, box_code(number)
            world["settlements"].append(settled(f"B{number}", f"P{b}", moment(day, 9 * b), f"R{(b + k) % sources}"))
            world["fee_items"].append(sold(f"B{number}", 1, code))
            again = back or f"N{(b * 7 + k) % 60}"
            again = f"P{b}" if back else again
            world["settlements"].append(settled(f"A{number}", again, moment(day + gap, 300 + b), receiver))
            world["fee_items"].append(sold(f"A{number}", 1, code))
    return world


def changed(world: World, table: str, **values: str) -> World:
    """The world with some values of a table replaced."""
    return world | {table: [row | values for row in world[table]]}


def one_label(uses: int) -> World:
    """The label of an outer pack that one pharmacy scans for everybody."""
    world: World = {"settlements": [], "fee_items": []}
    for n in range(uses):
        world["settlements"].append(settled(f"O{n}", f"N{n}", moment(3 + n), "R1"))
        world["fee_items"].append(sold(f"O{n}", 1, box_code(77)))
    return world


def sent_back(world: World) -> World:
    """The first seller sends every box back before it is sold again."""
    time = {row["setl_id"]: row for row in world["settlements"]}
    moves = []
    for row in world["fee_items"]:
        bill = time[row["setl_id"]]
        if row["setl_id"].startswith("B"):
            day = str(datetime.fromisoformat(bill["setl_time"]) + timedelta(days=2))
            moves.append(
                {
                    "inv_chg_id": "M" + row["setl_id"],
                    "fixmedins_code": bill["fixmedins_code"],
                    "med_list_codg": "XA01",
                    "drug_trac_codg": row["drug_trac_codg"],
                    "inv_chg_type": "103",
                    "cnt": "1",
                    "inv_chg_time": day,
                }
            )
    return world | {"stock_moves": moves}


def household(world: World, persons: int) -> World:
    """Everybody who got a box second is of the first buyer's family."""
    ties = [
        {"psn_no": f"P{b}", "rel_psn_no": f"N{(b * 7 + k) % 60}", "rel_type": "3"}
        for b in range(persons)
        for k in range(3)
    ]
    return world | {"relations": ties}


def stripped(
    buyers: int, fills: int, gap: int, boxes: int, shops: int = 6, drug: str = "XS01", who: str = "Q"
) -> World:
    """People who buy `boxes` packs of thirty days every `gap` days at shop after shop."""
    world: World = {"settlements": [], "fee_items": []}
    for b in range(buyers):
        for k in range(fills):
            key = f"{who}{b}-{k}"
            world["settlements"].append(
                settled(key, f"{who}{b}", moment(2 + k * gap + b, 30 * b), f"R{(k + b) % shops}")
            )
            world["fee_items"] += [sold(key, n, "", drug, prd_days="30") for n in range(boxes)]
    return world


def chronic(persons: int = 80, drug: str = "XS01") -> World:
    """People who refill every month, some at two shops."""
    world: World = {"settlements": [], "fee_items": []}
    for n in range(persons):
        for k in range(5):
            key = f"T{n}-{k}"
            shop = f"R{(n + (k % 2 if n % 3 == 0 else 0)) % 7}"
            world["settlements"].append(settled(key, f"N{n}", moment(n % 25 + k * (28 - n % 4), n), shop))
            world["fee_items"].append(sold(key, 1, "", drug, prd_days="30"))
    return world


def prescriptions(doctor: str, hospital: str, count: int, steered: int, to: str = "R7", who: str = "N") -> World:
    """Persons who see a doctor and buy what is prescribed: the first `steered` at one pharmacy, the others around."""
    world: World = {"settlements": [], "fee_items": []}
    for n in range(count):
        person = f"{who}{doctor}{n}"
        shop = to if n < steered else f"R{n % 5}"
        seen = settled(f"V{person}", person, moment(n, n % 300), hospital, "11", chfpdr_code=doctor)
        fill = settled(f"F{person}", person, moment(n, 40 + n % 300), shop, prsc_dr_code=doctor)
        world["settlements"] += [seen, fill]
        world["fee_items"].append(sold(f"F{person}", 1, "", f"XB0{n % 5}", pric="80.00" if shop == to else "50.00"))
    return world


def clinics(steered: int = 0, houses: tuple[str, ...] = ("H1", "H2")) -> World:
    """Eight doctors with forty prescriptions each; `steered` of each go to the pharmacy far off."""
    return merged(*(prescriptions(f"D{house}{n}", house, 40, steered) for house in houses for n in range(4)))


def custom_of(doctor: str, count: int, to: str = "R7") -> World:
    """The same persons buy everything else at that pharmacy too."""
    rows = [
        settled(f"W{n}-{k}", f"N{doctor}{n}", moment(20 * k + n % 20, 500), to) for n in range(count) for k in range(4)
    ]
    return {"settlements": rows}


def stay(key: str, person: str, day: int, nights: int, **more: str) -> Row:
    """One stay of some nights."""
    return settled(key, person, moment(day + nights, 60), "H1", "21", chfpdr_code="D1") | {
        "begntime": moment(day, 30),
        "endtime": moment(day + nights, 30),
        **more,
    }


def items(key: str, kind: int) -> list[Row]:
    """A bill of six items; bills of one kind are alike."""
    return [sold(key, n, "", f"F{kind * 10 + n}") for n in range(6)]


def ward(count: int = 90) -> World:
    """A hospital's ordinary stays: other days, other illnesses, other bills."""
    world: World = {"settlements": [], "fee_items": []}
    for n in range(count):
        illness = ("J20.900", "I25.103", "M54.500")[n % 3]
        bed = {"adm_bed": f"B{n % 30}", "diag_code": illness}
        world["settlements"].append(stay(f"Y{n}", f"N{n}", 2 * n, 4 + n % 5, **bed))
        world["fee_items"] += items(f"Y{n}", 100 + n)
    return world


def batch(persons: int, days: tuple[int, ...], copied: bool = True, away: bool = True, who: str = "G") -> World:
    """The same people admitted and discharged together on some days; with one bill, shopping meanwhile."""
    world: World = {"settlements": [], "fee_items": [], "bio_checks": []}
    for first in days:
        for n in range(persons):
            key = f"{who}{n}-{first}"
            bed = {"adm_bed": f"B{n % 30}", "diag_code": "J20.900"}
            world["settlements"].append(stay(key, f"{who}{n}", first, 7, **bed))
            world["fee_items"] += items(key, 1 if copied else 1000 + n + first)
            if away:
                world["settlements"].append(settled(f"E{key}", f"{who}{n}", moment(first + 3, 200 + n), f"R{n % 5}"))
    return world


def together(persons: int, weeks: tuple[int, ...], who: str = "G") -> World:
    """People who come to one hospital's doctor in the same weeks."""
    rows = [
        settled(f"{who}{n}-{w}", f"{who}{n}", moment(7 * w + n % 3, 10 * n), "H1", "11", chfpdr_code="D1")
        for n in range(persons)
        for w in weeks
    ]
    return {"settlements": rows}


def regulars(persons: int = 60, weeks: int = 24) -> World:
    """People who come to the same doctor once a month, each on days of their own."""
    rows = [
        settled(f"K{n}-{w}", f"N{n}", moment(7 * w + n % 5, 5 * n), "H1", "11", chfpdr_code="D1")
        for n in range(persons)
        for w in range(n % 4, weeks, 4)
    ]
    return {"settlements": rows}


_CROWD = merged(places(), customers())
_BOXES = merged(_CROWD, returning(4, 6, 4))
_WAY = merged(_CROWD, returning(6, 5, 1))
_OTHERS = customers(20, 1000)
_WARDS = merged(places(), ward())
_FIRST_IN = batch(12, (20,), copied=False, away=False)
_WEEKS = (2, 5, 7, 9, 11, 15, 17, 19)
_MONTHLY = merged(places(), chronic())


def people(kind: str, count: int) -> frozenset[tuple[str, str]]:
    return frozenset(("person", f"{kind}{n}") for n in range(count))


def _boxed(sources: int, buyers: int, times: int, ring: frozenset[tuple[str, str]]) -> Planted:
    """Returning boxes, with everything that makes a code come twice lawfully."""
    base = returning(buyers, times, sources)
    innocents: dict[str, Rows] = {
        "nobody": _CROWD,
        "split packs": merged(_CROWD, changed(base, "fee_items", trdn_flag="1")),
        "outer pack": merged(_CROWD, one_label(20)),
        "placeholder": merged(_CROWD, changed(base, "fee_items", drug_trac_codg="00000000000000000000")),
        "too short": merged(_CROWD, changed(base, "fee_items", drug_trac_codg="12345")),
        "one person scanned twice": merged(_CROWD, returning(buyers, times, sources, back="self")),
        "sent back": merged(_CROWD, sent_back(base)),
        "one stray box": merged(_CROWD, returning(1, 1, 1)),
    }
    worse = merged(_CROWD, returning(buyers, 2 * times, sources))
    return Planted(merged(_CROWD, base), ring, worse, innocents, _OTHERS)


PLANTED: dict[str, Planted] = {
    "box_resale": _boxed(4, 4, 6, people("P", 4) | {("institution", "R6")}),
    "pharmacy_to_pharmacy": _boxed(1, 6, 5, people("P", 6) | {("institution", "R0"), ("institution", "R6")}),
    "quota_stripping": Planted(
        merged(_MONTHLY, stripped(2, 20, 5, 2)),
        people("Q", 2),
        merged(_MONTHLY, stripped(2, 40, 3, 2)),
        {
            "monthly refills": _MONTHLY,
            "long prescriptions": merged(_MONTHLY, stripped(3, 3, 60, 3)),
            "one shop": merged(_MONTHLY, stripped(2, 20, 5, 2, shops=1)),
            "holiday stock": merged(_MONTHLY, stripped(3, 5, 12, 1)),
        },
        merged(chronic(30, "XS02")),
    ),
    "kickback": Planted(
        merged(places(), clinics(), prescriptions("DX", "H1", 60, 45)),
        frozenset({("doctor", "DX"), ("institution", "R7")}),
        merged(places(), clinics(), prescriptions("DX", "H1", 120, 90)),
        {
            "everybody's pharmacy": merged(places(), clinics(30), prescriptions("DX", "H1", 60, 45)),
            "their own pharmacy": merged(places(), clinics(), prescriptions("DX", "H1", 60, 45), custom_of("DX", 45)),
            "nobody": merged(places(), clinics()),
        },
        customers(20, 1000),
    ),
    "phantom_stays": Planted(
        merged(_WARDS, batch(8, (20, 60))),
        people("G", 8) | {("institution", "H1"), ("doctor", "D1")},
        merged(_WARDS, batch(8, (20, 60, 100, 140))),
        {
            "nobody": _WARDS,
            "flu wave": merged(_WARDS, batch(8, (20,), copied=False, away=False)),
            "a couple": merged(_WARDS, batch(2, (20,))),
        },
        customers(20, 1000),
    ),
    "overbooked_beds": Planted(
        merged(_WARDS, _FIRST_IN, batch(12, (21,), who="U", away=False)),
        frozenset({("institution", "H1")}),
        merged(_WARDS, _FIRST_IN, batch(12, (21,), who="U", away=False), batch(12, (22,), who="X", away=False)),
        {"nobody": _WARDS, "one wrong bed": merged(_WARDS, batch(1, (20,), away=False))},
        customers(20, 1000),
    ),
    "dense_blocks": Planted(
        merged(places(), regulars(), together(14, _WEEKS)),
        people("G", 14) | {("institution", "H1"), ("doctor", "D1")},
        merged(places(), regulars(), together(20, _WEEKS)),
        {
            "regulars": merged(places(), regulars()),
            "every week": merged(places(), regulars(), together(14, tuple(range(24)))),
            "one outing": merged(places(), regulars(), together(14, (3, 4))),
        },
        customers(20, 1000),
    ),
}
