"""What was checked: held, differs, or could not be recomputed, each in Chinese and in English."""

from __future__ import annotations

HOLDS, DIFFERS, UNTESTED = "holds", "differs", "untested"
MARKS = {HOLDS: "[通过 holds]", DIFFERS: "[不符 DIFFERS]", UNTESTED: "[未复算 not recomputed]"}


class NotAPackage(Exception):  # noqa: N818 - what it says, not an error of the program
    """The folder is no package; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class Report:
    """Lines in the order of the checks."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, str]] = []

    def holds(self, zh: str, en: str) -> None:
        """Write down what held."""
        self.lines.append((HOLDS, zh, en))

    def differs(self, zh: str, en: str) -> None:
        """Write down what does not hold, and where."""
        self.lines.append((DIFFERS, zh, en))

    def untested(self, zh: str, en: str) -> None:
        """Write down what nobody outside can recompute, and why."""
        self.lines.append((UNTESTED, zh, en))

    def check(self, held: bool, zh: str, en: str, wrong_zh: str = "", wrong_en: str = "") -> bool:
        """Write down whether something holds."""
        if held:
            self.holds(zh, en)
        else:
            self.differs(wrong_zh or zh, wrong_en or en)
        return held

    def count(self, kind: str) -> int:
        """Count the lines of a kind."""
        return sum(line[0] == kind for line in self.lines)

    @property
    def failed(self) -> bool:
        """Whether anything differs."""
        return self.count(DIFFERS) > 0

    def text(self) -> str:
        """Return all lines and the sum of them."""
        body = [f"{MARKS[kind]} {zh}\n    {en}" for kind, zh, en in self.lines]
        held, wrong, open_ = (self.count(kind) for kind in (HOLDS, DIFFERS, UNTESTED))
        if wrong:
            zh = f"结论：有 {wrong} 处不符（见上文“不符”各行），{held} 项通过，{open_} 项未复算。"
            en = f"Result: {wrong} checks differ (see DIFFERS above), {held} hold, {open_} were not recomputed."
        else:
            zh = f"结论：{held} 项检查全部通过，{open_} 项未复算（原因见上文）。"
            en = f"Result: all {held} checks hold, {open_} were not recomputed (reasons above)."
        return "\n".join([*body, "", zh, en, ""])
