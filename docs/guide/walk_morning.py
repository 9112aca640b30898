"""The walk of "An investigator's first morning": from signing in to a file in the hand, a picture at every step."""

import re
from pathlib import Path

import duckdb
from playwright.sync_api import Browser

from cases.model import Ring, Status
from cases.store import CaseStore
from claims.workspace import Workspace
from docs.guide.walk_browser import BOARD, PATIENCE, Walk, walking
from docs.guide.walk_people import PEOPLE
from graph.model import BY_NAME, NodeType
from graph.tables import GraphTables

CASH = "shared_card/cash_out"  # many cards within minutes at one till, with bills of nearly one amount
MAIN = "[data-testid=stMain] "
WHY = f"{MAIN}[data-testid=stColumn]:has(.rh-money) h3"
PEOPLE_OF = re.compile(r"(\d+) (?:人|persons)")
SCENES = {"zh": "给同事看：收银台前的几分钟", "en": "For a colleague: minutes at one till"}


def walk(browser: Browser, address: str, language: str, folder: Path, workspace: Workspace) -> None:
    """Take the pictures of the first guide."""
    ring = chosen(workspace, CASH)
    with walking(browser, address, language, folder) as one:
        arrive(one)
        look_at_ring(one, ring)
        link = explore(one, ring)
        look_around(one, ring, workspace)
        compare(one)
        take_away(one, ring)
    with walking(browser, address, language, folder) as other:
        other.sign_in("zhou", PEOPLE["zhou"].password, f"/explorer{link}")
        other.settled()
        other.keep("09-colleague")


def chosen(workspace: Workspace, kind: str) -> Ring:
    """Choose the ring of a kind to look at: one that changed before one that is new, the strongest first."""
    rings = [
        ring for ring in CaseStore.open(workspace.cases).rings() if ring.picture.kind == kind and not ring.merged_into
    ]
    return min(rings, key=lambda ring: (ring.status is not Status.CHANGED, -ring.picture.score, ring.id))


def arrive(one: Walk) -> None:
    """Sign in; the desk."""
    one.page.goto(f"{one.address}/sign/in?lang={one.language}")
    one.page.fill("input[name=name]", "li")
    one.keep("01-sign-in")
    one.sign_in("li", PEOPLE["li"].password)
    one.keep("02-desk")


def look_at_ring(one: Walk, ring: Ring) -> None:
    """Why on the left, what on the right."""
    one.go(f"/ring?ring={ring.id}")
    one.settled()
    one.keep("03-why")
    one.to(WHY, 2)
    one.keep("04-innocence")
    one.page.locator(".st-key-ring-time").get_by_role("radio").nth(1).click()
    one.idle()
    choose_largest(one)
    one.to(".st-key-ring-time", 0, 150)
    one.keep("05-burst")
    one.page.locator("[class*=st-key-ring-map] summary").click()
    one.idle()
    one.to("[class*=st-key-ring-map]")
    one.keep("06-map")


def choose_largest(one: Walk) -> None:
    """Choose the burst of the most people; where several are as large, the first."""
    one.keyed("ring.burst").locator("input").first.click()
    options = one.page.get_by_role("option")
    options.first.wait_for()
    sizes = [int(found[1]) if (found := PEOPLE_OF.search(text)) else 0 for text in options.all_inner_texts()]
    options.nth(sizes.index(max(sizes))).click()
    one.idle()


def explore(one: Walk, ring: Ring) -> str:
    """Expand with counts first, undo, narrow by time, save; return the link for a colleague."""
    one.go(f"/explorer?ring={ring.id}")
    one.settled()
    place = one.nodes("institution")[0]
    one.page.mouse.dblclick(*one.spot(place))
    one.page.get_by_role("dialog").wait_for()
    one.settled()
    one.keep("07-counts")
    one.page.get_by_role("dialog").locator("button[type=submit]").click()
    one.settled()
    one.page.locator("[data-act=undo]").click()
    one.settled()
    one.page.evaluate(f"() => {BOARD}.cy.nodes().unselect()")
    one.settled()
    bar = one.page.locator(".rh-tl").bounding_box() or {"x": 0, "y": 0, "width": 0}
    one.page.mouse.move(bar["x"] + bar["width"] * 0.55, bar["y"] + 20)
    one.page.mouse.down()
    one.page.mouse.move(bar["x"] + bar["width"] * 0.8, bar["y"] + 20, steps=4)
    one.page.mouse.up()
    one.settled()
    expander(one, 1)
    form = one.page.get_by_test_id("stForm")
    form.locator("input[type=text]").fill(SCENES[one.language])
    form.get_by_test_id("stCheckbox").first.locator("label").click()
    form.get_by_role("button").click()
    one.page.get_by_test_id("stMain").locator("code").first.wait_for()
    one.idle()
    one.keep("08-time-and-link")
    said = one.page.get_by_test_id("stMain").locator("code").first.inner_text()
    return said[said.index("?scene=") :].split()[0]


def look_around(one: Walk, ring: Ring, workspace: Workspace) -> None:
    """The page of a person, of an institution, of a drug box."""
    person = one.nodes("person")[0].partition(":")[2]
    place = next(member.key[1] for member in ring.picture.members if member.key[0] is NodeType.INSTITUTION)
    box = twice_sold(workspace)
    for name, type_, id_ in (("10-person", "person", person), ("11-institution", "institution", place),
                             ("12-drug-box", "drug_box", box)):  # fmt: skip
        one.go(f"/entity?type={type_}&id={id_}")
        one.page.get_by_test_id("stEChartsChart").first.wait_for(timeout=PATIENCE)
        one.idle()
        one.keep(name)


def twice_sold(workspace: Workspace) -> str:
    """Return the trace code of a box that two institutions sold."""
    path = GraphTables.open(workspace).edges(BY_NAME["DISPENSED.institution.drug_box"])
    query = """
        SELECT target
        FROM read_parquet($path)
        GROUP BY target
        HAVING count(DISTINCT source) > 1
        ORDER BY target
        LIMIT 1
    """
    found = duckdb.connect().execute(query, {"path": str(path)}).fetchone()
    if found is None:
        raise LookupError("no box was sold twice")
    return str(found[0])


def compare(one: Walk) -> None:
    """Two enrolments side by side; decide by a key."""
    one.go("/identity")
    one.page.keyboard.press("u")
    one.idle()
    one.keep("13-identity")


def take_away(one: Walk, ring: Ring) -> None:
    """A file of what is seen."""
    one.go(f"/explorer?ring={ring.id}")
    one.settled()
    expander(one, 3)
    one.keep("14-export")


def expander(one: Walk, number: int) -> None:
    """Open one of the panels beside the canvas."""
    panels = one.page.get_by_test_id("stMain").get_by_test_id("stExpander")
    count = panels.count()
    panels.nth(count - 4 + number).locator("summary").click()
    one.idle()
