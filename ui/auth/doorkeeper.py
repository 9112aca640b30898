"""Nobody without a session gets as far as the pages, their files or their socket."""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from anyio.to_thread import run_sync
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ui.auth.errors import SignedOutError
from ui.auth.sessions import Sessions

COOKIE = "ringhound_session"
SIGN_IN = "/sign/in"
# Streamlit's program files and ours that hold no data, and what tells whether the server is alive.
OPEN = ("/sign/", "/static/", "/style/", "/favicon", "/_stcore/health", "/_stcore/host-config")


def token_of(scope: Scope) -> str:
    """Return the session token a request carries, '' where there is none."""
    for name, value in scope["headers"]:
        if name == b"cookie":
            cookies: SimpleCookie = SimpleCookie()
            try:
                cookies.load(value.decode("latin-1"))
            except CookieError:
                return ""
            if COOKIE in cookies:
                return cookies[COOKIE].value
    return ""


class Doorkeeper:
    """Turns away requests without a live session; sockets of ended sessions stay, so that the page can say so."""

    def __init__(self, app: ASGIApp, sessions: Callable[[], Sessions]) -> None:
        self.app = app
        self.sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on whoever may pass."""
        if scope["type"] == "http" and not scope["path"].startswith(OPEN):
            if not await run_sync(self._live, token_of(scope)):
                await _turned_away(scope)(scope, receive, send)
                return
        elif scope["type"] == "websocket" and not await run_sync(self.sessions().known, token_of(scope)):
            await send({"type": "websocket.close", "code": 4401})
            return
        await self.app(scope, receive, send)

    def _live(self, token: str) -> bool:
        try:
            self.sessions().look(token)
        except SignedOutError:
            return False
        return True


def _turned_away(scope: Scope) -> ASGIApp:
    accepted = dict(scope["headers"]).get(b"accept", b"")
    if scope["method"] == "GET" and b"text/html" in accepted:
        path = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        return RedirectResponse(f"{SIGN_IN}?next={quote(path, safe='')}", status_code=303)
    return PlainTextResponse("401", status_code=401)
