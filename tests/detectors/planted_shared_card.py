"""Planted worlds of one card with several bearers: rings, look-alikes, strangers. All of it is invented."""

from tests.detectors.bearers import (
    CARD,
    OWNER,
    World,
    check,
    claims,
    county,
    date,
    item,
    merged,
    moment,
    person,
    registers,
    stay,
    used,
)
from tests.detectors.worlds import Planted
from tests.scenarios import certno

BASE = merged(registers(), county())
STRANGERS = county(20, 300)
RING = frozenset({("person", OWNER), ("card", CARD)})


def journeys(count: int, **more: str) -> World:
    """Days at both towns, ten minutes apart."""
    rows = [used(f"a{n}", 9 * n, 60, "RA", **more) for n in range(count)]
    return claims(*rows, *(used(f"b{n}", 9 * n, 75, "RB", **more) for n in range(count)))


def _two_places() -> Planted:
    far = journeys(5)["settlements"]
    near = [row | {"fixmedins_code": "RN"} if row["fixmedins_code"] == "RB" else row for row in far]
    long = [row | {"begntime": moment(9 * n), "setl_time": moment(9 * n, 240)} for n, row in enumerate(far[:5])]
    return Planted(
        rows=merged(BASE, journeys(5)),
        ring=RING,
        worse=merged(BASE, journeys(10)),
        innocents={
            "one wrong time": merged(BASE, journeys(1)),
            "fetched by an agent": merged(BASE, journeys(5, agnter_certno=certno(serial="901"))),
            "neighbouring shops": merged(BASE, claims(*near)),
            "out for a while during a long treatment": merged(BASE, claims(*long, *far[5:])),
        },
        strangers=STRANGERS,
    )


def wards(uses: int, **more: str) -> World:
    """A stay of three weeks, and days at the other town's pharmacy meanwhile."""
    return claims(stay("w", 10, 31), *(used(f"u{n}", 12 + 2 * n, 60, "RB", **more) for n in range(uses)))


def _during_stay() -> Planted:
    sick = [stay(f"k{n}", 125 + n % 20, 135 + n % 20, psn_no=f"P{n}") for n in range(100, 160)]
    base = merged(BASE, claims(*sick))
    own = used("own", 3, 60, "RB", diag_code="I10.x00")
    return Planted(
        rows=merged(base, wards(6)),
        ring=RING | {("institution", "HA")},
        worse=merged(base, wards(9)),
        innocents={
            "escorted check-up and one refill": merged(
                base,
                claims(own, stay("w", 10, 31), used("x", 15, 0, "HB"), used("y", 20, 0, "RB", diag_code="I10.x00")),
            ),
            "days of admission and discharge": merged(
                base, claims(stay("w", 10, 31), used("x", 10, 0, "RB"), used("y", 31, 500, "RB"))
            ),
            "fetched by an agent": merged(base, wards(6, agnter_certno=certno(serial="901"))),
            "the ward's own house": merged(base, wards(6, fixmedins_code="HA", med_type="11")),
        },
        strangers=STRANGERS,
    )


def buried(uses: int, **more: str) -> World:
    """Uses from ten days after death on, each on its own day."""
    return claims(*(used(f"d{n}", 10 + 9 * n, 60, "RB", **more) for n in range(uses)))


def _after_death() -> Planted:
    base = merged(registers(die_date=date(0)), county())
    base["insured"] += [person(n, die_date=date(0)) for n in range(400, 440)]
    alive = {"med_type": "13", "fixmedins_code": "HA"}
    living = [row | alive | {"chfpdr_code": f"D{n}"} for n, row in enumerate(buried(5)["settlements"])]
    stays = stay("w", 10, 20, "HA"), used("x", 12, 0, "RA"), used("y", 14, 0, "RA")
    return Planted(
        rows=merged(base, buried(5)),
        ring=RING,
        worse=merged(base, buried(9)),
        innocents={
            "one slip of the pen": merged(base, buried(1)),
            "living person in the register of deaths": merged(base, claims(*living)),
            "late settlement": merged(base, claims(*(used(f"l{n}", n - 3, 0, setl_time=moment(30)) for n in range(6)))),
            "one stay is one slip": merged(base, claims(*stays)),
        },
        strangers=STRANGERS,
    )


def _after_loss() -> Planted:
    base = merged(registers(), county())
    base["cards"] = [row | {"loss_date": date(2)} if row["card_no"] == CARD else row for row in base["cards"]]
    base["cards"] += [
        {"card_no": f"L{n}", "psn_no": f"P{n}", "card_type": "03", "loss_date": date(1)} for n in range(100, 140)
    ]
    own = [used(f"o{n}", 20 * n, 0, "RB", mdtrt_cert_type="02") for n in range(4)]
    return Planted(
        rows=merged(base, buried(5)),
        ring=RING,
        worse=merged(base, buried(9)),
        innocents={
            "one slip of the pen": merged(base, buried(1)),
            "used on the day of the report": merged(base, claims(used("x", 2, 300), used("y", 3, 0), used("z", 1, 0))),
            "recovered card": merged(base, buried(5), claims(*own)),
        },
        strangers=STRANGERS,
    )


def foreign(days: int, codes: str = "N76.000 D25.900 N80.000", **more: str) -> World:
    """Days with diagnoses of the other sex."""
    given = codes.split()
    return claims(*(used(f"f{n}", 8 * n, 60, "HA", diag_code=given[n % len(given)], **more) for n in range(days)))


def _impossible_items() -> Planted:
    wrong = merged(registers(certno=certno(serial="124")), county(), foreign(6))
    wife = merged(registers(insutype="310"), county(), foreign(6, "Z34.900 O80.000"))
    return Planted(
        rows=merged(BASE, foreign(6)),
        ring=RING,
        worse=merged(BASE, foreign(12)),
        innocents={
            "one wrong code": merged(BASE, foreign(1)),
            "wrong sex in the register": wrong,
            "maternity benefit of the wife": wife,
            "bought at a pharmacy for a child": merged(
                BASE,
                claims(*(used(f"c{n}", 8 * n, 60, "RA") for n in range(6))),
                {"fee_items": [item(f"Sc{n}", "小儿示例颗粒") for n in range(6)]},
            ),
        },
        strangers=STRANGERS,
    )


def checked(results: str, place: str = "RB") -> World:
    """A check a week, one letter each: m match, x mismatch, a absent."""
    words = {"m": "match", "x": "mismatch", "a": "absent"}
    rows = [used(f"q{n}", 7 * n, 60, place) for n in range(len(results))]
    checks = [check(f"B{n}", 7 * n, 59, place, OWNER, words[letter]) for n, letter in enumerate(results)]
    return {"settlements": rows, "bio_checks": checks}


def _absent_bearer() -> Planted:
    honest = [check(f"H{n}", n, 0, "RA", f"P{100 + n}", "mismatch" if n == 7 else "match") for n in range(60)]
    base = merged(BASE, {"bio_checks": honest})
    ward = merged(base, claims(stay("w", 0, 60)), {"bio_checks": checked("aaaaaa", "HA")["bio_checks"]})
    return Planted(
        rows=merged(base, checked("xxxaxm")),
        ring=RING,
        worse=merged(base, checked("xxxaxxxxxx")),
        innocents={"misread once": merged(base, checked("mxmmmm")), "out of bed at ward rounds": ward},
        strangers=STRANGERS,
    )


def lent(days: int, number: int = 100) -> World:
    """The card under other names."""
    rows = [used(f"n{n}", 8 * n, 60, "RB", f"P{number + n % 2}", card_no=CARD) for n in range(days)]
    return claims(*rows)


def _borrowed_card() -> Planted:
    twice = merged(BASE, lent(6, 500))
    twice["insured"] += [person(n) | {"certno": person(1)["certno"]} for n in (500, 501)]
    infant = merged(BASE, lent(6, 500))
    infant["insured"] += [person(n, brdy=date(-60), certno="") for n in (500, 501)]
    return Planted(
        rows=merged(BASE, lent(6)),
        ring=RING | {("person", "P100"), ("person", "P101")},
        worse=merged(BASE, lent(12)),
        innocents={
            "one mistyped number": merged(BASE, lent(1)),
            "two enrolments of one body": twice,
            "newborn on the mother's card": infant,
        },
        strangers=STRANGERS,
    )


def lives(weeks: int, shared: int) -> World:
    """Mondays at nine in one town, Thursdays at three in the other, and some Tuesdays in both."""
    rows = [used(f"a{n}", 7 * n, 60 + n % 9, "RA", diag_code="I10.x00") for n in range(weeks)]
    rows += [used(f"b{n}", 7 * n + 3, 420 + n % 9, "RB", diag_code="M54.500") for n in range(weeks)]
    rows += [used(f"c{n}", 7 * n + 1, 60 + n % 9, "RA", diag_code="I10.x00") for n in range(shared)]
    return claims(*rows, *(used(f"d{n}", 7 * n + 1, 420 + n % 9, "RB", diag_code="M54.500") for n in range(shared)))


def _split_life() -> Planted:
    crowd = [
        used(f"m{n}/{k}", (n * 11 + k * 23) % 120, (n * 53 + k * 97) % 600, "RA" if n % 2 else "RB", f"P{n}")
        for n in range(100, 160)
        for k in range(5)
    ]
    base = merged(BASE, claims(*crowd))
    moved = [used(f"a{n}", 3 * n, 60 + n % 9, "RA") for n in range(14)]
    moved += [used(f"b{n}", 50 + 3 * n, 420 + n % 9, "RB") for n in range(14)]
    commuter = [used(f"a{n}", 7 * n + n % 5, 60 + n % 9, "RA") for n in range(14)]
    commuter += [used(f"b{n}", 7 * n + 5, 420 + n % 9, "RB") for n in range(14)]
    referred = [row | {"diag_code": "I10.x00"} for row in lives(0, 12)["settlements"]]
    return Planted(
        rows=merged(base, lives(14, 6)),
        ring=RING,
        worse=merged(base, lives(16, 14)),
        innocents={
            "moved house": merged(base, claims(*moved)),
            "commuter": merged(base, claims(*commuter)),
            "referred to the other town": merged(
                base, claims(*(row | {"begntime": row["setl_time"]} for row in referred[:3]))
            ),
        },
        strangers=STRANGERS,
    )


PLANTED: dict[str, Planted] = {
    "two_places": _two_places(),
    "during_stay": _during_stay(),
    "after_death": _after_death(),
    "after_loss": _after_loss(),
    "impossible_items": _impossible_items(),
    "absent_bearer": _absent_bearer(),
    "borrowed_card": _borrowed_card(),
    "split_life": _split_life(),
}
