"""The walk of "From the morning list to a police referral": ring, case, reviews, hearing, decision, package, ledger."""

from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, FilePayload

from cases.handout.tables import GRADE_TITLES
from cases.model import Ring
from cases.work.model import OUTCOME_TITLES, Outcome
from claims.language import _, speaking
from claims.workspace import Workspace
from detectors.finding import Grade
from docs.guide.walk_browser import Walk, walking
from docs.guide.walk_morning import CASH, chosen
from docs.guide.walk_people import LANGUAGE, PEOPLE
from graph.model import NodeType
from graph.titles import node_title
from ui.pages.case_subjects import ALL

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
        "refuse": "委托书写于这些结算之后，也未写明代购何药，不予采信",
        "answered": "已收到药店陈述",
        "verified": "已核对委托书与购药记录",
        "decide": "药店陈述未能说明所列结算，建议移送公安机关进一步核查",
        "refer": "涉嫌骗取医疗保障基金，移送公安机关核查",
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
        "refuse": "The mandate was written after these purchases and names no medicine",
        "answered": "Statement of the pharmacy received",
        "verified": "Mandate and purchases were compared",
        "decide": "The statement does not explain the settlements; to be referred to the police for inquiry",
        "refer": "Suspected fraud on the medical-insurance fund; referred for inquiry",
    },
}
PASSWORD = "three slow barges turn"  # noqa: S105 - of a key table about invented people
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
    with as_("li", f"/case?case={case}") as one:
        for step, reason in (("answered", "answered"), ("verified", "verified")):
            one.write(f"case.step.reason.{case}", texts[reason])
            one.press(f"case.step.{step}")
    with as_("chen", f"/case?case={case}&part=subjects") as one:
        with speaking(LANGUAGE[language]):
            decided(one, case, texts)
        referred(one, case, texts)
        one.go("/ledger")
        one.press("ledger.verify")
        one.page.get_by_test_id("stAlert").first.wait_for()
        one.keep("24-ledger")


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
    """Look at what the answer would change, then refuse it for a reason."""
    one.page.locator("[class*=st-key-case-answer-judged] textarea").fill(texts["refuse"])
    one.to("[data-testid=stMain] h3", 0, 60)
    one.keep("19-answer")
    one.press("case.answer.refuse")


def decided(one: Walk, case: str, texts: dict[str, str]) -> None:
    """Say something about every member and every record, give the reason, close.

    What the pharmacy did stands in the records; what its customers knew does not: about them there is not enough.
    """
    members, records = ("case.bulk.members", "case.set.members"), ("case.bulk.records", "case.set.records")
    said(one, members, _(ALL), Outcome.NOT_ENOUGH)
    said(one, members, node_title(NodeType.INSTITUTION), Outcome.CONFIRMED)
    said(one, records, _(GRADE_TITLES[Grade.PROBABLE]), Outcome.CONFIRMED)
    one.write(f"case.decide.reason.{case}", texts["decide"])
    one.to(".st-key-case-bulk-records", 0, 110)
    one.keep("20-final-review")
    one.press("case.decide.do")


def said(one: Walk, keys: tuple[str, str], group: str, outcome: Outcome) -> None:
    """Say the same of one group of members or records."""
    boxes, button = one.keyed(keys[0]).get_by_test_id("stSelectbox"), keys[1]
    one.choose_named(boxes.nth(0), group)
    one.choose_named(boxes.nth(1), _(OUTCOME_TITLES[outcome]))
    one.press(button)


def referred(one: Walk, case: str, texts: dict[str, str]) -> None:
    """What is missing, the documents, the package, handing it out."""
    one.go(f"/referrals?case={case}&to=police&part=meter")
    one.keep("21-missing")
    one.go(f"/referrals?case={case}&to=police&part=preview")
    one.page.get_by_test_id("stMain").locator("img").first.wait_for()
    one.idle()
    one.keep("22-documents")
    one.go(f"/referrals?case={case}&to=police&part=build")
    one.keyed("referral.how").get_by_role("radio").nth(1).check(force=True)
    one.idle()
    one.page.get_by_test_id("stForm").locator("textarea").fill(texts["refer"])
    one.keyed("referral.password").locator("input").fill(PASSWORD)
    one.page.get_by_test_id("stForm").get_by_test_id("stFormSubmitButton").locator("button").click()
    one.keyed("referral.hand_out").locator("button").wait_for()
    one.press("referral.hand_out")
    one.page.get_by_test_id("stForm").get_by_role("button").first.wait_for()
    one.idle()
    one.keep("23-referral")
