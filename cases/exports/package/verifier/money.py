"""The ring's amounts: how sure each record is, the bracket, the amounts of the law and the dates."""

from __future__ import annotations

from typing import Any

from cases.exports.package.verifier.tables import Records, fen

GRADES = ("certain", "probable", "contested", "lawful")


def graded(findings: list[dict[str, Any]]) -> dict[str, str]:
    """Grade every record by the surest finding that rests on it."""
    found: dict[str, str] = {}
    for finding in findings:
        for grade, records in finding["records"].items():
            for record in records:
                best = min(GRADES.index(found.get(record, grade)), GRADES.index(grade))
                found[record] = GRADES[best]
    return found


def amounts(records: Records, grades: dict[str, str]) -> dict[str, int]:
    """Sum the fund's payments by grade, in fen; `account` and `claims` of what is not lawful."""
    sums = dict.fromkeys((*GRADES, "account", "claims"), 0)
    for record, grade in grades.items():
        row = records.settlements.get(record)
        if row is not None:
            sums[grade] += fen(row["fund"])
            if grade != "lawful":
                sums["account"] += fen(row["account"])
                sums["claims"] += 1
    sums["fund"] = sum(sums[grade] for grade in GRADES[:3])
    return sums


def crossing(records: Records, grades: dict[str, str], amount: int) -> tuple[str | None, list[str]]:
    """Return the grade at which an amount of the law is reached, and the fewest records it needs."""
    reached = 0
    for grade in GRADES[:3]:
        own = [
            (-fen(records.settlements[r]["fund"]), r)
            for r, g in grades.items()
            if g == grade and r in records.settlements
        ]
        total = reached - sum(fund for fund, _record in own)
        if total >= amount:
            spare, taken = total - amount, []
            for fund, record in sorted(own):
                if spare < 0:
                    break
                taken.append(record)
                spare += fund
            return grade, taken
        reached = total
    return None, []


def worth(records: Records, named: list[str]) -> int:
    """Sum what the fund paid on some records, in fen; -1 where one is missing."""
    rows = [records.settlements.get(record) for record in named]
    return -1 if None in rows else sum(fen(row["fund"]) for row in rows if row)


def check_money(records: Records, findings: list[dict[str, Any]], report: Any) -> None:
    """Recompute the ring's amounts and compare them with what is stated."""
    ring, grades = records.ring, graded(findings)
    stated = {record: grade for grade, own in ring["records"].items() for record in own}
    report.check(
        grades == stated,
        f"{len(grades)} 条记录的可信等级由各疑点重新得出，与所述一致",
        f"how sure each of {len(grades)} records is follows from the findings as stated",
        "记录的可信等级与所述不一致",
        "how sure the records are is not what is stated",
    )
    gone = sorted(set(grades) - set(records.settlements) - set(ring["refunded"]))
    report.check(
        not gone,
        "所述记录全部在附",
        "all records that are named are enclosed",
        f"缺少 {len(gone)} 条记录：{gone[:1]}",
        f"{len(gone)} records are missing: {gone[:1]}",
    )
    sums = amounts(records, grades)
    for name in (*GRADES, "fund", "account"):
        said = fen(ring["exposure"][name])
        report.check(
            sums[name] == said,
            f"金额 {name} = {sums[name] / 100:.2f} 元",
            f"amount {name} = {sums[name] / 100:.2f} yuan",
            f"金额 {name}：重新计算为 {sums[name] / 100:.2f} 元，所述为 {said / 100:.2f} 元",
            f"amount {name}: recomputed {sums[name] / 100:.2f} yuan, stated {said / 100:.2f}",
        )
    report.check(sums["claims"] == ring["exposure"]["claims"], f"记录数 {sums['claims']}", f"claims: {sums['claims']}")
    for name, amount, reached, movers in ring["exposure"]["crossings"]:
        grade, fewest = crossing(records, grades, fen(amount))
        same = len(fewest) == len(movers) and worth(records, fewest) == worth(records, movers)
        report.check(
            grade == reached and same,
            f"法定数额 {name}（{amount} 元）：{'达到，等级 ' + grade if grade else '未达到'}",
            f"amount of the law {name} ({amount} yuan): {'reached, ' + grade if grade else 'not reached'}",
        )
    check_days(records, grades, report)


def check_days(records: Records, grades: dict[str, str], report: Any) -> None:
    """Recompute the first and the last day, and how many people the ring has."""
    days = sorted(records.settlements[record]["time"][:10] for record in grades if record in records.settlements)
    first, last = (days[0], days[-1]) if days else (None, None)
    ring = records.ring
    report.check(
        (first, last) == (ring["first_seen"], ring["last_seen"]),
        f"首末日期 {first} 至 {last}",
        f"first and last day {first}, {last}",
    )
    people = sum(member["type"] == "person" for member in ring["members"])
    report.check(people == ring["people"], f"涉及参保人 {people} 人", f"{people} insured persons")
