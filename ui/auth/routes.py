"""The sign-in and password pages: plain forms without any script, so that a password meets no page's program."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from anyio.to_thread import run_sync
from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from claims.errors import RinghoundError
from claims.language import N_, speaking, translate
from ui.auth.doorkeeper import COOKIE, SIGN_IN
from ui.auth.errors import SignedOutError, SignInError
from ui.auth.gate import Gate
from ui.auth.passwords import SHORTEST
from ui.auth.sign_in import SignIn

PASSWORD = "/sign/password"  # noqa: S105 - the path of a page
LARGEST_FORM = 8192
Door = Callable[[], SignIn]


def routes(door: Door) -> list[Route]:
    """Return the routes of signing in, of changing one's password, and of leaving."""

    async def sign_in(request: Request) -> Response:
        if request.method == "GET":
            return await run_sync(_ask, door(), request)
        form = await _form(request)
        return await run_sync(_enter, door(), request, form)

    async def password(request: Request) -> Response:
        if request.method == "GET":
            return _page(request, "password.html.j2", HTTPStatus.OK)
        form = await _form(request)
        return await run_sync(_change, door(), request, form)

    return [
        Route(SIGN_IN, sign_in, methods=["GET", "POST"]),
        Route(PASSWORD, password, methods=["GET", "POST"]),
    ]


def _ask(door: SignIn, request: Request) -> Response:
    try:
        account = door.sessions.look(request.cookies.get(COOKIE, "")).account
    except SignedOutError:
        return _page(request, "sign_in.html.j2", HTTPStatus.OK)
    return RedirectResponse(PASSWORD if account.must_change else _next(request), status_code=303)


def _enter(door: SignIn, request: Request, form: dict[str, str]) -> Response:
    try:
        _same_origin(request)
        token = door.enter(form.get("name", ""), form.get("password", ""), _address(request))
    except RinghoundError as error:
        return _page(request, "sign_in.html.j2", HTTPStatus.FORBIDDEN, error, name=form.get("name", "")[:64])
    must_change = Gate(door.sessions, token).signed_in().account.must_change
    return _let_in(request, token, PASSWORD if must_change else _next(request))


def _change(door: SignIn, request: Request, form: dict[str, str]) -> Response:
    try:
        _same_origin(request)
        account = door.sessions.look(request.cookies.get(COOKIE, "")).account
        if form.get("new", "") != form.get("again", ""):
            raise SignInError(N_("The two new passwords differ."))
        token = door.change_password(account.name, form.get("old", ""), form.get("new", ""), _address(request))
    except SignedOutError:
        return RedirectResponse(SIGN_IN, status_code=303)
    except RinghoundError as error:
        return _page(request, "password.html.j2", HTTPStatus.FORBIDDEN, error)
    return _let_in(request, token, "/")


def _let_in(request: Request, token: str, where: str) -> Response:
    response = RedirectResponse(where, status_code=303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="lax", secure=secure)
    return response


def _same_origin(request: Request) -> None:
    """A form sent from another site is refused; browsers name the site, and cannot be made to lie about it."""
    origin = request.headers.get("origin")
    if origin is None or urlsplit(origin).netloc != request.headers.get("host"):
        raise SignInError(N_("This form was sent from another site."))


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            return {}
    found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in found.items()}


def _next(request: Request) -> str:
    """Where to go afterwards: a path of this server, never another one's address."""
    wanted = request.query_params.get("next", "/")
    return wanted if wanted.startswith("/") and wanted[1:2] not in ("/", "\\") and wanted.isprintable() else "/"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _language(request: Request) -> str:
    asked = request.query_params.get("lang") or request.headers.get("accept-language", "zh")
    return "en" if asked.lower().startswith("en") else "zh_CN"


def _page(
    request: Request, template: str, status: HTTPStatus, error: RinghoundError | None = None, name: str = ""
) -> Response:
    code = _language(request)
    with speaking(code):
        text = (
            _templates()
            .get_template(template)
            .render(
                language=code.replace("_", "-"),
                other="en" if code == "zh_CN" else "zh",
                next=_next(request),
                problem="" if error is None else str(error),
                name=name,
                shortest=SHORTEST,
            )
        )
    return HTMLResponse(text, status_code=status, headers={"Cache-Control": "no-store"})


@cache
def _templates() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(loader=folder, autoescape=True)
    environment.globals["_"] = translate
    return environment
