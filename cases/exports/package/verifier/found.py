"""What a statistic comes to when it is computed again, and how it stands to what is stated."""

from __future__ import annotations

from math import isclose
from typing import Any

from cases.exports.package.verifier.tails import close


class Found:
    """Result of one statistic: `observed` from the records; the rest as far as the shipped numbers go.

    `low` and `high` bound the corrected p-value (equal where it follows exactly). `counts` are further
    numbers (name → recomputed, stated); `problems` say in both languages what does not fit.
    """

    def __init__(
        self,
        observed: float | None = None,
        expected: float | None = None,
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        self.observed, self.expected, self.low, self.high = observed, expected, low, high
        self.counts: dict[str, tuple[float, float]] = {}
        self.problems: list[tuple[str, str]] = []

    def exactly(self, p_value: float) -> Found:
        """Set the p-value that follows exactly."""
        self.low = self.high = p_value
        return self

    def between(self, low: float, high: float) -> Found:
        """Set the bounds of the p-value: a correction for `examined` tests never does more than multiply by them."""
        self.low, self.high = low, min(1.0, high)
        return self

    def counted(self, name: str, recomputed: float, stated: float) -> Found:
        """Add a further number."""
        self.counts[name] = recomputed, stated
        return self

    def wrong(self, zh: str, en: str) -> None:
        """Add something that does not fit."""
        self.problems.append((zh, en))


def name_of(finding: dict[str, Any]) -> tuple[str, str]:
    """What a finding is called in the report."""
    number, title = finding["number"], finding["title"]
    return f"疑点 {number}（{title[0]}）", f"finding {number} ({title[1]})"


def judge(finding: dict[str, Any], found: Found, report: Any) -> None:
    """Compare what was found with what the finding states."""
    chance, (zh, en) = finding["chance"], name_of(finding)
    if found.observed is not None:
        report.check(
            close(found.observed, chance["observed"]),
            f"{zh}：{chance['statistic'][0]} = {found.observed:g}，由记录重新计算",
            f"{en}: {chance['statistic'][1]} = {found.observed:g}, recomputed from the records",
            f"{zh}：{chance['statistic'][0]} 重新计算为 {found.observed:g}，所述为 {chance['observed']:g}",
            f"{en}: {chance['statistic'][1]} recomputed {found.observed:g}, stated {chance['observed']:g}",
        )
    if found.expected is not None:
        report.check(
            close(found.expected, chance["expected"]) or isclose(found.expected, chance["expected"], abs_tol=0.0051),
            f"{zh}：偶然期望 {found.expected:.4g}，由随附的背景数重新计算",
            f"{en}: {found.expected:.4g} expected by chance, recomputed from the background numbers enclosed",
            f"{zh}：偶然期望重新计算为 {found.expected:.6g}，所述为 {chance['expected']:.6g}",
            f"{en}: {found.expected:.6g} expected by chance when recomputed, stated {chance['expected']:.6g}",
        )
    judge_chance(zh, en, chance["p_value"], found, report)
    for name, (mine, stated) in sorted(found.counts.items()):
        report.check(
            close(mine, stated),
            f"{zh}：{name} = {mine:g}",
            f"{en}: {name} = {mine:g}",
            f"{zh}：{name} 重新计算为 {mine:g}，所述为 {stated:g}",
            f"{en}: {name} recomputed {mine:g}, stated {stated:g}",
        )
    for wrong_zh, wrong_en in found.problems:
        report.differs(f"{zh}：{wrong_zh}", f"{en}: {wrong_en}")


def judge_chance(zh: str, en: str, stated: float, found: Found, report: Any) -> None:
    """Compare the stated p-value with the bounds found."""
    if found.high is None:
        return
    low = found.low or 0.0
    exact = found.low == found.high
    words = f"p = {found.high:.3g}" if exact else f"{low:.3g} ≤ p ≤ {found.high:.3g}"
    inside = low * (1 - 2e-5) <= stated <= found.high * (1 + 2e-5) or close(stated, found.high)
    # Below the smallest number that is told, everything is the same.
    inside = inside or (max(stated, low) <= 1e-299 and found.high <= 1e-290)
    report.check(
        inside,
        f"{zh}：校正后概率 {stated:.3g}，与重新计算相符（{words}）",
        f"{en}: corrected p-value {stated:.3g}, as recomputed ({words})",
        f"{zh}：校正后概率所述为 {stated:.3g}，重新计算为 {words}",
        f"{en}: corrected p-value stated {stated:.3g}, recomputed {words}",
    )
