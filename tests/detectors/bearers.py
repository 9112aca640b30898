"""Rows for worlds of one card with several bearers: an owner, two towns, ordinary people. All of it is invented."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tests.scenarios import certno

Row = dict[str, str]
World = dict[str, list[Row]]
START = datetime(2026, 1, 5, 8, 0, 0)  # a Monday
CARD, OWNER = "C1", "P1"


def moment(day: int, minute: int = 0) -> str:
    """Local time `minute` minutes after eight on a day of the world."""
    return str(START + timedelta(days=day, minutes=minute))


def date(day: int) -> str:
    """A date of the world."""
    return moment(day)[:10]


def used(serial: str, day: int, minute: int = 0, place: str = "RA", psn_no: str = OWNER, **more: str) -> Row:
    """One settlement of five minutes with the card; at a pharmacy where the place's code says so."""
    return {
        "setl_id": f"S{serial}",
        "psn_no": psn_no,
        "mdtrt_cert_type": "03",
        "card_no": "C" + psn_no[1:],
        "fixmedins_code": place,
        "med_type": "41" if place.startswith("R") else "11",
        "begntime": moment(day, minute - 5),
        "setl_time": moment(day, minute),
        "diag_code": "J06.900",
        "medfee_sumamt": "100.00",
        "fund_pay_sumamt": "70.00",
        **more,
    }


def stay(serial: str, first: int, last: int, place: str = "HA", psn_no: str = OWNER, **more: str) -> Row:
    """One stay from noon to noon."""
    times = {"begntime": moment(first, 240), "endtime": moment(last, 240), "setl_time": moment(last, 250)}
    return used(serial, last, 0, place, psn_no) | {"med_type": "21"} | times | more


def person(number: int, **more: str) -> Row:
    """A man of 65."""
    return {
        "psn_no": f"P{number}",
        "psn_name": f"某甲{number}",
        "certno": certno(serial=f"{number % 500 * 2 + 1:03d}"),
        "gend": "1",
        "brdy": "1960-03-07",
        "insutype": "390",
        **more,
    }


def place(code: str, lnt: str, lat: str = "30.000000") -> Row:
    """An institution; codes beginning with R are pharmacies."""
    kind = "2" if code.startswith("R") else "1"
    return {"fixmedins_code": code, "fixmedins_name": f"示例机构{code}", "fixmedins_type": kind, "lnt": lnt, "lat": lat}


def merged(*worlds: Mapping[str, list[Row]]) -> World:
    """All rows of several worlds, in order."""
    names = sorted({name for world in worlds for name in world})
    return {name: [row for world in worlds for row in world.get(name, ())] for name in names}


def county(count: int = 60, first: int = 100) -> World:
    """Ordinary people in two towns thirty kilometres apart, each with a few visits in the own town."""
    world: World = {"insured": [], "cards": [], "settlements": []}
    for n in range(first, first + count):
        town = "AB"[n % 2]
        world["insured"].append(person(n))
        world["cards"].append({"card_no": f"C{n}", "psn_no": f"P{n}", "card_type": "03"})
        for nth in range(3):
            where = ("H", "R")[(n + nth) % 2] + town
            minute = (n * 37 + nth * 101) % 540
            world["settlements"].append(used(f"{n}/{nth}", (n * 7 + nth * 29) % 120, minute, where, f"P{n}"))
    return world


def registers(**owner: str) -> World:
    """The owner, the card and four institutions: a hospital and a pharmacy in either town, and a neighbour's shop."""
    places = [place("HA", "110.000000"), place("RA", "110.002000"), place("RN", "110.003000")]
    places += [place("HB", "110.310000"), place("RB", "110.312000")]
    cards = [{"card_no": CARD, "psn_no": OWNER, "card_type": "03"}]
    return {"insured": [person(1, **owner)], "cards": cards, "institutions": places}


def claims(*rows: Row) -> World:
    """Settlements."""
    return {"settlements": list(rows)}


def check(number: str, day: int, minute: int, place: str, psn_no: str, result: str) -> Row:
    """One biometric check at a counter or in a ward."""
    return {
        "check_id": number,
        "check_time": moment(day, minute),
        "fixmedins_code": place,
        "psn_no": psn_no,
        "method": "face",
        "result": result,
    }


def item(setl_id: str, name: str) -> Row:
    """One item of a settlement."""
    return {"setl_id": setl_id, "bkkp_sn": "1", "med_list_codg": "X" + name, "med_list_name": name, "cnt": "1"} | {
        "det_item_fee_sumamt": "10.00"
    }
