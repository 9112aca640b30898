"""Run all checks over a folder: 0 all holds, 1 something differs, 2 it is no package."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cases.exports.package.verifier.cards import (
    absent_bearer,
    after_death,
    after_loss,
    agent_clientele,
    borrowed_card,
    during_stay,
    impossible_items,
    split_life,
    two_places,
)
from cases.exports.package.verifier.collusion import (
    boxes,
    dense_blocks,
    kickback,
    overbooked_beds,
    phantom_stays,
    quota_stripping,
)
from cases.exports.package.verifier.files import EXPORT, MANIFEST, SIGNATURE, check_files
from cases.exports.package.verifier.found import judge, name_of
from cases.exports.package.verifier.identity import (
    one_hand_ghosts,
    same_certificate,
    same_template,
    shared_handle,
    used,
)
from cases.exports.package.verifier.ledger import check_ledger, check_signature, keys_of
from cases.exports.package.verifier.meeting import together
from cases.exports.package.verifier.money import check_money
from cases.exports.package.verifier.report import NotAPackage, Report
from cases.exports.package.verifier.tables import (
    TABLES,
    Records,
    fen,
    read_json,
    read_records,
    unlike_csv,
)

FORMAT = "ringhound-package"
STATISTICS: dict[str, Any] = {
    "two_places": two_places,
    "during_stay": during_stay,
    "after_death": after_death,
    "after_loss": after_loss,
    "impossible_items": impossible_items,
    "absent_bearer": absent_bearer,
    "borrowed_card": borrowed_card,
    "split_life": split_life,
    "lockstep": together,
    "hoarded_cards": together,
    "quick_alarm": together,
    "agent_clientele": agent_clientele,
    "phantom_stays": phantom_stays,
    "overbooked_beds": overbooked_beds,
    "kickback": kickback,
    "box_resale": boxes,
    "pharmacy_to_pharmacy": boxes,
    "quota_stripping": quota_stripping,
    "dense_blocks": dense_blocks,
    "duplicate_identity": used,
    "same_certificate": same_certificate,
    "same_template": same_template,
    "one_hand_ghosts": one_hand_ghosts,
    "shared_handle": shared_handle,
}
BROKEN = (KeyError, ValueError, TypeError, IndexError, AttributeError, ArithmeticError, OSError, RecursionError)


def manifest_of(folder: Path) -> dict[str, Any]:
    """Read the manifest; NotAPackage where there is none."""
    try:
        manifest = read_json(folder / MANIFEST)
        if manifest["format"] != FORMAT or not isinstance(manifest["files"], list):
            raise ValueError(FORMAT)
        return dict(manifest)
    except BROKEN as error:
        raise NotAPackage(
            f"{folder} 不是移送包：manifest.json 缺失或无法读取", f"{folder} is no package: manifest.json does not read"
        ) from error


def guarded(report: Report, zh: str, en: str, check: Any, *given: Any) -> None:
    """Run a check; what does not read differs from what it should be."""
    try:
        check(*given)
    except BROKEN as error:
        reason = type(error).__name__
        report.differs(f"{zh}无法读取或格式不符（{reason}）", f"{en} does not read or has another form ({reason})")


def verify(folder: Path, pinned: str = "") -> Report:
    """Check a package: files, signature, ledger, tables, amounts, findings."""
    manifest, report = manifest_of(folder), Report()
    guarded(report, "文件清单", "the list of files", check_files, folder, manifest, report)
    try:
        keys = keys_of(folder)
    except BROKEN:
        keys = {}
        report.differs("ledger/keys.json 无法读取", "ledger/keys.json does not read")
    guarded(report, SIGNATURE, SIGNATURE, check_signature, folder, keys, pinned, report)
    guarded(report, EXPORT + " 等账本证明", EXPORT + " or another proof", check_ledger, folder, keys, manifest, report)
    guarded(report, "records 与 findings", "records and findings", check_contents, folder, manifest, report)
    return report


def check_contents(folder: Path, manifest: dict[str, Any], report: Report) -> None:
    """Check what the records say against what is stated."""
    records, findings = read_records(folder), read_json(folder / "findings" / "findings.json")
    recompute(records, findings, report)
    report.check(
        manifest["ring"] == records.ring["id"] and manifest["run"] == records.ring["run"]["id"],
        "清单所述线索与内容一致",
        "the manifest speaks of the ring that is enclosed",
        "清单所述线索与内容不一致",
        "the manifest speaks of another ring",
    )
    check_key_table(folder, manifest, report)
    for name in TABLES:
        unlike = unlike_csv(folder, name, records.tables[name], manifest["name"])
        report.check(
            not unlike,
            f"records/{name} 的 CSV 与 JSON 一致（{len(records.tables[name])} 行）",
            f"CSV and JSON of records/{name} agree ({len(records.tables[name])} rows)",
            f"records/{name} 的 CSV 与 JSON 不一致：{unlike}",
            f"CSV and JSON of records/{name} differ: {unlike}",
        )


def check_key_table(folder: Path, manifest: dict[str, Any], report: Report) -> None:
    """Where the encrypted key table lies beside the package, see that it is the one that was made for it."""
    path = folder.resolve().parent / manifest["key_table"]["file"]
    if path.is_file():
        same = hashlib.sha256(path.read_bytes()).hexdigest() == manifest["key_table"]["sha256"]
        report.check(
            same,
            "旁边的代号对照表（加密）属于本包",
            "the encrypted key table beside the package belongs to it",
            "旁边的代号对照表不属于本包或已改动",
            "the key table beside the package is not the one made for it, or it was changed",
        )


def recompute(records: Records, findings: list[dict[str, Any]], report: Report) -> None:
    """Recompute the ring's amounts and every finding's statistic."""
    check_money(records, findings, report)
    for finding in findings:
        zh, en = f"疑点 {finding['number']}", f"finding {finding['number']}"
        guarded(report, zh, en, check_counts, records, finding, report)
        guarded(report, zh, en, check_finding, records, finding, report)


def check_counts(records: Records, finding: dict[str, Any], report: Report) -> None:
    """Recount what every finding rests on: settlements, persons, places, days, what the fund paid."""
    rows = records.of(finding)
    mine = {
        "settlements": len(rows),
        "persons": len({row["person"] for row in rows}),
        "places": len({row["place"] for row in rows}),
        "days": len({row["time"][:10] for row in rows}),
        "fund_fen": sum(fen(row["fund"]) for row in rows),
    }
    zh, en = name_of(finding)
    different = sorted(name for name in mine if mine[name] != finding["counts"][name])
    pairs = [f"{name} {mine[name]} / {finding['counts'][name]}" for name in different]
    report.check(
        not different,
        f"{zh}：{mine['settlements']} 条结算、{mine['persons']} 人、{mine['places']} 家机构、"
        f"{mine['days']} 天、基金 {mine['fund_fen'] / 100:.2f} 元，逐项重数相符",
        f"{en}: {mine['settlements']} settlements, {mine['persons']} persons, {mine['places']} places, "
        f"{mine['days']} days, fund {mine['fund_fen'] / 100:.2f} yuan, all recounted",
        f"{zh}：重数不符（重算 / 所述）：" + "，".join(pairs),
        f"{en}: the recount differs (recomputed / stated): " + ", ".join(pairs),
    )


def check_finding(records: Records, finding: dict[str, Any], report: Report) -> None:
    """Recompute the statistic of a finding, and say what of it nobody outside can recompute."""
    statistic = STATISTICS.get(finding["detector"]) if finding["inputs"] is not None else None
    if statistic is not None:
        judge(finding, statistic(records, finding), report)
    zh, en = name_of(finding)
    for said_zh, said_en in finding["not_recomputed"]:
        report.untested(f"{zh}：{said_zh}", f"{en}: {said_en}")
    if statistic is None and not finding["not_recomputed"]:
        report.differs(f"{zh}：没有可重新计算的依据", f"{en}: nothing to recompute it from")


def main(arguments: list[str]) -> int:
    """Check the folder this file lies in, or the one that is named."""
    parser = argparse.ArgumentParser(description="核验移送包 / Check a referral package. Python 3.8+, offline.")
    parser.add_argument(
        "folder", nargs="?", default=str(Path(__file__).resolve().parent), help="移送包文件夹 / package"
    )
    parser.add_argument("--key", default="", help="另行取得的公钥编号 / number of the public key, got elsewhere")
    parser.add_argument("--json", action="store_true", help="输出 JSON / as JSON")
    given = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        report = verify(Path(given.folder), given.key)
    except NotAPackage as error:
        sys.stdout.write(f"{error.zh}\n{error.en}\n")
        return 2
    if given.json:
        lines = [{"result": kind, "zh": zh, "en": en} for kind, zh, en in report.lines]
        sys.stdout.write(json.dumps(lines, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(report.text())
    return 1 if report.failed else 0
