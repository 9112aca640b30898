"""The page: nothing outside is asked for, nothing in a label runs, the graph is drawn; in a real browser."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from graph.exports import About
from graph.exports.html import Html
from graph.exports.looks import LOOKS
from graph.model import NodeRef, NodeType
from graph.store import Subgraph
from tests.graph.exports_world import HOSTILE, hostile, large, small

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--no-proxy-server",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
ABOUT = About(datetime(2026, 6, 1, tzinfo=UTC), NodeRef(NodeType.PERSON, "P1"))
INK = """() => {
  const canvas = document.querySelector('#network canvas');
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let i = 0; i < pixels.length; i += 4)
    if (pixels[i + 3] === 255) colours.add([pixels[i], pixels[i + 1], pixels[i + 2]].join());
  return [...colours];
}"""


def page_of(subgraph: Subgraph, about: About = ABOUT) -> str:
    return Html().render(subgraph, about)[""].decode()


class Outside(HTMLParser):
    """Collects every attribute that could make a browser fetch or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fetching = {"src", "href", "action", "data", "srcset", "style", "poster"}
        self.found += [(tag, name, value) for name, value in attrs if name in fetching or name.startswith("on")]


@pytest.mark.parametrize("world", [small, hostile], ids=["small", "hostile"])
def test_the_page_refers_to_nothing_outside(world: "type[Subgraph]") -> None:
    page = page_of(world())
    parser = Outside()
    parser.feed(page)
    assert parser.found == []
    assert "sourceMappingURL" not in page
    assert "bootstrap" not in page.lower()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy.group(1).startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    assert "unsafe" not in policy.group(1)


def test_the_page_says_what_it_shows() -> None:
    page = page_of(small())
    for words in ("数据版本 Data version <b>3</b>", "2026-06-01", "个人信息已遮蔽", "参保人 insured person", "120.50"):
        assert words in page
    assert "含未遮蔽的个人信息" in page_of(small(), About(masked=False))


def test_no_two_types_look_alike() -> None:
    assert set(LOOKS) == set(NodeType)
    assert len({(look.colour, look.shape) for look in LOOKS.values()}) == len(NodeType)
    assert len({look.colour for look in LOOKS.values()}) == len(NodeType)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.close()


def opened(page: Page, subgraph: Subgraph, folder: Path) -> dict[str, list[str]]:
    """Open the export as a file and wait until it stands still; return requests and complaints."""
    seen: dict[str, list[str]] = {"requests": [], "errors": [], "console": []}
    page.on("request", lambda request: seen["requests"].append(request.url))
    page.on("pageerror", lambda error: seen["errors"].append(str(error)))
    page.on("console", lambda message: seen["console"].append(message.text))
    file = folder / "graph.html"
    file.write_text(page_of(subgraph), "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]", timeout=30_000)
    assert seen == {"requests": [file.as_uri()], "errors": [], "console": []}
    return seen


def drawn_colours(page: Page) -> set[str]:
    """The colours on the canvas; it is empty for a moment whenever its size is set anew."""
    page.wait_for_function(f"() => ({INK})().length > 0")
    return {"#" + "".join(f"{int(part):02X}" for part in colour.split(",")) for colour in page.evaluate(INK)}


@pytest.mark.browser
def test_the_graph_is_drawn_offline(page: Page, tmp_path: Path) -> None:
    seen = opened(page, small(), tmp_path)
    types = {node.ref.type for node in small().nodes}
    assert {LOOKS[type_].colour for type_ in types} <= drawn_colours(page)
    assert page.evaluate("window.ringhound.nodes.length") == 6
    assert page.evaluate("window.ringhound.edges.length") == 6
    assert seen["requests"] == [(tmp_path / "graph.html").as_uri()]


@pytest.mark.browser
def test_a_click_tells_the_facts(page: Page, tmp_path: Path) -> None:
    opened(page, small(), tmp_path)
    click_node(page, "person:P1")
    facts = page.inner_text("#facts")
    assert "王小明" in facts
    assert "出生日期" in facts


def click_node(page: Page, id_: str) -> None:
    place = page.evaluate(
        """id => { const n = ringhound.network; const p = n.canvasToDOM(n.getPositions([id])[id]);
        const box = document.getElementById('network').getBoundingClientRect(); return [p.x + box.x, p.y + box.y]; }""",
        id_,
    )
    page.mouse.click(*place)
    page.mouse.move(place[0] + 1, place[1] + 1)
    page.wait_for_timeout(400)  # the tooltip's own delay


@pytest.mark.browser
def test_nothing_in_a_label_runs(page: Page, tmp_path: Path) -> None:
    seen = opened(page, hostile(), tmp_path)
    assert page.evaluate("window.ringhound.nodes.length") == len(HOSTILE) + 1
    for number, text in enumerate(HOSTILE[:4]):
        click_node(page, f"person:{text}{number}")
        assert text in page.inner_text("#facts")
        assert text in page.inner_text(".vis-tooltip")
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelectorAll('img, #facts script, .vis-tooltip :not(br)').length") == 0
    assert len(seen["requests"]) == 1
    assert seen["errors"] == []


@pytest.mark.browser
def test_a_script_that_is_not_ours_is_refused(page: Page, tmp_path: Path) -> None:
    """The policy is the second wall: it holds even where escaping would have failed."""
    file = tmp_path / "graph.html"
    file.write_text(page_of(small()).replace("</body>", "<script>window.hacked = 1</script></body>"), "utf-8")
    page.goto(file.as_uri())
    page.wait_for_selector("body[data-ready]")
    assert page.evaluate("window.hacked") is None


@pytest.mark.browser
@pytest.mark.parametrize("seed", [1, 2])
def test_150_nodes_are_told_apart_and_stand_still(page: Page, tmp_path: Path, seed: int) -> None:
    opened(page, large(seed), tmp_path)
    positions = "JSON.stringify(Object.values(ringhound.network.getPositions()))"
    before = page.evaluate(positions)
    page.wait_for_timeout(300)
    assert page.evaluate(positions) == before
    places = [(place["x"], place["y"]) for place in page.evaluate(f"JSON.parse({positions})")]
    assert len(places) > 140
    closest = [min((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 for b in places if b is not a) ** 0.5 for a in places]
    assert min(closest) > 12
    assert sorted(closest)[len(closest) // 20] > 25, "nodes overlap"


@pytest.mark.browser
def test_an_empty_graph_opens(page: Page, tmp_path: Path) -> None:
    opened(page, Subgraph(1, (), ()), tmp_path)
    assert "0 个节点" in page.inner_text("header")
