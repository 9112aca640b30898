"""The server itself: who gets in, what every answer says, and that Streamlit takes it for what it is."""

import warnings
from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.web.server.app_discovery import discover_asgi_app

from tests.ui.app.world import PASSWORD
from ui.auth.doorkeeper import COOKIE
from ui.auth.headers import inline_hashes, policy
from ui.auth.server import Server
from ui.config.settings import FOLDER, server_options
from ui.service.house import House

with warnings.catch_warnings():  # the test client wishes for another HTTP library; the one there is does
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

ORIGIN = {"origin": "http://localhost"}
HTML = {"accept": "text/html"}


async def _socket(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    server = Server(house)
    routes = [
        *server.routes,
        Route("/media/secret.csv", lambda _: PlainTextResponse("rows")),
        Route("/static/a.js", lambda _: PlainTextResponse("code")),
        Route("/rings/_stcore/health", lambda _: PlainTextResponse("no", status_code=404)),
        Route("/other.html", lambda _: HTMLResponse("<b>page</b>")),
        Route("/rings", lambda _: HTMLResponse("<b>rings</b>")),
        WebSocketRoute("/_stcore/stream", _socket),
        Route("/{path:path}", lambda _: PlainTextResponse("page")),
    ]
    with TestClient(
        Starlette(routes=routes, middleware=server.middleware), base_url="http://localhost", follow_redirects=False
    ) as found:
        yield found


def enter(client: TestClient, name: str = "wang", **more: str) -> int:
    form = {"name": name, "password": PASSWORD} | more
    return client.post("/sign/in", data=form, headers=ORIGIN).status_code


def test_streamlit_finds_the_server() -> None:
    """Otherwise it would serve the file as a plain script, without door and headers."""
    assert discover_asgi_app(FOLDER.parent / "asgi.py").is_asgi_app


def test_no_pages_folder_stands_beside_the_script() -> None:
    assert not (FOLDER / "pages").exists()


@pytest.mark.parametrize("path", ["/", "/rings?page=3", "/anything"])
def test_strangers_are_led_to_the_door(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign/in?next=")
    assert client.get(path).status_code == 401


def test_files_of_others_are_not_given_to_strangers(client: TestClient) -> None:
    assert client.get("/media/secret.csv").status_code == 401
    assert client.get("/static/a.js").text == "code"
    assert enter(client) == 303
    assert client.get("/media/secret.csv").text == "rows"


def test_sockets_of_strangers_are_refused(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("ws://localhost/_stcore/stream") as socket:
        socket.receive_text()
    enter(client)
    headers = {"cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    with client.websocket_connect("ws://localhost/_stcore/stream", headers=headers) as socket:
        assert socket.receive_text() == "hello"


def test_the_cookie_is_kept_from_scripts(client: TestClient) -> None:
    answer = client.post("/sign/in", data={"name": "wang", "password": PASSWORD}, headers=ORIGIN)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


def test_over_tls_the_cookie_is_secure(house: House) -> None:
    app = Starlette(routes=Server(house).routes)
    with TestClient(app, base_url="https://localhost", follow_redirects=False) as client:
        form = {"name": "wang", "password": PASSWORD}
        answer = client.post("/sign/in", data=form, headers={"origin": "https://localhost"})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null", "http://localhost.evil.example"])
def test_a_form_from_elsewhere_is_refused(client: TestClient, origin: str | None) -> None:
    headers = {} if origin is None else {"origin": origin}
    answer = client.post("/sign/in", data={"name": "wang", "password": PASSWORD}, headers=headers)
    assert answer.status_code == 403
    assert COOKIE not in client.cookies


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("/rings?page=2", "/rings?page=2"), ("//evil.example", "/"), ("/\\evil.example", "/"), ("http://evil", "/"),
     ("/a\nb", "/"), ("", "/")],
)  # fmt: skip
def test_afterwards_one_stays_on_this_server(client: TestClient, wanted: str, given: str) -> None:
    form = {"name": "wang", "password": PASSWORD}
    answer = client.post("/sign/in", params={"next": wanted}, data=form, headers=ORIGIN)
    assert answer.headers["location"] == given


def test_what_was_typed_never_runs(client: TestClient) -> None:
    form = {"name": '"><script>alert(1)</script>', "password": "x"}
    answer = client.post("/sign/in", data=form, headers=ORIGIN)
    assert answer.status_code == 403
    assert "<script" not in answer.text


def test_a_huge_form_is_refused(client: TestClient) -> None:
    assert enter(client, more="x" * 100_000) == 403


@pytest.mark.parametrize(
    ("typed", "given"), [("/desk", "/"), ("/desk?lang=en", "/?lang=en"), ("/desk?a=//b", "/?a=//b")]
)
def test_the_name_of_the_first_page_leads_to_it(client: TestClient, typed: str, given: str) -> None:
    assert client.get(typed, headers=HTML).headers["location"].startswith("/sign/in")
    enter(client)
    assert client.get(typed, headers=HTML).headers["location"] == given


def test_an_address_that_is_no_page_leads_to_the_desk_which_says_so(client: TestClient) -> None:
    enter(client)
    answer = client.get("/other.html", headers=HTML)
    assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/?nowhere=1", "")
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert client.get("/rings", headers=HTML).text == "<b>rings</b>"
    assert client.get("/rings/_stcore/health").status_code == 404
    assert client.get("/media/secret.csv").text == "rows"


@pytest.mark.parametrize("path", ["/sign/in", "/", "/static/a.js", "/style/icon.svg"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


def test_the_policy_allows_no_foreign_script() -> None:
    scripts = next(part for part in policy("a.example").split("; ") if part.startswith("script-src"))
    assert len(inline_hashes()) == 1
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" not in scripts
    assert "http" not in scripts
    assert "evil" not in policy("evil; script-src *")


def test_other_host_names_are_refused(client: TestClient) -> None:
    assert client.get("/sign/in", headers={"host": "evil.example"}).status_code == 400


def test_a_due_password_leads_to_its_page(house: House, client: TestClient) -> None:
    house.accounts.set_password("wang", PASSWORD + "!", by="t", must_change=True)
    answer = client.post("/sign/in", data={"name": "wang", "password": PASSWORD + "!"}, headers=ORIGIN)
    assert answer.headers["location"] == "/sign/password"
    form = {"old": PASSWORD + "!", "new": "four brown owls hoot", "again": "four brown owls boot"}
    assert client.post("/sign/password", data=form, headers=ORIGIN).status_code == 403
    form["again"] = form["new"]
    assert client.post("/sign/password", data=form, headers=ORIGIN).headers["location"] == "/"
    assert not house.accounts.get("wang").must_change


def test_both_languages_are_spoken_at_the_door(client: TestClient) -> None:
    assert 'lang="zh-CN"' in client.get("/sign/in", headers={"accept-language": "zh-CN,zh"}).text
    assert "Password" in client.get("/sign/in", params={"lang": "en"}).text


def test_nothing_is_sent_home() -> None:
    options = dict(server_options())
    assert options["browser.gatherUsageStats"] == "false"
    assert options["client.showErrorDetails"] == "none"
    assert options["client.showErrorLinks"] == "false"
    assert options["server.enableAgentApi"] == "false"
    assert options["client.disableDataExport"] == "true"
