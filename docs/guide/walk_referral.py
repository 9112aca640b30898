"""The walk of "From the morning list to a police referral": ring, case, reviews, the institution."""

from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, FilePayload

from cases.model import Ring
from claims.workspace import Workspace
from docs.guide.walk_browser import Walk, walking
from docs.guide.walk_morning import CASH, chosen
from docs.guide.walk_people import PEOPLE

TEXTS = {
    "zh": {
        "open": "收银台前数分钟内多卡连续刷卡，建议立案核查",
        "pass": "要点与记录已逐条核对，请复审",
        "uphold": "线索成立，通知药店陈述申辩",
        "sheet": "请药店就所列结算作出说明",
        "file": "药店陈述：其中一名参保人委托家属代为购药，附委托书。",
        "name": "药店陈述.txt",
        "attach": "药店书面陈述",
        "says": "参保人委托家属代购",
        "enter": "依据药店书面陈述登记",
        "accept": "委托书真实，代购属实",
    },
    "en": {
        "open": "Many cards used within minutes at one till; to be inquired into",
        "pass": "Key points and records were gone through; for second review",
        "uphold": "The suspicion stands; the pharmacy is to be heard",
        "sheet": "The pharmacy is asked to explain the settlements listed",
        "file": "Statement of the pharmacy: one insured person had relatives buy for them; the mandate is attached.",
        "name": "statement-of-the-pharmacy.txt",
        "attach": "Written statement of the pharmacy",
        "says": "A relative bought by mandate",
        "enter": "Entered from the written statement of the pharmacy",
        "accept": "The mandate is genuine",
    },
}
PROXY = 3  # the agreement to buy for somebody, in the list of what an answer rests on


def walk(browser: Browser, address: str, language: str, folder: Path, workspace: Workspace) -> None:
    """Take the pictures of the second guide."""
    ring, texts = chosen(workspace, CASH), TEXTS[language]

    def as_(name: str, path: str) -> "Turn":
        return Turn(browser, address, language, folder, name, path)

    with as_("li", f"/ring?ring={ring.id}") as one:
        case = opened(one, texts)
        one.go(f"/case?case={case}")
        one.write(f"case.step.reason.{case}", texts["pass"])
        one.keep("16-case")
        one.press("case.step.pass_on")
    with as_("zhou", f"/case?case={case}") as one:
        one.write(f"case.step.reason.{case}", texts["uphold"])
        one.keep("17-second-review")
        one.press("case.step.uphold")
    with as_("li", f"/case?case={case}&part=files") as one:
        heard(one, case, texts, ring)
    with as_("zhou", f"/case?case={case}&part=hearing") as one:
        judged(one, case, texts)


class Turn:
    """Somebody's turn at the case, in a window of their own."""

    def __init__(self, browser: Browser, address: str, language: str, folder: Path, name: str, path: str) -> None:
        """Take what a window needs, who sits before it, and where it begins."""
        self._window = walking(browser, address, language, folder)
        self._name, self._path = name, path

    def __enter__(self) -> Walk:
        one = self._window.__enter__()
        one.sign_in(self._name, PEOPLE[self._name].password, self._path)
        return one

    def __exit__(self, *raised: object) -> None:
        self._window.__exit__(None, None, None)


def opened(one: Walk, texts: dict[str, str]) -> str:
    """Open a case of the ring that is shown; return its number."""
    one.keyed("ring.tools").get_by_test_id("stPopover").first.locator("button").first.click()
    one.page.locator("[data-testid=stPopoverBody] textarea").fill(texts["open"])
    one.keep("15-open-case")
    one.press("ring.case.open")
    link = one.keyed("ring.tools").locator("a[href*='case=C-']").first
    href = str(link.get_attribute("href"))
    return href[href.index("case=") + 5 :].split("&")[0]


def heard(one: Walk, case: str, texts: dict[str, str], ring: Ring) -> None:
    """Draw up the question sheet, attach what the pharmacy wrote, enter its answer."""
    chooser = one.keyed(f"case.file.new.{case}").locator("input[type=file]")
    chooser.set_input_files(FilePayload(name=texts["name"], mimeType="text/plain", buffer=texts["file"].encode()))
    one.idle()
    one.write(f"case.file.reason.{case}", texts["attach"])
    one.press("case.file.attach.do")
    one.go(f"/case?case={case}&part=hearing")
    one.write(f"case.sheet.reason.{case}", texts["sheet"])
    one.press("case.sheet.do")
    one.to(".st-key-case-sheet-preview", 0, 200)
    one.keep("18-question-sheet")
    base = f"case.answer.{case}"
    one.choose(one.keyed(f"{base}.kind"), PROXY)
    one.choose(one.keyed(f"{base}.about"), 0)
    for name, day in (("first", ring.picture.first_seen), ("last", ring.picture.last_seen)):
        one.write(f"{base}.{name}", f"{day or date.today():%Y-%m-%d}")
    one.write(f"{base}.words", texts["says"])
    one.write(f"{base}.reason", texts["enter"])
    one.press("case.answer.do")


def judged(one: Walk, case: str, texts: dict[str, str]) -> None:
    """Look at what the answer would change, then accept it."""
    one.page.locator("[class*=st-key-case-answer-judged] textarea").fill(texts["accept"])
    one.to("[data-testid=stMain] h3", 0, 130)
    one.keep("19-answer")
    one.press("case.answer.accept")
